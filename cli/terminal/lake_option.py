"""The lake that a command works on: `--lake` before the command or behind it, else the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from meterlake.lake.settings import LakeSettings


def chosen_settings(context: click.Context) -> LakeSettings:
    """Return the settings with the lake that `--lake` names, if it names one.

    A lake comes with pyarrow: from here on a command does not wait for pandas unless it uses it.
    """
    from meterlake.cli.terminal.light_start import look_for_no_pandas
    from meterlake.lake.settings import LakeSettings

    look_for_no_pandas()
    lake = context.find_root().params.get("lake")
    return LakeSettings(lake=lake) if lake else LakeSettings()


def with_lake_option(command: click.Command) -> click.Command:
    """Let a command and its subcommands take `--lake`, too: it is often thought of last."""
    if not any(parameter.name == "lake" for parameter in command.params):
        command.params.append(
            click.Option(["--lake"], expose_value=False, callback=_remember, help="The lake, as before the command.")
        )
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        with_lake_option(inner)
    return command


def _remember(context: click.Context, option: click.Parameter, lake: str | None) -> None:
    if lake is not None:
        context.find_root().params["lake"] = lake
