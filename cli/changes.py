"""`meterlake changes`: what answers given at an earlier time would be now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import moment_in_utc
from meterlake.cli.terminal.output import answer_format, print_rows

if TYPE_CHECKING:
    import pyarrow as pa

# Those of meterlake.lake.metering.changes, which takes a while to import.
KINDS = ["day", "week", "month", "quarter", "year"]


@click.command()
@click.option(
    "--since",
    required=True,
    help="When the answers were given: a time, UTC where it says no offset, or an ingest's id.",
)
@click.option("--by", type=click.Choice(KINDS), default="month", show_default=True, help="The kind of period.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@click.option("--with-new", is_flag=True, help="Periods without any reading then, too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Rows of the table.")
@answer_format
@click.pass_context
def changes(context: click.Context, since: str, by: str, quantity: str, with_new: bool, limit: int, form: str) -> None:
    """Say what answers given at an earlier time would be now, by meter and period, and which ingests changed them."""
    from meterlake.lake.codes.quantities import quantity_named
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.metering.as_it_was import published_at
    from meterlake.lake.metering.calendars import PeriodKind
    from meterlake.lake.metering.changes import ChangesQuestion, changed_periods

    measured = quantity_named(quantity)
    lake = open_lake(chosen_settings(context))
    moment = published_at(lake, "since", since, moment_in_utc)
    rows: pa.Table = changed_periods(lake, ChangesQuestion(moment, measured, PeriodKind(by), with_new))
    print_rows(
        rows,
        form,
        limit=limit,
        otherwise=f"No {by} has another value of {quantity} than on {moment:%Y-%m-%d %H:%M} UTC.",
    )
