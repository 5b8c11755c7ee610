"""`meterlake peaks`: when groups of meters draw the most together, and how much less that is than all their own peaks."""

from __future__ import annotations

import datetime as dt

import click

from meterlake.cli.groups import asked_of_groups, print_groups
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.period_options import AskedPeriods


@click.command()
@asked_of_groups
@click.option("--window", type=int, help="Minutes of a window; half an hour, or an hour where intervals are longer.")
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
    print_groups(rows, attribute, quantity, form, limit)
