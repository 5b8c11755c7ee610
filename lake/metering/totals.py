"""What readings say of periods: one question for any quantity, kind of period, meters and clock.

Enters: a lake and a TotalsQuestion. Leaves: a row a meter and period that has a reading, and a row for each reading that is
longer than a period. How values make one value follows the quantity; see meterlake.lake.metering.period_rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from meterlake.lake.codes.quality import DOUBTFUL
from meterlake.lake.codes.quantities import Quantity
from meterlake.lake.metering.calendars import BillingCalendar, Period
from meterlake.lake.metering.long_readings import Placing
from meterlake.lake.metering.period_rows import PERIOD, SPAN, period_rows
from meterlake.lake.metering.runs import runs_of
from meterlake.lake.port import Lake

_LONGEST_READING = dt.timedelta(days=400)
_KEY = ["meter_id", "starts_second", "length_seconds"]
_ADDED = [
    *("value_sum", "value_seconds", "intervals_present", "seconds_present"),
    *("seconds_estimated", "seconds_edited", "seconds_suspect"),
]
_AGGREGATES = [(name, "sum") for name in _ADDED] + [("value_min", "min"), ("value_max", "max"), ("value_last", "last")]
_AGGREGATES += [("last_start", "max"), ("last_end", "max")]


@dataclass(frozen=True)
class TotalsQuestion:
    """What is asked of the readings of some meters of one zone.

    Attributes:
        quantity: What was measured.
        calendar: The kind of period.
        start: The first moment, inclusive; the periods that begin in the range are answered, each whole.
        end: The last moment, exclusive.
        zone: The zone whose days they are.
        first_meter_id: The first of the meters, in the order of their ids.
        last_meter_id: The last of them.
    """

    quantity: Quantity
    calendar: BillingCalendar
    start: dt.datetime
    end: dt.datetime
    zone: ZoneInfo
    first_meter_id: str
    last_meter_id: str


def totals(lake: Lake, asked: TotalsQuestion) -> pa.Table:
    """Return the rows of some meters' periods and spans, by meter and time; see period_rows."""
    periods = asked.calendar.periods(asked.start, asked.end, asked.zone)
    return totals_of_periods(lake, asked, periods)


def totals_of_periods(lake: Lake, asked: TotalsQuestion, periods: list[Period]) -> pa.Table:
    """Return the rows of some of the periods of a calendar alone, in order, and of the spans that touch them."""
    if not periods:
        return period_rows(no_parts(), asked.quantity)
    placing = Placing(asked.calendar, periods, asked.zone)
    meters = {"first_meter_id": asked.first_meter_id, "last_meter_id": asked.last_meter_id}
    given = {"quantity": asked.quantity.name, "longest_seconds": placing.longest_seconds, **meters}
    parts = [
        lake.ask("period_totals", runs=runs.text, start=runs.start, end=runs.end, **given) for runs in runs_of(periods)
    ]
    start, end = periods[0].start, periods[-1].end
    reach = max(start - _LONGEST_READING, dt.datetime(1900, 1, 1, tzinfo=dt.UTC))
    longer = lake.ask("readings_longer_than", reach_start=reach, start=start, end=end, **given).to_pylist()
    own = [(reading, placing.period_of(reading)) for reading in longer if not placing.is_beside(reading)]
    held = _partial_rows([(reading, period) for reading, period in own if period], PERIOD)
    apart = [
        (reading, Period(reading["interval_start"], reading["interval_end"])) for reading, period in own if not period
    ]
    summed = _together([*(part.append_column("kind", pa.array([PERIOD] * part.num_rows)) for part in parts), held])
    rows = pa.concat_tables([summed, _partial_rows(apart, SPAN)]) if apart else summed
    return period_rows(rows, asked.quantity)


def no_parts() -> pa.Table:
    """Return no rows, as readings that say nothing give them."""
    return _partial_rows([], PERIOD)


def _together(parts: list[pa.Table]) -> pa.Table:
    """Return rows of parts with each meter and period once."""
    rows = pa.concat_tables(part.cast(parts[-1].schema) for part in parts)
    if not parts[-1].num_rows:
        return rows
    ordered = rows.sort_by([("meter_id", "ascending"), ("starts_second", "ascending"), ("last_start", "ascending")])
    grouped = ordered.group_by([*_KEY, "kind"], use_threads=False).aggregate(_AGGREGATES)
    names = {f"{name}_{how}": name for name, how in _AGGREGATES}
    return (
        grouped.rename_columns([names.get(name, name) for name in grouped.column_names])
        .select(rows.column_names)
        .cast(rows.schema)
    )


def _partial_rows(placed: Iterable[tuple[dict[str, Any], Period]], kind: str) -> pa.Table:
    """Return rows as the question of totals gives them, each of one reading in its period."""
    return pa.Table.from_pylist([partial_row(reading, period, kind) for reading, period in placed], schema=_PARTS)


def partial_row(reading: dict[str, Any], period: Period, kind: str) -> dict[str, Any]:
    """Return what one reading adds to a period, as a row of the question of totals."""
    seconds = (reading["interval_end"] - reading["interval_start"]).total_seconds()
    value = reading["value"]
    row = dict.fromkeys(("value_sum", "value_min", "value_max", "value_last"), value)
    row |= {f"seconds_{one}": seconds if reading["quality"] == one else 0.0 for one in DOUBTFUL}
    row |= {"value_seconds": value * seconds, "intervals_present": 1, "seconds_present": seconds}
    row |= {"last_start": reading["interval_start"], "last_end": reading["interval_end"], "kind": kind}
    starts = int(period.start.timestamp())
    return row | {
        "meter_id": reading["meter_id"],
        "starts_second": starts,
        "length_seconds": int(period.end.timestamp()) - starts,
    }


_PARTS = pa.schema(
    [("meter_id", pa.string()), ("starts_second", pa.int64()), ("length_seconds", pa.int64())]
    + [(name, pa.float64()) for name in ("value_sum", "value_seconds", "value_min", "value_max", "value_last")]
    + [
        ("last_start", pa.timestamp("us", "UTC")),
        ("last_end", pa.timestamp("us", "UTC")),
        ("intervals_present", pa.int64()),
    ]
    + [(f"seconds_{name}", pa.float64()) for name in ("present", "estimated", "edited", "suspect")]
    + [("kind", pa.string())]
)
