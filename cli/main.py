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
    "sample": ("cli.sample", "sample_command"),
    "ingest": ("cli.ingest", "ingest"),
    "ingests": ("cli.ingest", "ingests"),
    "undo": ("cli.ingest", "undo"),
    "formats": ("cli.ingest", "formats"),
    "consumption": ("cli.consumption", "consumption"),
    "quality": ("cli.quality", "quality"),
    "query": ("cli.query", "query"),
    "status": ("cli.status", "status"),
    "doctor": ("cli.doctor", "doctor"),
    "compact": ("cli.upkeep", "compact"),
    "expire": ("cli.upkeep", "expire"),
    "detect": ("cli.anomaly", "detect"),
    "anomalies": ("cli.anomaly", "anomalies"),
    "detectors": ("cli.anomaly", "detectors"),
    "run": ("cli.anomaly", "run"),
    "train": ("cli.forecast", "train"),
    "backtest": ("cli.forecast", "backtest"),
    "models": ("cli.models", "models"),
    "forecast": ("cli.forecast", "forecast"),
    "forecasts": ("cli.forecast", "forecasts"),
    "forecasters": ("cli.forecast", "forecasters"),
    "outages": ("cli.outages", "outages"),
    "reliability": ("cli.outages", "reliability"),
    "plot": ("cli.plot", "plot"),
    "serve": ("cli.serve", "serve"),
    "endpoint": ("cli.endpoint", "endpoint"),
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
    from lake.errors import MeterlakeError

    try:
        meterlake()
    except MeterlakeError as error:
        click.echo(f"meterlake: {error}", err=True)
        sys.exit(2)
