"""`meterlake quality`: how complete the lake is, and what was set aside."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from meterlake.cli.consumption import what_there_is
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range
from meterlake.cli.terminal.output import answer_format, print_rows

if TYPE_CHECKING:
    import pyarrow as pa


@click.command()
@click.argument("meter_id", required=False, shell_complete=completion.meters)
@click.option(
    "--by",
    type=click.Choice(["meter", "day", "reason"]),
    default="meter",
    show_default=True,
    help="Completeness by meter, the worst first, or by day; or quarantine by reason.",
)
@day_range("First day, inclusive; of completeness and gaps.", "Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Rows of the table.")
@answer_format
@click.pass_context
def quality(
    context: click.Context,
    meter_id: str | None,
    by: str,
    start: dt.date | None,
    end: dt.date | None,
    quantity: str,
    form: str,
    limit: int,
) -> None:
    """Show completeness by meter or day, quarantine by reason, or one meter's gaps."""
    from meterlake.lake.codes.quantities import quantity_named
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.known_meters import zone_of_meter
    from meterlake.lake.metering.completeness import DaysAsked, completeness_of_days, completeness_of_meters

    lake, measured = open_lake(chosen_settings(context)), quantity_named(quantity).name
    days = {"quantity": measured, "start_date": start, "end_date": end}
    if meter_id:
        zone = ZoneInfo(zone_of_meter(lake, meter_id))
        span = {"start": _midnight(start, zone), "end": _midnight(end, zone)}
        rows = lake.ask("gaps_of_meter", meter_id=meter_id, quantity=measured, **span)
        whole = f"{meter_id} has no gap in {measured} between its readings in this range."
        has_any = lake.ask("consumption_daily", meter_id=meter_id, **days).num_rows > 0
        otherwise = None if rows.num_rows else whole if has_any else what_there_is(lake, meter_id, measured)
        print_rows(rows, form, title=f"Gaps of {meter_id}", limit=limit, otherwise=otherwise)
    elif by == "reason":
        rows = lake.ask("quarantine_by_reason")
        print_rows(rows, form, limit=limit, otherwise="Nothing is in quarantine.")
    else:
        asked = DaysAsked(measured, start, end)
        rows = completeness_of_days(lake, asked) if by == "day" else _worst_first(completeness_of_meters(lake, asked))
        otherwise = f"No meter has {measured} in this range; 'meterlake status' says what the lake holds."
        print_rows(rows, form, limit=limit, otherwise=otherwise)


def _midnight(day: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), zone)


def _worst_first(rows: pa.Table) -> pa.Table:
    """Return meters with the lowest part that is there first; those of which it is not known last."""
    return rows.sort_by([("completeness_fraction", "ascending"), ("meter_id", "ascending")])
