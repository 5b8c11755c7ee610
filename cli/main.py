"""The `meterlake` command: its subcommands, loaded when they are called.

Results go to stdout, progress and messages to stderr. An error raised on purpose is one sentence and exit code
2; anything else is a fault of the program and shows where it happened.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal.stop_at_once import stopped_at_once

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Module, attribute, and what it does: a module is imported only when its command is called, for all of them take
# seconds, so what `--help` lists stands here too. A test holds that each command says the same of itself.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "sample": ("sample", "sample_command", "Write a landing folder of made-up meters, with weather, places and the truth of what was injected."),
    "ingest": ("ingest", "ingest", "Take files, folders and s3:// addresses into the lake."),
    "ingests": ("ingest", "ingests", "List what was taken in, newest first, with the accounts."),
    "undo": ("ingest", "undo", "Take one ingest back, as if its file had not been taken in."),
    "formats": ("ingest", "formats", "List the raw formats that are read."),
    "consumption": ("consumption", "consumption", "Say what a meter used, in days, weeks, months or any periods that are billed, of its own time zone."),
    "demand": ("demand", "demand", "Say the most, the least and the base of what a meter draws, with their times, by period."),
    "groups": ("groups", "groups", "Say what groups of meters used over periods: by tariff, segment, site or any attribute that has dates."),
    "peaks": ("peaks", "peaks", "Say when groups of meters draw the most together, and how much less that is than all their own peaks."),
    "changes": ("changes", "changes", "Say what answers given at an earlier time would be now, by meter and period, and which ingests changed them."),
    "quality": ("quality", "quality", "Show completeness by meter or day, quarantine by reason, or one meter's gaps."),
    "query": ("query", "query", "Run one SELECT over the lake's tables; from stdin where none is given."),
    "status": ("status", "status", "Say what the lake holds: rows and files a table, meters, the time that readings span."),
    "doctor": ("doctor", "doctor", "Check that the lake is whole; exit code 1 where it is not."),
    "compact": ("upkeep", "compact", "Merge the files of each partition that has more than a few of them; on S3, Athena's OPTIMIZE decides which."),
    "expire": ("upkeep", "expire", "Forget old snapshots and remove the files that only they held; on S3, by Athena's VACUUM."),
    "detect": ("anomaly", "detect", "Score what is new or changed; fleet_band on all meters unless lists say otherwise."),
    "anomalies": ("anomaly", "anomalies", "List one meter's anomalies, or the fleet's worst."),
    "detectors": ("anomaly", "detectors", "List the detectors with what they say; `detectors new NAME` begins one of your own."),
    "run": ("anomaly", "run", "Run one detector on one meter at any time, past ones too; nothing is written."),
    "train": ("train", "train", "Fit a model, backtest it, and register it for approval if the gate lets it pass; exit code 1 otherwise."),
    "backtest": ("train", "backtest", "Fit and judge from rolling origins; nothing is registered."),
    "models": ("models", "models", "List, show, approve and reject models."),
    "forecast": ("forecast", "forecast", "Forecast one meter or every meter into the forecasts table; or print what a group of meters will use together."),
    "forecasts": ("forecast", "forecasts", "Look back at stored forecasts."),
    "forecasters": ("forecasters", "forecasters", "List the forecasters with what they say; `forecasters new NAME` begins one of your own."),
    "outages": ("outages", "outages", "Judge what is new in the lake, then list the outages that touch a time range, in order."),
    "outage": ("outage", "outage", "Say what is known of an outage: confirm, reject, correct it, give its reason, merge or split it."),
    "outage-records": ("outage_records", "outage_records", "Take in what an outage management system recorded, and compare it with what the meters say."),
    "outage-map": ("outage_map", "outage_map", "Write where power was out as a page with a map and a slider over time; it needs no other file."),
    "filing": ("filing", "filing", "Freeze indices as they are filed, and say what differs since."),
    "reliability": ("outages", "reliability", "Give the indices of IEEE Std 1366 by place and period, from the interruptions; '*' is all places together."),
    "reliability-page": ("reliability_page", "reliability_page", "Write a year's reliability as a page: indices, months, places, major event days, what outages came of."),
    "plot": ("plot", "plot", "Draw a picture into a file."),
    "serve": ("serve", "serve", "Serve the REST API; the description is at /openapi.json."),
    "endpoint": ("endpoint", "endpoint", "Serve /ping and /invocations on this machine, with the JSON of SageMaker's DeepAR."),
}  # fmt: skip


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the module of a command."""
        if name not in COMMANDS:
            return None
        from meterlake.cli.terminal.lake_option import with_lake_option

        module, attribute, _ = COMMANDS[name]
        command: click.Command = getattr(import_module(f"meterlake.cli.{module}"), attribute)
        return with_lake_option(command)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with what they do, as click does, without importing them."""
        width = formatter.width - 6 - max(map(len, COMMANDS))
        rows = [
            (name, click.Command(name, help=says).get_short_help_str(width)) for name, (*_, says) in COMMANDS.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name, as click does, without importing the commands."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=says) for name, (*_, says) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, context, incomplete)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lake", envvar="METERLAKE_LAKE", help="The lake's folder; .meterlake unless METERLAKE_LAKE says another."
)
@click.version_option(package_name="meterlake", prog_name="meterlake")
def meterlake(lake: str | None) -> None:
    """Raw meter files in; consumption, anomalies, outages and forecasts out."""


def main() -> None:
    """Run the command; where it does not come to its end, say why in one sentence."""
    try:
        with stopped_at_once():
            sys.exit(meterlake(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (Exception, KeyboardInterrupt, click.Abort) as error:
        from meterlake.cli.terminal.failures import sentence_of

        told = sentence_of(KeyboardInterrupt() if isinstance(error, click.Abort) else error)
        if told is None:
            raise
        click.echo(f"meterlake: {told[0]}", err=True)
        sys.exit(told[1])
