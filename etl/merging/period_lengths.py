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
    """Return SQL for the minutes between the beginnings of two local days."""
    return f"({_beginning_of(end)} - {_beginning_of('starts_on')}) // 60"


def _beginning_of(day: str) -> str:
    """Return SQL for the second in which a local day begins.

    Of a midnight that comes twice the engine takes the second, so the end of the last minute before it is asked for, too.
    Where there is no such minute, since the day before was left out, it is the midnight that is right.
    """
    midnight = f"CAST({day} AS TIMESTAMP)"
    last_minute = f"epoch(timezone(time_zone, {midnight} - INTERVAL 1 minute))::BIGINT + 60"
    return f"least(epoch(timezone(time_zone, {midnight}))::BIGINT, {last_minute})"
