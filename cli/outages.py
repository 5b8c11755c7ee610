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

if TYPE_CHECKING:
    from meterlake.lake.settings import LakeSettings

_SHOWN = 50


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


@click.command()
@click.option("--site", help="One site; '*' is all sites together.")
@answer_format
@click.pass_context
def reliability(context: click.Context, site: str | None, form: str) -> None:
    """Give SAIDI, SAIFI and CAIDI by site and month (IEEE Std 1366), from the outages; '*' is all sites."""
    import pyarrow as pa

    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.reliability import reliability_in_lake

    settings = chosen_settings(context)
    find_outages(settings)
    rows = [row.as_json() for row in reliability_in_lake(open_lake(settings)) if site in (None, row.site_id)]
    if form == "json":
        print_json(rows)
    elif rows:
        print_rows(pa.Table.from_pylist(rows), form)
    else:
        click.echo("No month with customers; 'meterlake status' says what the lake holds.", err=True)


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
