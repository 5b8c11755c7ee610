"""The `meterlake` command: its subcommands, loaded when they are called.

Results go to stdout, progress and messages to stderr. An error raised on purpose is one sentence and exit code
2; anything else is a fault of the program and shows where it happened.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version

import click

# A subcommand's module is imported only when it is called: importing all of them takes seconds.
COMMANDS: dict[str, tuple[str, str]] = {
    "sample": ("meterlake.cli.sample", "sample_command"),
    "ingest": ("meterlake.cli.ingest", "ingest"),
    "ingests": ("meterlake.cli.ingest", "ingests"),
    "undo": ("meterlake.cli.ingest", "undo"),
    "formats": ("meterlake.cli.ingest", "formats"),
    "consumption": ("meterlake.cli.consumption", "consumption"),
    "quality": ("meterlake.cli.quality", "quality"),
    "query": ("meterlake.cli.query", "query"),
    "status": ("meterlake.cli.status", "status"),
    "doctor": ("meterlake.cli.doctor", "doctor"),
    "compact": ("meterlake.cli.upkeep", "compact"),
    "expire": ("meterlake.cli.upkeep", "expire"),
    "detect": ("meterlake.cli.anomaly", "detect"),
    "anomalies": ("meterlake.cli.anomaly", "anomalies"),
    "detectors": ("meterlake.cli.anomaly", "detectors"),
    "run": ("meterlake.cli.anomaly", "run"),
    "train": ("meterlake.cli.forecast", "train"),
    "backtest": ("meterlake.cli.forecast", "backtest"),
    "models": ("meterlake.cli.models", "models"),
    "forecast": ("meterlake.cli.forecast", "forecast"),
    "forecasts": ("meterlake.cli.forecast", "forecasts"),
    "forecasters": ("meterlake.cli.forecast", "forecasters"),
    "outages": ("meterlake.cli.outages", "outages"),
    "reliability": ("meterlake.cli.outages", "reliability"),
    "plot": ("meterlake.cli.plot", "plot"),
    "serve": ("meterlake.cli.serve", "serve"),
    "endpoint": ("meterlake.cli.endpoint", "endpoint"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the module of a command."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name]
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lake", envvar="METERLAKE_LAKE", help="The lake's folder; .meterlake unless METERLAKE_LAKE says another."
)
@click.version_option(version("meterlake"), prog_name="meterlake")
@click.pass_context
def meterlake(context: click.Context, lake: str | None) -> None:
    """Raw meter files in; consumption, anomalies, outages and forecasts out."""
    context.obj = lake


def main() -> None:
    """Run the command; turn errors raised on purpose into one sentence."""
    from meterlake.lake.errors import MeterlakeError

    try:
        meterlake()
    except MeterlakeError as error:
        click.echo(f"meterlake: {error}", err=True)
        sys.exit(2)
