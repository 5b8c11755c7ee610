"""How readings become consumption by day, ISO week and month; one text that both engines read.

Values are added up as whole billionths, so that a sum does not depend on the order of its parts: a period that grew in
ten uploads equals one counted at once. A reading belongs to the day on which it begins, with all its minutes; one that
covers several days belongs to none of them, is a row of `consumption_spans`, and counts in a week or month that holds all of
them. How much of a period is there is said in meterlake.etl.merging.coverage_rules.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from meterlake.etl.merging.coverage_rules import (
    DOUBTED,
    MINUTES,
    SHORTEST_SPAN_MINUTES,
    days_covered,
    intervals_expected,
    minutes_of_readings,
)
from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation
from meterlake.lake.tables import CONSUMPTION_MONTHLY, CONSUMPTION_WEEKLY, Table

_BILLION = 1_000_000_000
_SUMMED = ", ".join(f"'{name}'" for name, known in QUANTITIES.items() if known.aggregation is Aggregation.SUM)
IS_SPAN = f"interval_minutes >= {SHORTEST_SPAN_MINUTES}"
_OF_DAYS = f"quantity IN ({_SUMMED}) AND interval_minutes < {SHORTEST_SPAN_MINUTES}"
_DAY = "meter_id, quantity, local_date"
_COUNTS = ("billionths", "intervals_present", *MINUTES)


@dataclass(frozen=True)
class Period:
    """A period longer than a day: its name in SQL and the table of its sums."""

    name: str
    table: Table

    @property
    def start_column(self) -> str:
        """What the table calls the period's first day."""
        return self.table.key[-1]

    def start_of(self, date: str) -> str:
        """Return SQL for the first day of the period that a day lies in."""
        return f"CAST(date_trunc('{self.name}', {date}) AS DATE)"

    def end_of(self, start: str) -> str:
        """Return SQL for the first day behind a period."""
        return f"CAST({start} + INTERVAL 1 {self.name} AS DATE)"

    @property
    def holds_span(self) -> str:
        """The SQL that says whether one period holds all days of a span."""
        return f"{self.start_of('first_date')} = {self.start_of('last_date')}"


PERIODS = (Period("week", CONSUMPTION_WEEKLY), Period("month", CONSUMPTION_MONTHLY))


def day_sums(dated: str, words: SqlWords, doubts: Collection[str] = tuple(DOUBTED)) -> str:
    """Return a SELECT of what readings add to their days: whole billionths, how many they are, and their minutes.

    Args:
        dated: Readings with interval_minutes, quality and local_date.
        words: The engine's.
        doubts: The qualities that may be among them; those that are not cost nothing.
    """
    absent = {name for quality, name in DOUBTED.items() if quality not in doubts}
    minutes = ", ".join(
        f"CAST(0 AS BIGINT) AS {name}" if name in absent else f"sum({each}) AS {name}"
        for name, each in minutes_of_readings().items()
    )
    return f"""
        SELECT {_DAY}, sum({_billionths(words, "value")}) AS billionths, count(*) AS intervals_present, {minutes}
        FROM {dated} WHERE {_OF_DAYS} GROUP BY {_DAY}"""


def lone_days(dated: str, zones: str | None, lengths: str, words: SqlWords) -> str:
    """Return a SELECT of the rows of consumption_daily that readings of about a day make, each alone in its day.

    Args:
        dated: As of `day_sums`.
        zones: As of `whole_days`.
        lengths: As of `whole_days`.
        words: The engine's.
    """
    minutes = ", ".join(f"{each} AS {name}" for name, each in minutes_of_readings().items())
    days = f"""(
        SELECT {_DAY}, {_billionths(words, "value")} AS billionths, 1 AS intervals_present, {minutes}
        FROM {dated} WHERE {_OF_DAYS}) AS days"""
    return _rows_of_days(days, zones, lengths, words)


def empty_sums(dated: str) -> str:
    """Return a SELECT of the days of some rows, as sums with nothing in them."""
    nothing = ", ".join(f"CAST(0 AS BIGINT) AS {name}" for name in _COUNTS)
    return f"SELECT DISTINCT {_DAY}, {nothing} FROM {dated} WHERE quantity IN ({_SUMMED})"


def whole_days(sums: str, zones: str | None, lengths: str, words: SqlWords, *, is_once: bool = False) -> str:
    """Return a SELECT of the rows of consumption_daily that sums make, also of those with nothing left in them.

    Args:
        sums: As `day_sums` gives them, any number a day.
        zones: The time_zone of each meter_id; None where the lengths are of the one zone of all.
        lengths: As meterlake.etl.merging.period_lengths gives them.
        words: The engine's.
        is_once: Whether each day is there once.
    """
    added = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in _COUNTS)
    days = f"{sums} AS days" if is_once else f"(SELECT {_DAY}, {added} FROM {sums} GROUP BY {_DAY}) AS days"
    return _rows_of_days(days, zones, lengths, words)


