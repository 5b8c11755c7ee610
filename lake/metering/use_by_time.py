"""What a meter used in each of a tariff's named times, over periods that people bill by.

Enters: a meter, a tariff's times, a calendar. Leaves: a row a period and name. A reading belongs to the time in which it starts;
one that is longer than the shortest stretch of a time could be of several, and is told apart, as what no name can be given to.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion, range_asked
from meterlake.lake.metering.calendars import BillingCalendar, Period
from meterlake.lake.metering.coverage import DOUBTS, coverage
from meterlake.lake.metering.dated_factors import DatedFactors, days_of
from meterlake.lake.metering.derived_quantities import DERIVED, adds_up, measured_parts
from meterlake.lake.metering.period_rows import SPAN
from meterlake.lake.metering.runs import runs_of
from meterlake.lake.metering.times_of_use import Tariff
from meterlake.lake.metering.totals import partial_row
from meterlake.lake.port import Lake

_DECIMALS = 9
_PRESENT = ("intervals_present", "seconds_present")
_DOUBTED = tuple(f"seconds_{name}" for name in DOUBTS)
# How many readings a value was made of; of several parts that may be more than are there of each.
_TOLD = "readings"
Row = dict[str, Any]
# By the place of a period and the name of a time.
Rows = dict[tuple[int, str | None], Row]


def use_by_time(lake: Lake, meter_id: str, asked: PeriodQuestion, tariff: Tariff) -> pa.Table:
    """Return a row a period and named time.

    Returns:
        interval_start and interval_end in UTC, time_of_use (null for readings of which it cannot be known), value, and the
        columns of coverage: of the minutes of that time in the period.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
        BadParameter: If the quantity's values do not add up.
    """
    if not adds_up(asked.quantity):
        raise BadParameter("quantity", asked.quantity.name, "one whose values add up, as energy does", "energy")
    zone = ZoneInfo(zone_of_meter(lake, meter_id))
    ends = range_asked(lake, meter_id, asked, zone)
    periods = [] if ends is None else asked.calendar.periods(*ends, zone)
    if not periods:
        return _table([], {})
    derived = DERIVED.get(asked.quantity.name)
    factors = derived.factors(lake, meter_id, meter_id) if derived and derived.factors else None
    of_each = [
        _rows_of_part(lake, meter_id, replace(asked, quantity=part), _Times(tariff, periods, zone, factors))
        for part in measured_parts(asked.quantity)
    ]
    return _table(periods, _together(of_each, (1.0,) if derived is None else derived.weights))


@dataclass(frozen=True)
class _Times:
    """A tariff's times in some periods of a zone, and what values are multiplied by there."""

    tariff: Tariff
    periods: Sequence[Period]
    zone: ZoneInfo
    factors: DatedFactors | None


def _rows_of_part(lake: Lake, meter_id: str, asked: PeriodQuestion, times: _Times) -> Rows:
    """Return what a meter used of a measured quantity, by the place of a period and the name of a time."""
    periods, factors = times.periods, times.factors
    whole = list(times.tariff.stretches(periods, times.zone))
    stretches = whole
    if factors is not None:
        stretches = [(part, name) for one, name in whole for part in factors.cut([one], asked.calendar, times.zone)]
    shortest = int(min(stretch.end - stretch.start for stretch, _ in whole).total_seconds())
    meters = {"first_meter_id": meter_id, "last_meter_id": meter_id}
    given = {"quantity": asked.quantity.name, "longest_seconds": shortest, **meters}
    rows: Rows = defaultdict(lambda: defaultdict(float))
    begins = [period.start for period in periods]
    name_of = {int(stretch.start.timestamp()): name for stretch, name in stretches}
    for stretch, name in stretches:
        rows[_place(begins, stretch.start), name]["expected"] += (stretch.end - stretch.start).total_seconds()
    for runs in runs_of([stretch for stretch, _ in stretches], is_joined=False):
        for part in lake.ask("period_totals", runs=runs.text, start=runs.start, end=runs.end, **given).to_pylist():
            began = dt.datetime.fromtimestamp(part["starts_second"], dt.UTC)
            own = Period(began, began + dt.timedelta(microseconds=1))
            row = rows[_place(begins, began), name_of[part["starts_second"]]]
            _add(row, part, *_factor(meter_id, own, asked.calendar, times))
    span = {"reach_start": periods[0].start, "start": periods[0].start, "end": periods[-1].end}
    for reading in lake.ask("readings_longer_than", **given, **span).to_pylist():
        if reading["interval_start"] >= periods[0].start:
            apart = Period(reading["interval_start"], reading["interval_end"])
            row = rows[_place(begins, apart.start), None]
            _add(row, partial_row(reading, apart, SPAN), *_factor(meter_id, apart, asked.calendar, times))
    return rows


def _factor(meter_id: str, own: Period, calendar: BillingCalendar, times: _Times) -> tuple[float, str | None]:
    """Return what a value is multiplied by, and how far it can be trusted where that changed while it was measured."""
    if times.factors is None:
        return 1.0, None
    days = days_of(own.start, own.end, calendar, times.zone)
    crossed = times.factors.crossed if times.factors.changes_within(meter_id, *days) else None
    return times.factors.mean(meter_id, *days), crossed.value if crossed else None


def _together(of_each: Sequence[Rows], weights: Sequence[float]) -> Rows:
    """Return the rows that those of the parts make; as much of a time was measured as of the least of what the meter has at all."""
    rows: Rows = {}
    given = [part for part in zip(of_each, weights, strict=True) if any(row[_TOLD] for row in part[0].values())]
    for key in {key for part in of_each for key in part}:
        own = [(part.get(key, defaultdict(float)), weight) for part, weight in given]
        row: Row = {name: max((one[name] for one, _ in own), default=0.0) for name in (*_DOUBTED, _TOLD)}
        row |= {name: min((one[name] for one, _ in own), default=0.0) for name in _PRESENT}
        row["value_sum"] = sum(weight * one["value_sum"] for one, weight in own)
        row["expected"] = max(part[key]["expected"] for part in of_each if key in part)
        rows[key] = row
    return rows


def _place(begins: Sequence[dt.datetime], moment: dt.datetime) -> int:
    return bisect_right(begins, moment) - 1


def _add(row: Row, part: Row, factor: float, crossed: str | None) -> None:
    """Add what was measured, multiplied; all of it is `crossed` where a factor changed while it was."""
    if crossed:
        part = part | dict.fromkeys(_DOUBTED, 0.0) | {f"seconds_{crossed}": part["seconds_present"]}
    for name in (*_PRESENT, *_DOUBTED):
        row[name] += part[name]
    row["value_sum"] += part["value_sum"] * factor
    row[_TOLD] += part["intervals_present"]


def _table(periods: Sequence[Period], rows: Rows) -> pa.Table:
    # A period without a reading has no row, and one with has a row of each time that is in it.
    told = {place for (place, _), row in rows.items() if row[_TOLD]}
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
                [round(row["value_sum"], _DECIMALS) if row[_TOLD] else None for row in own], pa.float64()
            ),
            **coverage(intervals, expected, present),
        }
    )
