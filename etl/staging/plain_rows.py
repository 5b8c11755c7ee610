"""Plain rows in SQL: read at little more than the cost of a typed read, with one test that proves them good.

Enters: what a format says of plain rows, and the first rows of a group of files. Leaves: the SELECT that reads all of
them, and the SQL that says whether one is plainly good; meterlake.etl.staging.file_group takes the others the long way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from meterlake.etl.conforming.plain_reading import DATABASE_PATTERN, PlainFormat, PlainReading
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import MINUTES_A_DAY, scaled_limit
from meterlake.etl.formats import FORMATS
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.time_bounds import LAST_YEAR

_FIRST_ROWS = 20
_INSIDE = 1 - 1e-9


def plain_reading(layout: Layout, options: ReadOptions) -> PlainReading | None:
    """Return how the rows of a layout are read where they are plain; None where they may not be."""
    known = FORMATS.named(layout.format)
    return known.plain(layout, options) if isinstance(known, PlainFormat) else None


def same_in_every_row(plain: PlainReading) -> dict[str, str]:
    """Return the SQL of what needs no storing."""
    return {
        "quantity": sql_text(plain.quantity.name),
        "interval_minutes": str(plain.interval_minutes),
        "quality": sql_text(Quality.ACTUAL.value),
        "reading_type": sql_text(ReadingType.INTERVAL.value),
        "event_code": "NULL",
    }


@dataclass(frozen=True)
class PlainRows:
    """How a group of files is read: what all of them say, and what their first rows look like."""

    plain: PlainReading
    pattern: str
    has_padded_meters: bool
    earliest_year: int

    @classmethod
    def seen_in(cls, bench: Workbench, raw: Relation, plain: PlainReading, options: ReadOptions) -> PlainRows | None:
        """Look at the first rows; None where they have no time that is known."""
        first = bench.rows(f"SELECT {plain.meter}, {plain.time} FROM {raw} LIMIT {_FIRST_ROWS}")
        found = [plain.pattern_of((time or "").strip(" ")) for _, time in first]
        pattern = next((one for one in found if one is not None), None)
        if pattern is None:
            return None
        has_padded_meters = any(meter and meter != meter.strip(" ") for meter, _ in first)
        limited = replace(plain, quantity=options.limited(plain.quantity))
        return cls(limited, pattern, has_padded_meters, options.earliest_year)

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns that `select` gives."""
        return ("meter_id", "interval_start", "value", "file_number")

    @property
    def stated(self) -> dict[str, str]:
        """See `same_in_every_row`."""
        return same_in_every_row(self.plain)

    def select(self, raw: Relation, file_number: str) -> str:
        """Return a SELECT of the stored columns and the file's number; what is not plain text of its kind is null."""
        plain = self.plain
        meter = f"trim({plain.meter})" if self.has_padded_meters else plain.meter
        number = f"try_cast(coalesce({plain.value}, '') AS DOUBLE)"
        value = number if plain.factor == 1.0 else f"{number} * CAST({plain.factor!r} AS DOUBLE)"
        back = f" - INTERVAL {plain.interval_minutes} minutes" if plain.timestamp_marks == "end" else ""
        return f"""
            SELECT {meter} AS meter_id, {self._time}{back} AS interval_start, {value} AS value, {file_number}
            FROM {raw}"""

    @property
    def _time(self) -> str:
        time, pattern = self.plain.time, sql_text(self.pattern)
        if self.pattern == DATABASE_PATTERN:
            return f"CASE WHEN strlen({time}) = 27 AND suffix({time}, '.0000000') THEN try_cast(coalesce({time}, '') AS TIMESTAMP) END"
        # The engine's parser passes over blanks and takes numbers that are not padded: what it read is written again.
        read = f"try_strptime({time}, {pattern})"
        return f"CASE WHEN strftime({read}, {pattern}) = {time} THEN {read} END"

    @property
    def is_good(self) -> str:
        """The SQL that says whether a row is plainly good; null or false where it has to be looked at."""
        plain = self.plain
        # A little inside of the limits, which the long way may reckon in another order.
        lowest, highest = (
            scaled_limit(limit, plain.quantity, plain.interval_minutes) * _INSIDE
            for limit in (plain.quantity.lowest, plain.quantity.highest)
        )
        microseconds = plain.interval_minutes * 60_000_000
        is_on_grid = f"epoch_us(interval_start) % {microseconds} = 0"
        # Nothing at all, blanks and what cannot be printed come before the first sign in order.
        starts = " ".join(f"AND NOT starts_with(meter_id, {sql_text(mark)})" for mark in plain.wrappers)
        return f"""value BETWEEN {lowest!r} AND {highest!r}
            AND interval_start BETWEEN TIMESTAMP '{self.earliest_year}-01-01' AND TIMESTAMP '{LAST_YEAR}-01-01'
            AND {"true" if MINUTES_A_DAY % plain.interval_minutes else is_on_grid}
            AND meter_id >= '!' AND NOT suffix(meter_id, ' ') {starts}"""
