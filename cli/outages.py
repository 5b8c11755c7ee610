"""`meterlake outages` and `reliability`: where power was out, and how reliable the supply was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import moment_range
from meterlake.cli.terminal.output import answer_format, print_json, print_rows
from meterlake.lake.codes.causes import Cause
from meterlake.outage.reliability.indices import Limits
from meterlake.outage.reliability.major_event_days import FULL_HISTORY_DAYS
from meterlake.outage.reliability.periods import Level, Period

if TYPE_CHECKING:
    from meterlake.lake.settings import LakeSettings
    from meterlake.outage.reliability.reliability import Reliability

_SHOWN = 50
# What a terminal has no room for; --json and --format csv give all.
_FOR_FILES = (
    "planned_customer_minutes",
    "distinct_customers_interrupted",
    "ctaidi_minutes",
    "caifi",
    "maifi_e",
    "cemsmi",
    "celid_s",
    "celid_t",
    "t_med_minutes",
    "t_med_history_days",
)


@click.command()
@moment_range(
    "A moment or a day, UTC where it says no offset; the first otherwise.", "The same, exclusive; the last otherwise."
)
@click.option("--cause", type=click.Choice([cause.value for cause in Cause]), help="One cause alone.")
@click.option(
    "--planned", type=click.Path(path_type=Path, dir_okay=False), help="CSV of announced outages to remember."
)
@click.option("--stored", is_flag=True, help="List what is stored, without looking for what is new.")
@answer_format
@click.pass_context
def outages(
    context: click.Context,
    start: dt.datetime | None,
    end: dt.datetime | None,
    cause: str | None,
    planned: Path | None,
    stored: bool,
    form: str,
) -> None:
    """Judge what is new in the lake, then list the outages that touch a time range, in order."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.errors import BadParameter
    from meterlake.outage.stored_outages import stored_outages

    settings = chosen_settings(context)
    if not stored:
        find_outages(settings, planned)
    elif planned:
        raise BadParameter("planned", planned, "to be given without --stored", "planned.csv")
    rows = stored_outages(open_lake(settings), start, end, cause)
    if form == "json":
        print_json(rows.to_pylist())
    elif form == "csv":
        print_rows(rows, "csv")
    else:
        left_out = ["evidence", "latitude", "longitude", "radius_m"]
        print_rows(rows.drop_columns(left_out), "table", limit=_SHOWN, otherwise="No outage touches this range.")


by_level = click.option(
    "--by",
    type=click.Choice([one.value for one in Level]),
    default=Level.SITE.value,
    show_default=True,
    help="What customers are told apart by.",
)


@click.command()
@by_level
@click.option(
    "--period",
    type=click.Choice([one.value for one in Period]),
    default=Period.MONTH.value,
    show_default=True,
    help="How long the periods are; rolling are the twelve months that end with each month.",
)
@click.option("--site", "--place", "place", help="One site, or one place of another kind; '*' is all together.")
@click.option("--exclude-major", is_flag=True, help="Leave out major event days (2.5 beta of five years before).")
@click.option("--exclude-planned", is_flag=True, help="Leave out what was announced.")
@click.option(
    "--interruptions",
    type=click.IntRange(1),
    default=Limits.interruptions,
    show_default=True,
    help="How many interruptions count for CEMI and CEMSMI.",
)
@click.option(
    "--hours-once",
    type=click.FloatRange(0, min_open=True),
    default=Limits.hours_once,
    show_default=True,
    help="How long one interruption is for CELID-s.",
)
@click.option(
    "--hours-together",
    type=click.FloatRange(0, min_open=True),
    default=Limits.hours_together,
    show_default=True,
    help="How long all of a customer's are for CELID-t.",
)
@answer_format
@click.pass_context
def reliability(
    context: click.Context,
    by: str,
    period: str,
    place: str | None,
    exclude_major: bool,
    exclude_planned: bool,
    interruptions: int,
    hours_once: float,
    hours_together: float,
    form: str,
) -> None:
    """Give the indices of IEEE Std 1366 by place and period, from the interruptions; '*' is all places together."""
    import pyarrow as pa

    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.reliability.reliability import ReliabilityQuestion, reliability_in_lake

    settings = chosen_settings(context)
    find_outages(settings)
    limits = Limits(interruptions, hours_once, hours_together)
    question = ReliabilityQuestion(Level(by), Period(period), exclude_major, exclude_planned, limits)
    found = [row for row in reliability_in_lake(open_lake(settings), question) if place in (None, row.place)]
    if exclude_major:
        _say_what_history(found)
    rows = [row.as_json() for row in found]
    if form == "json":
        print_json(rows)
    elif rows:
        table = pa.Table.from_pylist(rows)
        print_rows(table.drop_columns(list(_FOR_FILES)) if form == "table" else table, form)
    else:
        click.echo("No period with customers; 'meterlake status' says what the lake holds.", err=True)


def _say_what_history(found: list[Reliability]) -> None:
    """Say on stderr of how little the thresholds are made."""
    for year, row in {row.begin.year: row for row in found}.items():
        if row.t_med_minutes is None:
            text = "no day is left out: fewer than two days with interruptions came before"
        elif row.t_med_history_days < FULL_HISTORY_DAYS:
            text = f"T_MED is made of {row.t_med_history_days} days, where the standard wants five years"
        else:
            continue
        click.echo(f"{year}: {text}", err=True)


def find_outages(settings: LakeSettings, planned: Path | None = None) -> None:
    """Judge what is new in a lake, and say on stderr what came of it."""
    from meterlake.outage.outage_run import OutageRun

    report = OutageRun(settings, progress=lambda stage: click.echo(stage, err=True)).find(planned)
    counts = ", ".join(f"{count:,} {name}" for name, count in report.by_cause.items())
    click.echo(
        f"{report.outages:,} outages ({counts or 'none'}); {report.new:,} new, {report.changed:,} changed,"
        f" {report.gone:,} gone; {report.seconds:.1f} s",
        err=True,
    )
    for word_id in report.words_without_outage:
        click.echo(
            f"{word_id} finds no outage in what the lake holds now; 'meterlake outage words' shows it.", err=True
        )
