"""`meterlake consumption`: what a meter used, by day, week or month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range
from meterlake.cli.terminal.output import answer_format, print_rows

if TYPE_CHECKING:
    from meterlake.lake.port import Lake


@click.command()
@click.argument("meter_id", shell_complete=completion.meters)
@click.option("--by", type=click.Choice(["day", "week", "month"]), default="day", show_default=True)
@day_range("First day, inclusive; a month or a year is its first.", "Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@answer_format
@click.pass_context
def consumption(
    context: click.Context, meter_id: str, by: str, start: dt.date | None, end: dt.date | None, quantity: str, form: str
) -> None:
    """Say what a meter used, in days, weeks or months of its own time zone."""
    from meterlake.lake.codes.quantities import quantity_named
    from meterlake.lake.engine_choice import open_lake

    lake, measured = open_lake(chosen_settings(context)), quantity_named(quantity).name
    question = {"day": "consumption_daily", "week": "consumption_weekly", "month": "consumption_monthly"}[by]
    rows = lake.ask(question, meter_id=meter_id, quantity=measured, start_date=start, end_date=end)
    print_rows(rows, form, otherwise=None if rows.num_rows else what_there_is(lake, meter_id, measured))


def what_there_is(lake: Lake, meter_id: str, quantity: str) -> str:
    """Return a sentence for an answer without rows: which days the meter has of what.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
    """
    from meterlake.lake.known_meters import require_meter

    require_meter(lake, meter_id)
    spans = {
        row["quantity"]: f"{row['quantity']} from {row['first_date']} to {row['last_date']}"
        for row in lake.ask("quantities_of_meter", meter_id=meter_id).to_pylist()
    }
    if quantity in spans:
        return f"{meter_id} has no {quantity} in this range; it has {spans[quantity]}."
    return f"{meter_id} has no {quantity}; it has {'; '.join(spans.values()) or 'no readings that add up to days'}."
