"""The lake that a command works on: `--lake` before the command, else the settings."""

from __future__ import annotations

import click

from meterlake.lake.settings import LakeSettings


def chosen_settings(context: click.Context) -> LakeSettings:
    """Return the settings with the lake that `--lake` names, if it names one."""
    lake = context.find_root().obj
    return LakeSettings(lake=lake) if lake else LakeSettings()
