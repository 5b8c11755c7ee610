"""What a sample is asked for, and what is said of it once it is written.

Enters: the caller's wishes. Leaves: checked, frozen options; a report. One place refuses impossible wishes, so
that no generator has to.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

HALF_HOURS_PER_DAY = 48
ROWS_PER_FILE = 1_000_000
EARLIEST_YEAR, LATEST_YEAR = 1975, 2099


def parse_start_date(text: str) -> dt.date:
    """Reads a start date.

    Args:
        text: a calendar date, ISO 8601, such as `2013-01-01`.

    Returns:
        The date.

    Raises:
        ValueError: the text is no such date.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"start must be a calendar date such as 2013-01-01, found {text!r}") from None


@dataclass(frozen=True)
class SampleOptions:
    """The size, place and seed of a sample.

    Attributes:
        meters: London meters; the default-format file adds `extra_meters` more.
        days: days of readings, from `start`, all in UTC.
        start: the first day.
        seed: any whole number from 0; the same seed gives the same bytes.
        out: the landing folder to write.
        files: how many London CSV files; about a million rows each unless said.
        workers: processes to use; every core unless said.
    """

    meters: int
    days: int
    start: dt.date
    seed: int
    out: Path
    files: int = 0
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)

    def __post_init__(self) -> None:
        """Refuses what cannot be made and settles the number of files."""
        if not isinstance(self.start, dt.date) or isinstance(self.start, dt.datetime):
            raise ValueError(f"start must be a calendar date such as 2013-01-01, found {self.start!r}")
        if not EARLIEST_YEAR <= self.start.year <= LATEST_YEAR:
            raise ValueError(f"start must lie in {EARLIEST_YEAR} to {LATEST_YEAR}, found {self.start}")
        for name, lowest, highest in (("meters", 1, 899_999), ("days", 1, 3_660), ("workers", 1, 1_024)):
            number = getattr(self, name)
            if not lowest <= number <= highest:
                raise ValueError(f"{name} must be from {lowest} to {highest}, found {number}")
        if self.seed < 0:
            raise ValueError(f"seed must be 0 or more, found {self.seed}")
        if self.files == 0:
            object.__setattr__(self, "files", self._default_files())
        if not 1 <= self.files <= min(self.meters, 999):
            raise ValueError(
                f"files must be from 1 to the number of meters ({self.meters}) and at most 999, found {self.files}"
            )

    def _default_files(self) -> int:
        """Gives at least two files where two meters allow it, so that both London layouts are there."""
        return min(self.meters, 999, max(2, round(self.meters * self.slots / ROWS_PER_FILE)))

    @property
    def slots(self) -> int:
        """Half-hours in the sample."""
        return self.days * HALF_HOURS_PER_DAY

    @property
    def extra_meters(self) -> int:
        """Meters beyond the London ones, which report in the default format."""
        return max(5, math.ceil(0.02 * self.meters))


@dataclass(frozen=True)
class SampleReport:
    """What was written.

    Attributes:
        rows_by_file: data rows of each file, headers left out, by path relative to the folder.
        injected: rows of `truth.csv` by kind.
        meters: London meters.
        extra_meters: meters of the default-format file.
        seconds: wall-clock time.
    """

    rows_by_file: dict[str, int]
    injected: dict[str, int]
    meters: int
    extra_meters: int
    seconds: float
