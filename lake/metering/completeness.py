"""How complete the days of a quantity are, by meter and by day of the fleet: minutes that are there over minutes that should be.

A meter is expected from its first reading on, up to the end of what is asked, or to the last day of the fleet where no end
is. So one that stopped misses its days, and a day of the fleet counts all who should have sent. A day that was counted before
minutes were makes what it is part of unknown, which is null.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.lake.known_meters import EVERY_METER
from meterlake.lake.metering.coverage import intervals_expected
from meterlake.lake.metering.local_days import day_start
from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import EARLIEST, LATEST

_ALL_ROWS = 10_000_000
_ONE_DAY = dt.timedelta(days=1)
_MINUTE = dt.timedelta(minutes=1)
Row = dict[str, Any]


@dataclass(frozen=True)
class DaysAsked:
    """Which days of which meters are asked for.

    Attributes:
        quantity: The quantity's name.
        start: First day, or None for the first of each meter.
        end: The day behind the last, or None for the fleet's.
        meters: From which id to which, both inclusive, one range after the other.
    """

    quantity: str
    start: dt.date | None = None
    end: dt.date | None = None
    meters: Sequence[tuple[str, str]] = (EVERY_METER,)

    def until(self, lake: Lake) -> dt.date | None:
        """Return the day behind the last; None where no end is asked for and nothing was sent."""
        if self.end is not None and self.end < LATEST.date():
            return self.end
        last: dt.date | None = lake.ask("last_day_of_fleet", quantity=self.quantity)["last_date"][0].as_py()
        return None if last is None else last + _ONE_DAY

    def ask(self, lake: Lake, question: str, **given: Any) -> list[Row]:
        """Ask a question of each range of meters."""
        return [
            row
            for first, last in self.meters
            for row in lake.ask(
                question, quantity=self.quantity, first_meter_id=first, last_meter_id=last, **given
            ).to_pylist()
        ]


def completeness_of_meters(
    lake: Lake, asked: DaysAsked, *, after_meter_id: str = "", page_size: int = _ALL_ROWS
) -> pa.Table:
    """Return a row a meter that sent something before the end, by id; a page of them.

    Returns:
        meter_id, first_date and last_date with a reading, days_with_readings, days_missing, and the columns of what is there.
    """
    end = asked.until(lake)
    given = {"start_date": asked.start, "end_date": end, "after_meter_id": after_meter_id, "page_size": page_size}
    rows = [] if end is None else asked.ask(lake, "completeness_by_meter", **given)
    return _table([_meter(row, asked.start, end) for row in rows if end is not None], _METER_COLUMNS)


def completeness_of_days(lake: Lake, asked: DaysAsked) -> pa.Table:
    """Return a row a day from the first on which a meter is expected.

    Returns:
        local_date, meters that sent something, meters_expected, and the columns of what is there.
    """
    end = asked.until(lake)
    if end is None:
        return _table([], _DAY_COLUMNS)
    begun = sorted(asked.ask(lake, "first_days_of_fleet", end_date=end), key=lambda row: row["first_date"])
    sent = sorted(
        asked.ask(lake, "completeness_by_day", start_date=asked.start, end_date=end), key=lambda row: row["local_date"]
    )
    of_day = {day: list(rows) for day, rows in groupby(sent, lambda row: row["local_date"])}
    expected: Counter[str] = Counter()
    days, place = [], 0
    day = max(asked.start or EARLIEST.date(), begun[0]["first_date"]) if begun else end
    while day < end:
        while place < len(begun) and begun[place]["first_date"] <= day:
            expected[begun[place]["time_zone"]] += begun[place]["meters"]
            place += 1
        days.append(_day(day, of_day.get(day, []), expected))
        day += _ONE_DAY
    return _table(days, _DAY_COLUMNS)


def _meter(row: Row, start: dt.date | None, end: dt.date) -> Row:
    first = max(row["expected_from"], start) if start else row["expected_from"]
    days = (end - first).days
    row["days_missing"] = max(0, days - row["days_with_readings"] - row["days_in_spans"])
    row["minutes_expected"] = minutes_of_days(first, end, row["time_zone"])
    if row.pop("days_unknown"):
        row["minutes_present"] = None
    return row


def _day(day: dt.date, sent: list[Row], expected: Counter[str]) -> Row:
    added = {name: sum(row[name] or 0 for row in sent) for name in ("meters", "intervals_present", "minutes_present")}
    minutes = sum(count * minutes_of_days(day, day + _ONE_DAY, zone) for zone, count in expected.items())
    is_unknown = any(row["meters_unknown"] for row in sent)
    return added | {
        "local_date": day,
        "meters_expected": expected.total(),
        "minutes_present": None if is_unknown else added["minutes_present"],
        "minutes_expected": minutes,
    }


@lru_cache(maxsize=100_000)
def minutes_of_days(first: dt.date, end: dt.date, zone: str) -> int:
    """Return the minutes of some days of a zone: 1380 or 1500 of one on which the clock is set by an hour."""
    known = ZoneInfo(zone)
    return (day_start(end, known).astimezone(dt.UTC) - day_start(first, known).astimezone(dt.UTC)) // _MINUTE


_METER_COLUMNS = {
    "meter_id": pa.string(),
    "first_date": pa.date32(),
    "last_date": pa.date32(),
    "days_with_readings": pa.int64(),
    "days_missing": pa.int64(),
}
_DAY_COLUMNS = {"local_date": pa.date32(), "meters": pa.int64(), "meters_expected": pa.int64()}
_PRESENT = {name: pa.int64() for name in ("intervals_present", "minutes_present", "minutes_expected")}


def _table(rows: list[Row], columns: dict[str, pa.DataType]) -> pa.Table:
    """Return rows with the intervals that are expected, and the part that is there."""
    table = pa.Table.from_pylist(rows, schema=pa.schema(columns | _PRESENT))
    present, expected = (
        np.array([np.nan if one is None else one for one in table[name].to_pylist()], np.float64)
        for name in ("minutes_present", "minutes_expected")
    )
    counted = table["intervals_present"].to_numpy()
    # Where nothing was sent nobody knows how long an interval is.
    intervals = np.where(present > 0, intervals_expected(counted, present, expected), np.nan)
    part = np.divide(np.minimum(present, expected), expected, out=np.full(len(present), np.nan), where=expected > 0)
    return table.add_column(
        table.column_names.index("minutes_present"),
        "intervals_expected",
        pa.array(intervals, pa.float64(), from_pandas=True).cast(pa.int64()),
    ).append_column("completeness_fraction", pa.array(part, pa.float64(), from_pandas=True))
