"""How readings become consumption by day, ISO week and month; one text that both engines read.

Values are added up as whole billionths, so that a sum does not depend on the order of its parts: a period that grew in
ten uploads equals one counted at once. What a period should hold is its minutes in the meter's own zone over those of
its shortest interval; of intervals of a day or longer, one a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation
from meterlake.lake.tables import CONSUMPTION_MONTHLY, CONSUMPTION_WEEKLY, Table

_BILLION = 1_000_000_000
_SUMMED = ", ".join(f"'{name}'" for name, known in QUANTITIES.items() if known.aggregation is Aggregation.SUM)


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


PERIODS = (Period("week", CONSUMPTION_WEEKLY), Period("month", CONSUMPTION_MONTHLY))


def day_sums(dated: str, words: SqlWords) -> str:
    """Return a SELECT of what readings add to their days: whole billionths, how many they are, and the shortest.

    Args:
        dated: Readings with interval_minutes and local_date.
        words: The engine's.
    """
    return f"""
        SELECT meter_id, quantity, local_date, sum({words.whole.format(number=f"value * {_BILLION}")}) AS billionths,
               count(*) AS intervals_present, min(interval_minutes) AS interval_minutes
        FROM {dated} WHERE quantity IN ({_SUMMED}) GROUP BY meter_id, quantity, local_date"""


def lone_days(dated: str, words: SqlWords) -> str:
    """Return a SELECT of the rows of consumption_daily that long readings make, each alone in its day.

    They are so long that no day is as long as two: one is expected.
    """
    whole = words.whole.format(number=f"value * {_BILLION}")
    return f"""
        SELECT meter_id, CAST(quantity AS STRING) AS quantity, local_date,
               CAST({whole} AS DOUBLE) / {_BILLION} AS energy_kwh,
               CAST(1 AS BIGINT) AS intervals_present, CAST(1 AS BIGINT) AS intervals_expected
        FROM {dated} WHERE quantity IN ({_SUMMED})"""


def empty_sums(dated: str) -> str:
    """Return a SELECT of the days of some rows, as sums with nothing in them."""
    return f"""
        SELECT DISTINCT meter_id, quantity, local_date, CAST(0 AS BIGINT) AS billionths,
               CAST(0 AS BIGINT) AS intervals_present, CAST(NULL AS BIGINT) AS interval_minutes
        FROM {dated} WHERE quantity IN ({_SUMMED})"""


def whole_days(sums: str, zones: str | None, lengths: str, words: SqlWords, *, is_once: bool = False) -> str:
    """Return a SELECT of the rows of consumption_daily that sums make, also of those with nothing left in them.

    Args:
        sums: As `day_sums` gives them, any number a day.
        zones: The time_zone of each meter_id; None where the lengths are of the one zone of all.
        lengths: As meterlake.etl.merging.period_lengths gives them.
        words: The engine's.
        is_once: Whether each day is there once.
    """
    expected = words.quotient.format(dividend="day_minutes", divisor="interval_minutes")
    # An interval may be longer than its day: a day of 23 hours, or a week that begins on it.
    expected = f"CASE WHEN interval_minutes IS NOT NULL THEN greatest(1, {expected}) END"
    summed = "sum({})" if not is_once else "{}"
    group = "" if is_once else "GROUP BY meter_id, quantity, local_date"
    return f"""
        WITH days AS (
            SELECT meter_id, CAST(quantity AS STRING) AS quantity, local_date, {summed.format("billionths")} AS billionths,
                   CAST({summed.format("intervals_present")} AS BIGINT) AS intervals_present,
                   {"interval_minutes" if is_once else "min(interval_minutes)"} AS interval_minutes
            FROM {sums} {group})
        SELECT meter_id, quantity, local_date, CAST(billionths AS DOUBLE) / {_BILLION} AS energy_kwh, intervals_present,
               CAST(coalesce({expected}, 0) AS BIGINT) AS intervals_expected
        FROM {_with_lengths("days", zones, lengths, "local_date", "day_minutes")}"""


def touched_periods(period: Period, new_days: str) -> str:
    """Return a SELECT of the periods that hold a new day, by their first days."""
    return f"SELECT DISTINCT meter_id, quantity, {period.start_of('local_date')} AS period_start FROM {new_days}"


def whole_periods(
    period: Period, touched: str | None, days: str, zones: str | None, lengths: str, words: SqlWords
) -> str:
    """Return a SELECT of the rows of a period's table that its days make, also of those without any.

    Args:
        period: Week or month.
        touched: The periods to count, as `touched_periods` gives them; None where they are those of the days.
        days: All days of these periods; others do no harm.
        zones: The time_zone of each meter_id; None where the lengths are of the one zone of all.
        lengths: As meterlake.etl.merging.period_lengths gives them.
        words: The engine's.
    """
    day_interval = words.quotient.format(dividend="day_minutes", divisor="nullif(intervals_expected, 0)")
    expected = words.quotient.format(dividend="period_minutes", divisor="interval_minutes")
    every = f"{touched} AS touched LEFT JOIN sums USING (meter_id, quantity, period_start)" if touched else "sums"
    days_long = words.days_between.format(start="period_start", end=period.end_of("period_start"))
    expected = f"CASE WHEN a_day = 1 THEN {days_long} ELSE {expected} END"
    return f"""
        WITH sums AS (
            SELECT meter_id, quantity, {period.start_of("local_date")} AS period_start,
                   sum({words.whole.format(number=f"energy_kwh * {_BILLION}")}) AS billionths,
                   sum(intervals_present) AS intervals_present, min({day_interval}) AS interval_minutes,
                   max(intervals_expected) AS a_day
            FROM {_with_lengths(f"{days} AS days", zones, lengths, "local_date", "day_minutes")}
            GROUP BY 1, 2, 3)
        SELECT meter_id, quantity, period_start AS {period.start_column},
               coalesce(CAST(billionths AS DOUBLE), 0) / {_BILLION} AS energy_kwh,
               CAST(coalesce(intervals_present, 0) AS BIGINT) AS intervals_present,
               CAST(coalesce({expected}, 0) AS BIGINT) AS intervals_expected
        FROM {_with_lengths(every, zones, lengths, "period_start", f"{period.name}_minutes AS period_minutes")}"""


def _with_lengths(rows: str, zones: str | None, lengths: str, date: str, minutes: str) -> str:
    """Return SQL of rows with the minutes of the periods that begin on their dates, each in its meter's zone."""
    zone = "" if zones is None else "time_zone, "
    own = "" if zones is None else f"JOIN {zones} AS zones USING (meter_id)"
    return f"""{rows} {own}
        JOIN (SELECT {zone}starts_on AS {date}, {minutes} FROM {lengths}) AS lengths USING ({zone}{date})"""
