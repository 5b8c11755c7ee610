"""Which series may overlap: those whose statements share a moment within an upload, with the lake's, or with what lies under.

Nearly all uploads have none, and what proves it has to be cheap: intervals of one length on one grid, in one quality, share a
moment only if they are the same. Only series of which that cannot be said are looked at row by row.
"""

from __future__ import annotations

import datetime as dt

from meterlake.etl.merging.reading_rules import IS_WITHDRAWAL, KEY
from meterlake.etl.merging.sql_words import DUCKDB, SqlWords
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot

_KEY = ", ".join(KEY)
_SERIES = "meter_id, quantity"


def doubtful_series(statements: str, words: SqlWords) -> str:
    """Return a SELECT of the series of which lengths, grid or quality do not prove that no two statements share a moment.

    A withdrawal never stands, whatever it shares.

    Args:
        statements: Their keys; both engines read it.
        words: The engine's.
    """
    start, end = (words.microseconds.format(time=name) for name in ("interval_start", "interval_end"))
    differs = " OR ".join(f"min({name}) < max({name})" for name in ("length", "phase", "quality"))
    withdraws = f"max(CASE WHEN {IS_WITHDRAWAL} THEN 1 ELSE 0 END) = 1"
    return f"""
        SELECT {_SERIES} FROM (
            SELECT {_SERIES}, quality, {end} - {start} AS length, {start} % greatest({end} - {start}, 1) AS phase
            FROM {statements})
        GROUP BY {_SERIES} HAVING {differs} OR {withdraws}"""


def sharing_series(statements: str, doubtful: str) -> str:
    """Return a SELECT of the doubtful series of which two statements share a moment; both engines read it."""
    one = f"PARTITION BY {_SERIES} ORDER BY interval_start, interval_end DESC"
    return f"""
        SELECT DISTINCT {_SERIES} FROM (
            SELECT {_SERIES}, {IS_WITHDRAWAL} OR interval_start = lag(interval_start) OVER ({one}) OR interval_start < max(interval_end) OVER (
                       {one} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_shared
            FROM {statements} AS met SEMI JOIN {doubtful} AS doubtful USING ({_SERIES}))
        WHERE is_shared"""


def overlapping_series(bench: Workbench, lake: LakeSnapshot, came: str, gone: str) -> Relation | None:
    """Return the meter_id and quantity of series that may overlap; None where none does.

    Args:
        bench: Where the statements are.
        lake: The lake.
        came: SQL of the keys of the statements that come.
        gone: Of those that leave.
    """
    touched = f"(SELECT {_KEY} FROM {came} UNION ALL SELECT {_KEY} FROM {gone})"
    if not (lake["readings"].files or lake["covered"].files):
        return None
    series = bench.empty("overlapping", dict.fromkeys(_SERIES.split(", "), "VARCHAR"))
    ends = "min(meter_id), max(meter_id), min(interval_start), max(interval_end)"
    for quantity, *bounds in bench.rows(f"SELECT quantity, {ends} FROM {touched} GROUP BY quantity"):
        _add_uncovered(bench, lake, series, touched, quantity, *bounds)
        _add_met(bench, lake, series, came, gone, quantity, *bounds)
    return series if bench.has_rows(series) else None


def _add_uncovered(
    bench: Workbench, lake: LakeSnapshot, series: Relation, touched: str,
    quantity: str, first_meter: str, last_meter: str, start: dt.datetime, end: dt.datetime,
) -> None:  # fmt: skip
    """Add the series that have something under what is touched."""
    files = lake["covered"].files_within(
        meter_id=(first_meter, last_meter), quantity=(quantity, quantity), interval_start=(None, end),
        interval_end=(start, None),
    )  # fmt: skip
    if not files:
        return
    spans = f"""(
        SELECT meter_id, quantity, min(interval_start) AS first, max(interval_end) AS last FROM {touched}
        WHERE quantity = '{quantity}' GROUP BY ALL)"""
    bench.add(
        series,
        f"""SELECT DISTINCT {_SERIES} FROM {lake["covered"].sql(files)} AS covered JOIN {spans} AS spans USING ({_SERIES})
            WHERE interval_start <= last AND interval_end >= first""",
    )


def _add_met(
    bench: Workbench, lake: LakeSnapshot, series: Relation, came: str, gone: str,
    quantity: str, first_meter: str, last_meter: str, start: dt.datetime, end: dt.datetime,
) -> None:  # fmt: skip
    """Add the series of which something that comes may share a moment with something that the lake has."""
    moment = dt.timedelta(microseconds=1)
    files = lake["readings"].files_within(
        meter_id=(first_meter, last_meter), quantity=(quantity, quantity), interval_start=(None, end),
        interval_end=(start, None),
    )  # fmt: skip
    # What ends where the other begins shares nothing with it.
    files = [
        file for file in files
        if start == end or (file.may_hold("interval_start", None, end - moment) and file.may_hold("interval_end", start + moment, None))
    ]  # fmt: skip
    if not files or not bench.has_rows(came, f"quantity = '{quantity}'"):
        return
    new = f"(SELECT {_KEY} FROM {came} WHERE quantity = '{quantity}')"
    both = f"""(
        SELECT * FROM {new}
        UNION ALL
        SELECT {_KEY} FROM {lake["readings"].sql(files)} AS old
        SEMI JOIN (SELECT DISTINCT meter_id FROM {new}) AS named USING (meter_id)
        ANTI JOIN {gone} AS gone USING ({_KEY})
        WHERE quantity = '{quantity}' AND interval_start <= TIMESTAMPTZ '{end}' AND interval_end >= TIMESTAMPTZ '{start}')"""
    doubtful = bench.table("doubtful", doubtful_series(both, DUCKDB))
    if bench.has_rows(doubtful):
        bench.add(series, sharing_series(both, str(doubtful)))
    bench.drop(doubtful)
