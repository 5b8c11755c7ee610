"""`meterlake quality`: how complete the lake is, and what was set aside."""

from __future__ import annotations

import datetime as dt

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import FORMATS, print_rows

_FIRST, _LAST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


@click.command()
@click.argument("meter_id", required=False, shell_complete=completion.meters)
@click.option(
    "--by",
    type=click.Choice(["meter", "day", "reason"]),
    default="meter",
    show_default=True,
    help="Completeness by meter or day, or quarantine by reason.",
)
@click.option("--quantity", default="energy", show_default=True)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--limit", default=50, show_default=True, help="Rows of the table.")
@click.pass_context
def quality(context: click.Context, meter_id: str | None, by: str, quantity: str, form: str, limit: int) -> None:
    """Show completeness by meter or day, quarantine by reason, or one meter's gaps."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.known_meters import require_meter

    lake = open_lake(chosen_settings(context))
    if meter_id:
        require_meter(lake, meter_id)
        rows = lake.ask("gaps_of_meter", meter_id=meter_id, quantity=quantity, start=_FIRST, end=_LAST)
        print_rows(rows, form, title=f"Gaps of {meter_id}", limit=limit)
        return
    dates = {"quantity": quantity, "start_date": _FIRST.date(), "end_date": _LAST.date()}
    if by == "reason":
        rows = lake.ask("quarantine_by_reason")
    elif by == "day":
        rows = lake.ask("completeness_by_day", **dates)
    else:
        rows = lake.ask("completeness_by_meter", **dates, after_meter_id="", page_size=10_000_000)
    print_rows(rows, form, limit=limit)
