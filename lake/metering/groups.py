"""What groups of meters used over periods of whole days: by tariff, segment, site, or any attribute that has dates.

Enters: a lake, an attribute, a calendar of whole days, a range of days. Leaves: a row a group and period, with how many of its
meters sent something and how many should have, and how much was measured. A meter belongs on each day to the group that was
known of it on that day, so a change leaves what was before it as it was. Each meter's days are those of its own clock.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from meterlake.lake.codes.quantities import Quantity
from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.calendars import BillingCalendar, Period, PeriodKind
from meterlake.lake.metering.completeness import DaysAsked, minutes_of_days
from meterlake.lake.metering.coverage import DOUBTS, coverage
from meterlake.lake.metering.dated_factors import DatedFactors
from meterlake.lake.metering.derived_quantities import DERIVED, adds_up, answered_quantity
from meterlake.lake.metering.period_rows import PERIOD, SPAN
from meterlake.lake.metering.runs import runs_of
from meterlake.lake.port import Lake

_UTC = ZoneInfo("UTC")
_DAY = dt.timedelta(days=1)
_DAY_SECONDS = 86_400
_EPOCH = dt.date(1970, 1, 1)
_DECIMALS = 9
_MINUTES = ("present", *DOUBTS)
_KEY = ("group", "period_start", "period_end", "kind")
Row = dict[str, Any]
# A group, the first day of a period, the day behind its last, and whether it is a period.
Key = tuple[str | None, dt.date, dt.date, str]


class GroupedBy(StrEnum):
    """By which attribute meters make groups; `fleet` is one group of all."""

    TARIFF = "tariff"
    SEGMENT = "segment"
    SITE = "site"
    BUILDING = "building"
    TRANSFORMER = "transformer"
    FEEDER = "feeder"
    SUBSTATION = "substation"
    DISTRICT = "district"
    SERVICE_POINT = "service_point"
    FLEET = "fleet"


@dataclass(frozen=True)
class GroupQuestion:
    """A quantity of groups over periods.

    Attributes:
        by: What makes the groups.
        quantity: One whose values add up, measured or derived.
        calendar: The kind of period, made of whole days.
        start: First day, or None for the fleet's first.
        end: The day behind the last, or None for the fleet's.
    """

    by: GroupedBy
    quantity: Quantity
    calendar: BillingCalendar
    start: dt.date | None = None
    end: dt.date | None = None


def grouped_by(name: str) -> GroupedBy:
    """Return what makes groups.

    Raises:
        BadParameter: If it makes none.
    """
    if name not in list(GroupedBy):
        raise BadParameter("by", name, f"one of {', '.join(GroupedBy)}", "tariff")
    return GroupedBy(name)


def summed_quantity(name: str) -> Quantity:
    """Return a quantity whose values groups can add up.

    Raises:
        BadParameter: If there is no such quantity, or the values of several meters make no sum.
    """
    quantity = answered_quantity(name)
    if not adds_up(quantity):
        raise BadParameter(
            "quantity", name, "one whose values add up over meters, as energy, gas and water do", "energy"
        )
    return quantity


def periods_of_groups(lake: Lake, asked: GroupQuestion) -> pa.Table:
    """Return the rows of groups, by group and time.

    Returns:
        group (null of the meters of which it is not known, `all` of the fleet), period_start and period_end as days, kind
        (`period`, or `span`: values that no period holds whole), value (null where nothing was sent), meters that sent something,
        meters_expected, and the columns of coverage.

    Raises:
        BadParameter: If the periods are not made of whole days.
    """
    if not asked.calendar.has_whole_days and asked.calendar.kind is not PeriodKind.RANGE:
        raise BadParameter("period", asked.calendar.kind.value, "a kind that is made of whole days", "month")
    derived = DERIVED.get(asked.quantity.name)
    if derived is None:
        return _table(_rows(lake, asked))
    if derived.factors is not None:
        return _table(_multiplied_rows(lake, replace(asked, quantity=derived.parts[0]), derived.factors(lake, "", "")))
    of_each = {part.name: _table(_rows(lake, replace(asked, quantity=part))) for part in derived.parts}
    return derived.combine(of_each, _KEY)


def of_group(rows: pa.Table, group: str | None) -> pa.Table:
    """Return the rows of one group; all where none is named."""
    return rows if group is None else rows.filter(pc.equal(rows["group"], group))


def _multiplied_rows(lake: Lake, asked: GroupQuestion, factors: DatedFactors) -> dict[Key, Row]:
    """Return the rows of groups, each value times what held on its day."""
    if factors.of_all is None:
        return _rows(lake, asked, is_multiplied=True)
    rows = _rows(lake, asked)
    if not rows:
        return {}
    start, end = min(key[1] for key in rows), max(key[2] for key in rows)
    days = replace(asked, calendar=BillingCalendar(PeriodKind.DAY), start=start, end=end)
    reach = _reach(lake, days)
    for row in rows.values():
        row["value"] = 0.0
    periods = sorted({(key[1], key[2]) for key in rows if key[3] == PERIOD})
    for (group, first, behind, kind), day in (_sent(lake, days, reach[0]) if reach else {}).items():
        place = bisect_right(periods, first, key=lambda period: period[0]) - 1
        whole = (group, *periods[place], PERIOD) if place >= 0 and behind <= periods[place][1] else None
        own = rows.get(whole) if whole else rows.get((group, first, behind, kind))
        if own is not None:
            own["value"] += day["value"] * factors.mean("", first, behind)
    return rows


def _rows(lake: Lake, asked: GroupQuestion, *, is_multiplied: bool = False) -> dict[Key, Row]:
    """Return the rows of groups: what was sent, and how much was expected."""
    reach = _reach(lake, asked)
    if reach is None:
        return {}
    periods, end = reach
    rows = _sent(lake, asked, periods, is_multiplied=is_multiplied)
    given = {"attribute": asked.by.value, "quantity": asked.quantity.name}
    _expect(lake, rows, periods, given | {"end_date": min(end, periods[-1].end.date())})
    return rows


def _reach(lake: Lake, asked: GroupQuestion) -> tuple[list[Period], dt.date] | None:
    """Return the periods that are asked of, and the day before which they begin; None where there are none."""
    ends = _ends(lake, asked)
    if ends is None:
        return None
    first, last = (dt.datetime.combine(day, dt.time(), _UTC) for day in ends)
    periods = asked.calendar.periods(first, last, _UTC)
    return (periods, ends[1]) if periods else None


def _sent(
    lake: Lake, asked: GroupQuestion, periods: Sequence[Period], *, is_multiplied: bool = False
) -> dict[Key, Row]:
    """Return what the meters of each group sent."""
    summed = {
        "attribute": asked.by.value,
        "quantity": asked.quantity.name,
        "start_date": periods[0].start.date(),
        "end_date": periods[-1].end.date(),
        "multiplied": "yes" if is_multiplied else "no",
    }
    rows: dict[Key, Row] = {}
    for runs in runs_of(periods, unit_seconds=_DAY_SECONDS):
        for row in lake.ask("group_totals", runs=runs.text, **summed).to_pylist():
            begins = _EPOCH + row["starts_day"] * _DAY
            _add(rows, (row["member"], begins, begins + row["length_days"] * _DAY, PERIOD), row)
    begins_of = [period.start.date() for period in periods]
    spans = [(_placed(row, periods, begins_of), row) for row in lake.ask("group_spans", **summed).to_pylist()]
    for key, row in spans:
        _add(rows, key, row | {"meters": 0})
    for key, meters in _senders(spans).items():
        rows[key]["meters"] += meters
    return rows


def _ends(lake: Lake, asked: GroupQuestion) -> tuple[dt.date, dt.date] | None:
    """Return the days between which periods begin; None where nothing was sent."""
    days = DaysAsked(asked.quantity.name, asked.start, asked.end)
    end = days.until(lake)
    if end is None:
        return None
    begun = days.ask(lake, "first_days_of_fleet", end_date=end)
    if not begun:
        return None
    start = asked.start
    if start is None or asked.calendar.kind is not PeriodKind.RANGE:  # a range is one period, wherever it begins
        first = asked.calendar.period_start(min(row["first_date"] for row in begun), _UTC).date()
        start = first if start is None else max(start, first)
    return (start, end) if start < end else None


def _placed(span: Row, periods: Sequence[Period], begins: Sequence[dt.date]) -> Key:
    """Return where a value over several days belongs: to the period that holds all of them, else by itself."""
    first, behind = span["first_date"], span["last_date"] + _DAY
    place = bisect_right(begins, first) - 1
    if place >= 0 and behind <= periods[place].end.date():
        return span["member"], begins[place], periods[place].end.date(), PERIOD
    return span["member"], first, behind, SPAN


def _senders(spans: Iterable[tuple[Key, Row]]) -> dict[Key, int]:
    """Return of each period how many meters sent values over several days, each once."""
    senders: dict[Key, set[str]] = defaultdict(set)
    for key, span in spans:
        senders[key].add(span["meter_id"])
    return {key: len(meters) for key, meters in senders.items()}


def _add(rows: dict[Key, Row], key: Key, part: Row) -> None:
    row = rows.setdefault(key, defaultdict(float))
    row["value"] += part["value_sum"]
    row["meters"] += part["meters"]
    row["intervals_present"] += part["intervals_present"]
    for name in _MINUTES:
        row[name] += np.nan if part[f"minutes_{name}"] is None or part.get("days_unknown") else part[f"minutes_{name}"]


def _expect(lake: Lake, rows: dict[Key, Row], periods: Sequence[Period], given: Row) -> None:
    """Add how many meters and minutes are expected, to groups that sent nothing, too."""
    ends = {period.start.date(): period.end.date() for period in periods}
    for texts in runs_of(periods, unit_seconds=_DAY_SECONDS, is_joined=False):
        for row in lake.ask("group_members", periods=texts.text, **given).to_pylist():
            begins = _EPOCH + row["starts_day"] * _DAY
            behind = ends[begins]
            if row["member"] is None and (None, begins, behind, PERIOD) not in rows:
                continue  # where nobody of no group sent anything, nobody waits for a meter that was taken away
            minutes = minutes_of_days(begins, behind, row["time_zone"]) / (behind - begins).days
            own = rows.setdefault((row["member"], begins, behind, PERIOD), defaultdict(float))
            own["meters_expected"] += row["meters_expected"]
            own["expected"] += row["days_expected"] * minutes
    for (*_, kind), row in rows.items():
        if kind == SPAN:
            row["meters_expected"] = row["meters"]
            row["expected"] = row["present"]
        # One that sent days and longer values, too, is one.
        row["meters"] = min(row["meters"], row["meters_expected"])


def _table(rows: dict[Key, Row]) -> pa.Table:
    keys = sorted(rows, key=lambda key: (key[0] is None, key[0] or "", *key[1:]))
    own = [rows[key] for key in keys]

    def numbers(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([row[name] for row in own], np.float64)

    members, starts, behinds, kinds = zip(*keys, strict=True) if keys else ((), (), (), ())
    columns = {
        "group": pa.array(members, pa.string()),
        "period_start": pa.array(starts, pa.date32()),
        "period_end": pa.array(behinds, pa.date32()),
        "kind": pa.array(kinds, pa.string()),
        # Nothing that was sent is nothing known, and not none used.
        "value": pa.array(
            [round(row["value"], _DECIMALS) if row["intervals_present"] else None for row in own], pa.float64()
        ),
        **{name: _counts(own, name) for name in ("meters", "meters_expected")},
    }
    minutes = {name: numbers(name) for name in _MINUTES}
    expected = np.maximum(numbers("expected"), np.nan_to_num(minutes["present"]))
    intervals = np.array([int(row["intervals_present"]) for row in own], np.int64)
    return pa.table(columns | coverage(intervals, expected, minutes))


def _counts(rows: Iterable[Row], name: str) -> pa.Array:
    return pa.array([int(row[name]) for row in rows], pa.int64())
