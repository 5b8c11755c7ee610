"""`meterlake consumption`: what a meter used, by day, week or month."""

from __future__ import annotations

import datetime as dt

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import FORMATS, print_rows

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("meter_id", shell_complete=completion.meters)
@click.option("--by", type=click.Choice(["day", "week", "month"]), default="day", show_default=True)
@click.option("--start", type=_DATE, default="1900-01-01", help="First day, inclusive.")
@click.option("--end", type=_DATE, default="2200-01-01", help="Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.pass_context
def consumption(
    context: click.Context, meter_id: str, by: str, start: dt.datetime, end: dt.datetime, quantity: str, form: str
) -> None:
    """Say what a meter used, in days, weeks or months of its own time zone."""
    from meterlake.lake.codes.quantities import quantity_named
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.known_meters import require_meter

    lake = open_lake(chosen_settings(context))
    question = {"day": "consumption_daily", "week": "consumption_weekly", "month": "consumption_monthly"}[by]
    rows = lake.ask(
        question,
        meter_id=meter_id,
        quantity=quantity_named(quantity).name,
        start_date=start.date(),
        end_date=end.date(),
    )
    if rows.num_rows == 0:
        require_meter(lake, meter_id)
    print_rows(rows, form)