def _rows_of_days(days: str, zones: str | None, lengths: str, words: SqlWords) -> str:
    return f"""
        SELECT meter_id, CAST(quantity AS STRING) AS quantity, local_date, {_measured(words, "day_minutes")}
        FROM {_with_lengths(days, zones, lengths, "local_date", "day_minutes")}"""


def spans(dated: str, words: SqlWords) -> str:
    """Return a SELECT of the rows of consumption_spans that readings make."""
    last = f"local_date + CAST({days_covered(words)} - 1 AS INT)"
    return f"""
        SELECT meter_id, CAST(quantity AS STRING) AS quantity,
               {words.moment.format(count=words.microseconds.format(time="interval_start"))} AS span_start,
               {words.interval_end()} AS span_end, local_date AS first_date, CAST({last} AS DATE) AS last_date,
               CAST({_billionths(words, "value")} AS DOUBLE) / {_BILLION} AS energy_kwh,
               CAST(interval_minutes AS BIGINT) AS minutes, CAST(quality AS STRING) AS quality
        FROM {dated} WHERE quantity IN ({_SUMMED}) AND {IS_SPAN}"""


def touched_periods(period: Period, days: str, spans: str | None) -> str:
    """Return a SELECT of the periods that hold a day or a whole span, by their first days."""
    of_spans = f"""
        UNION SELECT meter_id, quantity, {period.start_of("first_date")} AS period_start
        FROM {spans} WHERE {period.holds_span}"""
    return f"""
        SELECT DISTINCT meter_id, quantity, {period.start_of("local_date")} AS period_start
        FROM {days} {of_spans if spans else ""}"""


def whole_periods(
    period: Period, touched: str | None, days: str, spans: str | None, zones: str | None, lengths: str, words: SqlWords
) -> str:
    """Return a SELECT of the rows of a period's table that its days and spans make, also of those without any.

    Args:
        period: Week or month.
        touched: The periods to count, as `touched_periods` gives them; None where they are those of the days and spans.
        days: All days of these periods; others do no harm.
        spans: All spans of these periods; None where there are none.
        zones: The time_zone of each meter_id; None where the lengths are of the one zone of all.
        lengths: As meterlake.etl.merging.period_lengths gives them.
        words: The engine's.
    """
    names = ", ".join(("intervals_present", *MINUTES))
    parts = f"""
        SELECT meter_id, quantity, {period.start_of("local_date")} AS period_start,
               {_billionths(words, "energy_kwh")} AS billionths, {names}
        FROM {days} AS days"""
    if spans:
        minutes = ", ".join(f"{each} AS {name}" for name, each in minutes_of_readings("minutes").items())
        parts += f"""
        UNION ALL
        SELECT meter_id, quantity, {period.start_of("first_date")}, {_billionths(words, "energy_kwh")}, 1, {minutes}
        FROM {spans} AS spans WHERE {period.holds_span}"""
    every = f"{touched} AS touched LEFT JOIN sums USING (meter_id, quantity, period_start)" if touched else "sums"
    return f"""
        WITH sums AS (
            SELECT meter_id, quantity, period_start, {", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in _COUNTS)}
            FROM ({parts}) AS parts GROUP BY meter_id, quantity, period_start)
        SELECT meter_id, quantity, period_start AS {period.start_column}, {_measured(words, "period_minutes")}
        FROM {_with_lengths(_without_nulls(every) if touched else every, zones, lengths, "period_start", f"{period.name}_minutes AS period_minutes")}"""


def _without_nulls(rows: str) -> str:
    counts = ", ".join(f"coalesce({name}, 0) AS {name}" for name in _COUNTS)
    return f"(SELECT meter_id, quantity, period_start, {counts} FROM {rows}) AS every_period"


def _billionths(words: SqlWords, number: str) -> str:
    return words.whole.format(number=f"{number} * {_BILLION}")


def _measured(words: SqlWords, period_minutes: str) -> str:
    """Return SQL of a period's energy, its readings, and its minutes, in the order of the tables' columns."""
    doubted = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in DOUBTED.values())
    return f"""
        CAST(billionths AS DOUBLE) / {_BILLION} AS energy_kwh, CAST(intervals_present AS BIGINT) AS intervals_present,
        {intervals_expected(words, period_minutes)} AS intervals_expected,
        CAST(minutes_present AS BIGINT) AS minutes_present, CAST({period_minutes} AS BIGINT) AS minutes_expected, {doubted}"""


def _with_lengths(rows: str, zones: str | None, lengths: str, date: str, minutes: str) -> str:
    """Return SQL of rows with the minutes of the periods that begin on their dates, each in its meter's zone."""
    zone = "" if zones is None else "time_zone, "
    own = "" if zones is None else f"JOIN {zones} AS zones USING (meter_id)"
    return f"""{rows} {own}
        JOIN (SELECT {zone}starts_on AS {date}, {minutes} FROM {lengths}) AS lengths USING ({zone}{date})"""
