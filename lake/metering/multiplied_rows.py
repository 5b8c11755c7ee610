"""Totals of periods times a factor that has dates: each value is multiplied by what held on its day.

Enters: a quantity of some meters over periods, and factors by day. Leaves: rows as meterlake.lake.metering.period_rows gives them.
Periods are cut where a factor changes, their parts multiplied and put together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from meterlake.lake.metering.calendars import Period
from meterlake.lake.metering.coverage import DOUBTS, coverage
from meterlake.lake.metering.dated_factors import DatedFactors, days_of
from meterlake.lake.metering.long_readings import Placing
from meterlake.lake.metering.period_rows import PERIOD, SPAN
from meterlake.lake.metering.totals import TotalsQuestion, totals_of_periods
from meterlake.lake.port import Lake

_DECIMALS = 9
Row = dict[str, Any]


@dataclass
class _Whole:
    """What the parts of a period come to."""

    period: Period
    value: float = 0.0
    intervals: int = 0
    minutes: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("present", *DOUBTS), 0.0))


def multiplied_totals(lake: Lake, asked: TotalsQuestion, factors: DatedFactors) -> pa.Table:
    """Return the rows of some meters' periods and spans, multiplied, by meter and time.

    A value that no part holds whole is multiplied by the mean of its days, and counts as `factors.crossed` says.
    """
    periods = asked.calendar.periods(asked.start, asked.end, asked.zone)
    rows = totals_of_periods(lake, asked, factors.cut(periods, asked.calendar, asked.zone))
    placing = Placing(asked.calendar, periods, asked.zone)
    wholes: dict[tuple[str, Period, str], _Whole] = {}
    for row in rows.to_pylist():
        period = placing.period_of(row)
        key = (row["meter_id"], period, PERIOD) if period else (row["meter_id"], _own(row), SPAN)
        _add(wholes.setdefault(key, _Whole(key[1])), row, asked, factors)
    ordered = sorted(wholes, key=lambda key: (key[0], key[1].start, key[2]))
    return _table(rows.schema, ordered, [wholes[key] for key in ordered])


def _own(row: Row) -> Period:
    return Period(row["interval_start"], row["interval_end"])


def _add(whole: _Whole, row: Row, asked: TotalsQuestion, factors: DatedFactors) -> None:
    first, behind = days_of(row["interval_start"], row["interval_end"], asked.calendar, asked.zone)
    minutes = {"present": float(row["minutes_present"])}
    minutes |= {name: row[f"{name}_share"] * row["minutes_expected"] for name in DOUBTS}
    if factors.crossed and factors.changes_within(row["meter_id"], first, behind):
        minutes |= dict.fromkeys(DOUBTS, 0.0) | {factors.crossed.value: minutes["present"]}
    whole.value += row["value"] * factors.mean(row["meter_id"], first, behind)
    whole.intervals += row["intervals_present"]
    for name, part in minutes.items():
        whole.minutes[name] += part


def _table(schema: pa.Schema, keys: Sequence[tuple[str, Period, str]], wholes: Sequence[_Whole]) -> pa.Table:
    expected = np.array([(one.period.end - one.period.start).total_seconds() / 60 for one in wholes], np.float64)
    minutes = {name: np.array([one.minutes[name] for one in wholes], np.float64) for name in ("present", *DOUBTS)}
    columns = {
        "meter_id": [meter_id for meter_id, *_ in keys],
        "interval_start": [one.period.start for one in wholes],
        "interval_end": [one.period.end for one in wholes],
        "kind": [kind for *_, kind in keys],
        "value": [round(one.value, _DECIMALS) for one in wholes],
    }
    covered = coverage(np.array([one.intervals for one in wholes], np.int64), expected, minutes)
    return pa.table(columns | covered, schema=schema)
