"""When the meters of a group draw the most together, and how much less that is than the sum of what each draws at its own most.

Enters: what makes groups, a calendar, a window. Leaves: a row a group and period. Windows and periods are of the clock that most meters
have, so that all of them are looked at in the same moments; a meter belongs on each of its days to the group that was known of it.
Diversity is the sum of the meters' own highest windows over the group's.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from meterlake.lake.codes.quantities import Quantity
from meterlake.lake.known_meters import DEFAULT_TIME_ZONE
from meterlake.lake.metering.answers import PeriodQuestion, range_of_meters
from meterlake.lake.metering.calendars import BillingCalendar, Period
from meterlake.lake.metering.demand import USUAL_MINUTES
from meterlake.lake.metering.groups import GroupedBy
from meterlake.lake.metering.local_days import day_start
from meterlake.lake.metering.windows import Windows, WindowsQuestion, powered, whole_windows, window_length
from meterlake.lake.port import Lake

# A window counts in which as many of the period's meters were measured: one silent meter hides no peak, many would make one.
LEAST_PART = 0.95
_DECIMALS = 9
_TIME = pa.timestamp("us", "UTC")
_COLUMNS = pa.schema(
    {
        "group": pa.string(),
        "interval_start": _TIME,
        "interval_end": _TIME,
        "maximum": pa.float64(),
        "maximum_at": _TIME,
        "meters": pa.int64(),
        "meters_expected": pa.int64(),
        "own_maxima": pa.float64(),
        "diversity": pa.float64(),
        "window_minutes": pa.int64(),
    }
)
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PeaksQuestion:
    """What is asked of groups.

    Attributes:
        by: What makes the groups.
        quantity: One that has power.
        calendar: The kind of period.
        start: First day, or None for that of the first reading.
        end: The day behind the last, or None for that of the last.
        group: One group alone, or None for all.
        window_minutes: As of meterlake.lake.metering.demand.
    """

    by: GroupedBy
    quantity: Quantity
    calendar: BillingCalendar
    start: dt.datetime | dt.date | None = None
    end: dt.datetime | dt.date | None = None
    group: str | None = None
    window_minutes: int | None = None


@dataclass(frozen=True)
class _Spell:
    """That a meter belongs to a group from one second on until before another."""

    group: str
    meter_id: str
    first: float
    behind: float


def peaks_of_groups(lake: Lake, asked: PeaksQuestion) -> pa.Table:
    """Return a row a group and period of which enough was measured, by group and time.

    Returns:
        group, interval_start and interval_end in UTC, maximum in power and maximum_at, meters that were measured then,
        meters_expected (those of which the period has a window), own_maxima, diversity, window_minutes.

    Raises:
        BadParameter: If the window is none, or the quantity has no power.
    """
    quantity, given = powered(asked.quantity), window_length(asked.window_minutes)
    spells, zone = _members(lake, asked)
    if not spells:
        return _COLUMNS.empty_table()
    reach = (min(one.meter_id for one in spells), max(one.meter_id for one in spells))
    ends = range_of_meters(lake, reach, PeriodQuestion(quantity, asked.calendar, asked.start, asked.end), zone)
    periods = [] if ends is None else asked.calendar.periods(*ends, zone)
    for minutes in USUAL_MINUTES if given is None else (given,):
        windows = whole_windows(lake, WindowsQuestion(quantity, asked.calendar, periods, minutes, zone, *reach))
        if windows.power.size:
            rows = [
                row
                for group in sorted({one.group for one in spells})
                for row in _rows(group, spells, windows, periods, minutes)
            ]
            return pa.Table.from_pylist(rows, schema=_COLUMNS)
    return _COLUMNS.empty_table()


def _members(lake: Lake, asked: PeaksQuestion) -> tuple[list[_Spell], ZoneInfo]:
    """Return which meters belong to which group and when, and the zone that most of them have."""
    rows = lake.ask("group_spells", attribute=asked.by.value).to_pylist()
    rows = [row for row in rows if row["member"] is not None and asked.group in (None, row["member"])]
    zones = Counter(row["time_zone"] for row in rows)
    zone = ZoneInfo(min(zones, key=lambda name: (-zones[name], name)) if zones else DEFAULT_TIME_ZONE)

    def second(day: dt.date | None, otherwise: float) -> float:
        return otherwise if day is None else day_start(day, zone).timestamp()

    spells = [
        _Spell(row["member"], row["meter_id"], second(row["valid_from"], -np.inf), second(row["valid_until"], np.inf))
        for row in rows
    ]
    return spells, zone


def _rows(
    group: str, spells: Sequence[_Spell], windows: Windows, periods: Sequence[Period], minutes: int
) -> Iterator[dict[str, object]]:
    """Yield the rows of one group."""
    own = _windows_of(group, spells, windows)
    starts, meter, power = windows.starts[own], windows.meter[own], windows.power[own]
    order = np.argsort(starts, kind="stable")
    starts, meter, power = starts[order], meter[order], power[order]
    for period in periods:
        # The last window of a period may reach beyond it, where a clock is set by less than a window.
        ends = (int(period.start.timestamp()), int(period.end.timestamp()) - minutes * 60 + 1)
        within = slice(*np.searchsorted(starts, ends))
        if within.start == within.stop:
            continue
        members, place = np.unique(meter[within], return_inverse=True)
        at, first = np.unique(starts[within], return_index=True)
        load, present = np.add.reduceat(power[within], first), np.diff([*first, within.stop - within.start])
        counts = present >= LEAST_PART * len(members)
        if not counts.any():
            continue
        highest = int(np.flatnonzero(counts)[np.argmax(load[counts])])
        most = np.full(len(members), -np.inf)
        np.maximum.at(most, place, power[within])
        maximum, own_maxima = round(float(load[highest]), _DECIMALS), round(float(most.sum()), _DECIMALS)
        yield {
            "group": group,
            "interval_start": period.start,
            "interval_end": period.end,
            "maximum": maximum,
            "maximum_at": dt.datetime.fromtimestamp(int(at[highest]), dt.UTC),
            "meters": int(present[highest]),
            "meters_expected": len(members),
            "own_maxima": own_maxima,
            "diversity": round(own_maxima / maximum, _DECIMALS) if maximum > 0 else None,
            "window_minutes": minutes,
        }


def _windows_of(group: str, spells: Sequence[_Spell], windows: Windows) -> Places:
    """Return the places of the windows in which a meter belonged to a group."""
    by_meter: dict[str, list[_Spell]] = defaultdict(list)
    for spell in spells:
        if spell.group == group:
            by_meter[spell.meter_id].append(spell)
    bounds = np.searchsorted(windows.meter, np.arange(len(windows.meters) + 1))
    found = [np.zeros(0, np.int64)]
    for meter_id, (first, behind) in zip(windows.meters, pairwise(bounds), strict=True):
        for spell in by_meter.get(meter_id, ()):
            held = np.searchsorted(windows.starts[first:behind], (spell.first, spell.behind))
            found.append(np.arange(first + held[0], first + held[1]))
    return np.concatenate(found)
