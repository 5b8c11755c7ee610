"""`meterlake groups`: what groups of meters used, by tariff, segment, site or any attribute that has dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range
from meterlake.cli.terminal.output import answer_format, print_rows
from meterlake.cli.terminal.period_options import AskedPeriods, period_options

if TYPE_CHECKING:
    import pyarrow as pa

# Those of meterlake.lake.metering.groups, which takes a while to import.
ATTRIBUTES = [
    *("tariff", "segment", "site", "building", "transformer", "feeder"),
    *("substation", "district", "service_point", "fleet"),
]


def asked_of_groups(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take what makes the groups, their periods and days, a group alone, the quantity and the form of the answer."""
    for decorate in (
        answer_format,
        click.option("--limit", default=200, show_default=True, type=click.IntRange(1), help="Rows of the table."),
        click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities),
        day_range("First day, inclusive; a month or a year is its first.", "Last day, exclusive."),
        click.option("--group", help="This group alone."),
        period_options,
        click.argument("attribute", type=click.Choice(ATTRIBUTES)),
    ):
        command = decorate(command)
    return command


def print_groups(rows: pa.Table, attribute: str, quantity: str, form: str, limit: int) -> None:
    """Print rows of groups, or that there are none."""
    otherwise = None if rows.num_rows else f"No {quantity} of any {attribute} in this range."
    print_rows(rows, form, limit=limit, otherwise=otherwise)


@click.command()
@asked_of_groups
@click.pass_context
def groups(
    context: click.Context,
    attribute: str,
    asked: AskedPeriods,
    group: str | None,
    start: dt.date | None,
    end: dt.date | None,
    quantity: str,
    limit: int,
    form: str,
) -> None:
    """Say what groups of meters used over periods: by tariff, segment, site or any attribute that has dates."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.metering.groups import GroupQuestion, grouped_by, of_group, periods_of_groups, summed_quantity

    wanted = GroupQuestion(grouped_by(attribute), summed_quantity(quantity), asked.calendar(), start, end)
    rows = of_group(periods_of_groups(open_lake(chosen_settings(context)), wanted), group)
    print_groups(rows, attribute, quantity, form, limit)
