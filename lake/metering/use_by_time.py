"""What a meter used in each of a tariff's named times, over periods that people bill by.

Enters: a meter, a tariff's times, a calendar. Leaves: a row a period and name. A reading belongs to the time in which it starts;
one that is longer than the shortest stretch of a time could be of several, and is told apart, as what no name can be given to.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion, range_asked
from meterlake.lake.metering.calendars import Period
from meterlake.lake.metering.coverage import DOUBTS, coverage
from meterlake.lake.metering.derived_quantities import is_summarised
from meterlake.lake.metering.period_rows import SPAN
from meterlake.lake.metering.runs import runs_of
from meterlake.lake.metering.times_of_use import Tariff
from meterlake.lake.metering.totals import partial_row
from meterlake.lake.port import Lake

_DECIMALS = 9
_ADDED = ("value_sum", "intervals_present", "seconds_present", *(f"seconds_{name}" for name in DOUBTS))
Row = dict[str, Any]


def use_by_time(lake: Lake, meter_id: str, asked: PeriodQuestion, tariff: Tariff) -> pa.Table:
    """Return a row a period and named time.

    Returns:
        interval_start and interval_end in UTC, time_of_use (null for readings of which it cannot be known), value, and the
        columns of coverage: of the minutes of that time in the period.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
        BadParameter: If the quantity's values do not add up.
    """
    if not is_summarised(asked.quantity):
        raise BadParameter("quantity", asked.quantity.name, "one whose values add up, as energy does", "energy")
    zone = ZoneInfo(zone_of_meter(lake, meter_id))
    ends = range_asked(lake, meter_id, asked, zone)
    periods = [] if ends is None else asked.calendar.periods(*ends, zone)
    if not periods:
        return _table([], {})
    stretches = list(tariff.stretches(periods, zone))
    meters = {"first_meter_id": meter_id, "last_meter_id": meter_id}
    shortest = int(min(stretch.end - stretch.start for stretch, _ in stretches).total_seconds())
    given = {"quantity": asked.quantity.name, "longest_seconds": shortest, **meters}
    rows: dict[tuple[int, str | None], Row] = defaultdict(lambda: defaultdict(float))
    begins = [period.start for period in periods]
    name_of = {int(stretch.start.timestamp()): name for stretch, name in stretches}
    for stretch, name in stretches:
        rows[_place(begins, stretch.start), name]["expected"] += (stretch.end - stretch.start).total_seconds()
    for runs in runs_of([stretch for stretch, _ in stretches], is_joined=False):
        for part in lake.ask("period_totals", runs=runs.text, start=runs.start, end=runs.end, **given).to_pylist():
            began = dt.datetime.fromtimestamp(part["starts_second"], dt.UTC)
            _add(rows[_place(begins, began), name_of[part["starts_second"]]], part)
    span = {"reach_start": periods[0].start, "start": periods[0].start, "end": periods[-1].end}
    for reading in lake.ask("readings_longer_than", **given, **span).to_pylist():
        if reading["interval_start"] >= periods[0].start:
            apart = Period(reading["interval_start"], reading["interval_end"])
            _add(rows[_place(begins, apart.start), None], partial_row(reading, apart, SPAN))
    return _table(periods, rows)


def _place(begins: Sequence[dt.datetime], moment: dt.datetime) -> int:
    return bisect_right(begins, moment) - 1


def _add(row: Row, part: Row) -> None:
    for name in _ADDED:
        row[name] += part[name]


def _table(periods: Sequence[Period], rows: dict[tuple[int, str | None], Row]) -> pa.Table:
    # A period without a reading has no row, and one with has a row of each time that is in it.
    told = {place for (place, _), row in rows.items() if row["intervals_present"]}
    keys = sorted((key for key in rows if key[0] in told), key=lambda key: (key[0], key[1] is None, key[1] or ""))
    own = [rows[key] for key in keys]

    def minutes(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([row[name] / 60 for row in own], np.float64)

    time = pa.timestamp("us", "UTC")
    present = {"present": minutes("seconds_present"), **{name: minutes(f"seconds_{name}") for name in DOUBTS}}
    # Of what no name can be given to nothing is expected but what came.
    expected = np.maximum(minutes("expected"), np.where([name is None for _, name in keys], present["present"], 0.0))
    intervals = np.array([int(row["intervals_present"]) for row in own], np.int64)
    return pa.table(
        {
            "interval_start": pa.array([periods[place].start for place, _ in keys], time),
            "interval_end": pa.array([periods[place].end for place, _ in keys], time),
            "time_of_use": pa.array([name for _, name in keys], pa.string()),
            "value": pa.array(
                [round(row["value_sum"], _DECIMALS) if row["intervals_present"] else None for row in own], pa.float64()
            ),
            **coverage(intervals, expected, present),
        }
    )
