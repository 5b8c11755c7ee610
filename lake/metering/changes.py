"""What answers given at an earlier time would be now: the report that a biller needs after a restatement.

Enters: a lake, a moment, a calendar of whole days. Leaves: a row a meter and period whose value is another one now, with the
ingests that changed it. An ingest that was taken back since has never been, and is none of them.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from meterlake.lake.codes.quantities import Quantity
from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meters
from meterlake.lake.metering.as_it_was import LakeAsItWas
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.port import Lake

# Those that are made of whole days and need nothing else to be said.
KINDS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
_KEY = ("meter_id", "interval_start", "interval_end", "kind")
_TIME = pa.timestamp("us", "UTC")
_COLUMNS = pa.schema(
    [("meter_id", pa.string()), ("interval_start", _TIME), ("interval_end", _TIME), ("kind", pa.string())]
    + [(name, pa.float64()) for name in ("before", "now", "difference")]
    + [("ingests", pa.string())]
)
_DAY = dt.timedelta(days=1)
_DECIMALS = 9
Key = tuple[Any, ...]
# Of each meter the days that changed, in order, each with an ingest that changed it.
Days = dict[str, list[tuple[dt.date, str]]]


@dataclass(frozen=True)
class ChangesQuestion:
    """Which answers are looked at again.

    Attributes:
        since: When they were given: what was published later changes them.
        quantity: What was measured.
        kind: One of KINDS.
        with_new: Whether a period without any reading then is a change, too.
    """

    since: dt.datetime
    quantity: Quantity
    kind: PeriodKind = PeriodKind.MONTH
    with_new: bool = False


def changed_periods(lake: Lake, asked: ChangesQuestion) -> pa.Table:
    """Return the periods whose value is another one now, by meter and time.

    Returns:
        meter_id, interval_start and interval_end in UTC, kind, before, now and difference in the quantity's unit, null where
        there was or is no reading; ingests, their ids with commas between them.
    """
    days = _changed_days(lake, asked)
    if not days:
        return _COLUMNS.empty_table()
    then = _values(LakeAsItWas(lake, asked.since), asked, days)
    now = _values(lake, asked, days)
    zone_of = {
        row["meter_id"]: ZoneInfo(row["time_zone"] or "UTC")
        for row in lake.ask("meters_page", after_meter_id="", page_size=10_000_000).to_pylist()
        if row["meter_id"] in days
    }
    keys = then.keys() | now.keys() if asked.with_new else then.keys()
    rows = [
        _row(key, then.get(key), now.get(key), days, zone_of.get(key[0], ZoneInfo("UTC")))
        for key in sorted(keys)
        if then.get(key) != now.get(key)
    ]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)


def _changed_days(lake: Lake, asked: ChangesQuestion) -> Days:
    days: Days = defaultdict(list)
    for row in lake.ask("days_changed_since", quantity=asked.quantity.name, since=asked.since).to_pylist():
        days[row["meter_id"]].append((row["local_date"], row["ingest_id"]))
    return days


def _values(lake: Lake, asked: ChangesQuestion, days: Days) -> dict[Key, float]:
    """Return the value of each period that a change may touch."""
    calendar, utc = BillingCalendar(asked.kind), ZoneInfo("UTC")
    first, last = min(own[0][0] for own in days.values()), max(own[-1][0] for own in days.values())
    start = calendar.period_start(first, utc).date()
    rows = periods_of_meters(lake, list(days), PeriodQuestion(asked.quantity, calendar, start, last + _DAY))
    columns = [rows[name].to_pylist() for name in (*_KEY, "value")]
    return {key: value for *key_parts, value in zip(*columns, strict=True) for key in [tuple(key_parts)]}


def _row(key: Key, before: float | None, now: float | None, days: Days, zone: ZoneInfo) -> dict[str, Any]:
    meter_id, start, end, _ = key
    difference = round((now or 0.0) - (before or 0.0), _DECIMALS)
    own = days[meter_id]
    place = bisect_left(own, (start.astimezone(zone).date(), ""))
    # A span may end within a day, which is its last.
    behind = (end - dt.timedelta(microseconds=1)).astimezone(zone).date() + _DAY
    ingests = _once(ingest_id for day, ingest_id in own[place:] if day < behind)
    return dict(zip(_KEY, key, strict=True)) | {
        "before": before, "now": now, "difference": difference, "ingests": ", ".join(ingests),
    }  # fmt: skip


def _once(ids: Iterable[str]) -> list[str]:
    return sorted(set(ids))
