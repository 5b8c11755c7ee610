"""The lake that a command works on: `--lake` before the command, else the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from meterlake.lake.settings import LakeSettings


def chosen_settings(context: click.Context) -> LakeSettings:
    """Return the settings with the lake that `--lake` names, if it names one."""
    from meterlake.lake.settings import LakeSettings

    lake = context.find_root().params.get("lake")
    return LakeSettings(lake=lake) if lake else LakeSettings()
