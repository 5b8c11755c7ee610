"""How long days, weeks and months are in some zones, which is not 1440 minutes a day where clocks change.

It is DuckDB's calendar that counts, whichever engine sums, so that a day with a clock change has the same number of
intervals everywhere.
"""

from __future__ import annotations

_ENDS = {"day": "starts_on + 1", "week": "starts_on + 7", "month": "CAST(starts_on + INTERVAL 1 month AS DATE)"}


def period_lengths(zones: str, months: str) -> str:
    """Return DuckDB's SELECT of time_zone, starts_on, day_minutes, week_minutes and month_minutes.

    A row is a zone and a date in or near one of the months, with the minutes of the day, the week and the month from
    then on. A week that holds a day of a month begins at most six days before it and ends at most six behind.

    Args:
        zones: What to select time_zone from.
        months: What to select `month`, a month's first day, from.
    """
    minutes = ", ".join(f"{_minutes_until(end)} AS {period}_minutes" for period, end in _ENDS.items())
    return f"""
        SELECT time_zone, starts_on, {minutes}
        FROM (SELECT DISTINCT CAST(unnest(generate_series(
                  month - INTERVAL 7 day, month + INTERVAL 1 month + INTERVAL 7 day, INTERVAL 1 day)) AS DATE) AS starts_on
              FROM (SELECT DISTINCT month FROM {months}))
        CROSS JOIN (SELECT DISTINCT time_zone FROM {zones})"""


def _minutes_until(end: str) -> str:
    """Return SQL for the minutes between two local midnights."""
    midnights = (f"epoch(timezone(time_zone, CAST({day} AS TIMESTAMP)))::BIGINT" for day in (end, "starts_on"))
    return f"({' - '.join(midnights)}) // 60"
