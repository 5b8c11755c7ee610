"""`meterlake peaks`: when groups of meters draw the most together, and how much less that is than all their own peaks."""

from __future__ import annotations

import datetime as dt

import click

from meterlake.cli.groups import ATTRIBUTES
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range
from meterlake.cli.terminal.output import answer_format, print_rows
from meterlake.cli.terminal.period_options import AskedPeriods, period_options


@click.command()
@click.argument("attribute", type=click.Choice(ATTRIBUTES))
@period_options
@click.option("--group", help="This group alone.")
@click.option("--window", type=int, help="Minutes of a window; half an hour, or an hour where intervals are longer.")
@day_range("First day, inclusive; a month or a year is its first.", "Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1), help="Rows of the table.")
@answer_format
@click.pass_context
def peaks(
    context: click.Context,
    attribute: str,
    asked: AskedPeriods,
    group: str | None,
    window: int | None,
    start: dt.date | None,
    end: dt.date | None,
    quantity: str,
    limit: int,
    form: str,
) -> None:
    """Say when groups of meters draw the most together, and how much less that is than all their own peaks.

    Diversity is the sum of the meters' own highest windows over the group's; a window counts in which at least 19 of 20 of the
    group's meters were measured.
    """
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.metering.derived_quantities import answered_quantity
    from meterlake.lake.metering.group_peaks import PeaksQuestion, peaks_of_groups
    from meterlake.lake.metering.groups import grouped_by

    wanted = PeaksQuestion(
        grouped_by(attribute), answered_quantity(quantity), asked.calendar(), start, end, group, window
    )
    rows = peaks_of_groups(open_lake(chosen_settings(context)), wanted)
    print_rows(
        rows, form, limit=limit, otherwise=None if rows.num_rows else f"No {quantity} of any {attribute} in this range."
    )
