"""The options that say which periods are meant, for every command that answers by period."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from meterlake.lake.metering.calendars import BillingCalendar

# The kinds of meterlake.lake.metering.calendars, which takes a while to import.
KINDS = [
    *("hour", "day", "week", "month", "quarter", "year"),
    *("fiscal_month", "fiscal_year", "gas_day", "cycle", "range", "dates"),
]


@dataclass(frozen=True)
class AskedPeriods:
    """What a person says of periods.

    Attributes:
        by: The kind.
        cycle_day: Of cycle.
        fiscal_start: Of fiscal months and years.
        day_start: The hour of the clock at which days begin.
        boundaries: Of dates: a file of days or moments.
    """

    by: str
    cycle_day: int | None
    fiscal_start: str | None
    day_start: str | None
    boundaries: Path | None

    @property
    def is_plain(self) -> bool:
        """Whether these are periods of days from midnight to midnight."""
        return self.day_start is None

    def calendar(self) -> BillingCalendar:
        """Return the calendar that is meant.

        Raises:
            BadParameter: If it cannot be read.
        """
        from meterlake.lake.metering.calendars import chosen_calendar

        boundaries = read_boundaries(self.boundaries) if self.boundaries else ()
        return chosen_calendar(
            self.by,
            cycle_day=self.cycle_day,
            fiscal_start=self.fiscal_start,
            day_start=self.day_start,
            boundaries=boundaries,
        )


def period_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--by` (or `--period`) and what its kinds need to know: the command is called with `asked`."""

    @click.option(
        "--by",
        "--period",
        "by",
        type=click.Choice(KINDS),
        default="day",
        show_default=True,
        help="The kind of period; cycle needs --cycle-day, fiscal_month and fiscal_year --fiscal-start, dates --boundaries.",
    )
    @click.option("--cycle-day", type=int, help="Of cycle: the day of the month on which a billing cycle begins.")
    @click.option("--fiscal-start", help="Of fiscal months and years: the first month and day, as 04-06.")
    @click.option("--day-start", help="The hour at which days begin, as 06:00, which gas_day has by itself.")
    @click.option(
        "--boundaries",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Of dates: a CSV file of the days on which one period ends and the next begins.",
    )
    @functools.wraps(command)
    def chosen(
        *given: Any,
        by: str,
        cycle_day: int | None,
        fiscal_start: str | None,
        day_start: str | None,
        boundaries: Path | None,
        **others: Any,
    ) -> Any:
        return command(*given, asked=AskedPeriods(by, cycle_day, fiscal_start, day_start, boundaries), **others)

    return chosen


def read_boundaries(path: Path) -> tuple[dt.date | dt.datetime, ...]:
    """Read the days or moments of a CSV file, all of its cells, each once and in order; a first line may be a heading.

    Raises:
        BadParameter: If a cell is neither a day nor a moment with its offset.
    """
    from meterlake.lake.errors import BadParameter
    from meterlake.lake.metering.written_boundaries import boundary_of

    found: list[dt.date | dt.datetime] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for place, cells in enumerate(csv.reader(lines)):
            try:
                found += [boundary_of(cell) for cell in cells if cell.strip()]
            except BadParameter:
                if place:
                    raise
    return tuple(sorted(set(found), key=lambda one: f"{one.isoformat()}"))
