"""`meterlake consumption`: what a meter used, by day, week, month or any other period."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range, moment_in_utc
from meterlake.cli.terminal.output import answer_format, print_rows
from meterlake.cli.terminal.period_options import AskedPeriods, period_options

if TYPE_CHECKING:
    import pyarrow as pa

    from meterlake.lake.port import Lake


@click.command()
@click.argument("meter_id", shell_complete=completion.meters)
@period_options
@day_range("First day, inclusive; a month or a year is its first.", "Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@click.option("--as-of", help="What it would have been then: a time, UTC where it says no offset, or an ingest's id.")
@click.option(
    "--times",
    help="Apart by a tariff's times: lines of name, months, days and hours in a file, or here with semicolons between: "
    "'peak,11-2,mon-fri,16:00-19:00; night,,,23:00-07:00; day'.",
)
@click.option("--holidays", help="Whose public holidays the tariff's are, as GB; Sundays where it names no holiday.")
@click.option("--last-year", is_flag=True, help="The same periods of the year before beside each.")
@answer_format
@click.pass_context
def consumption(
    context: click.Context,
    meter_id: str,
    asked: AskedPeriods,
    start: dt.date | None,
    end: dt.date | None,
    quantity: str,
    as_of: str | None,
    times: str | None,
    holidays: str | None,
    last_year: bool,
    form: str,
) -> None:
    """Say what a meter used, in days, weeks, months or any periods that are billed, of its own time zone."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meter
    from meterlake.lake.metering.as_it_was import lake_as_of
    from meterlake.lake.metering.derived_quantities import answered_quantity, is_summarised
    from meterlake.lake.metering.last_year import beside_last_year
    from meterlake.lake.metering.summaries import SUMMARIES
    from meterlake.lake.metering.times_of_use import tariff_of
    from meterlake.lake.metering.use_by_time import use_by_time

    measured, calendar = answered_quantity(quantity), asked.calendar()
    lake = lake_as_of(open_lake(chosen_settings(context)), as_of, moment_in_utc)
    is_kept = asked.is_plain and as_of is None and is_summarised(measured)
    summary = SUMMARIES.get(calendar.kind) if is_kept else None
    if times is not None:
        wanted = PeriodQuestion(measured, calendar, start, end)
        tariff = tariff_of(Path(times).read_text(encoding="utf-8") if Path(times).is_file() else times, holidays)
        rows = in_zone_of(lake, meter_id, use_by_time(lake, meter_id, wanted, tariff))
    elif last_year:
        wanted = PeriodQuestion(measured, calendar, start, end)
        rows = in_zone_of(lake, meter_id, beside_last_year(lake, meter_id, wanted))
    elif summary:
        rows = summary.of_meter(lake, meter_id, measured.name, start, end)
    else:
        rows = periods_of_meter(lake, meter_id, PeriodQuestion(measured, calendar, start, end))
        rows = in_zone_of(lake, meter_id, rows)
    print_rows(rows, form, otherwise=None if rows.num_rows else what_there_is(lake, meter_id, measured.name))


def in_zone_of(lake: Lake, meter_id: str, rows: pa.Table) -> pa.Table:
    """Return rows whose times stand on the clock of a meter."""
    import pyarrow as pa

    from meterlake.lake.known_meters import zone_of_meter

    zone = pa.timestamp("us", zone_of_meter(lake, meter_id))
    return rows.cast(
        pa.schema([field.with_type(zone) if pa.types.is_timestamp(field.type) else field for field in rows.schema])
    )


def what_there_is(lake: Lake, meter_id: str, quantity: str) -> str:
    """Return a sentence for an answer without rows: which days the meter has of what.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
    """
    from meterlake.lake.known_meters import quantities_given, zone_of_meter

    spans = {
        row["quantity"]: f"{row['quantity']} from {row['first_date']} to {row['last_date']}"
        for row in quantities_given(lake, meter_id, zone_of_meter(lake, meter_id))
    }
    if quantity in spans:
        return f"{meter_id} has no {quantity} in this range; it has {spans[quantity]}."
    return f"{meter_id} has no {quantity}; it has {'; '.join(spans.values()) or 'no readings'}."
