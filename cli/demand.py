"""`meterlake demand`: the most, the least and the base of what a meter draws, by period."""

from __future__ import annotations

import datetime as dt

import click

from meterlake.cli.consumption import in_zone_of, what_there_is
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range, moment_in_utc
from meterlake.cli.terminal.output import answer_format, print_rows
from meterlake.cli.terminal.period_options import AskedPeriods, period_options


@click.command()
@click.argument("meter_id", shell_complete=completion.meters)
@period_options
@click.option("--window", type=int, help="Minutes of a window; half an hour, or an hour where intervals are longer.")
@day_range("First day, inclusive; a month or a year is its first.", "Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@click.option("--as-of", help="What it would have been then: a time, UTC where it says no offset, or an ingest's id.")
@answer_format
@click.pass_context
def demand(
    context: click.Context,
    meter_id: str,
    asked: AskedPeriods,
    window: int | None,
    start: dt.date | None,
    end: dt.date | None,
    quantity: str,
    as_of: str | None,
    form: str,
) -> None:
    """Say the most, the least and the base of what a meter draws, with their times, by period."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.metering.answers import PeriodQuestion
    from meterlake.lake.metering.as_it_was import lake_as_of
    from meterlake.lake.metering.demand import DemandQuestion, demand_of_meter
    from meterlake.lake.metering.derived_quantities import answered_quantity
    from meterlake.lake.metering.windows import powered

    measured = powered(answered_quantity(quantity))
    lake = lake_as_of(open_lake(chosen_settings(context)), as_of, moment_in_utc)
    wanted = DemandQuestion(PeriodQuestion(measured, asked.calendar(), start, end), window)
    rows = in_zone_of(lake, meter_id, demand_of_meter(lake, meter_id, wanted))
    print_rows(rows, form, otherwise=None if rows.num_rows else what_there_is(lake, meter_id, measured.name))
