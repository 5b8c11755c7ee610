"""What an outage management system recorded beside what the meters say.

Enters: recorded outages, interruptions of customers and who was served where. Leaves: a row a recorded outage, found or missed, and a
row for each outage that was found and not recorded. An interruption is of a record if its meter stood at one of the record's places and
both overlap, or lie within half an hour: the clocks of two systems are never quite the same. An outage goes to the record that has most
of its interruptions.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from meterlake.lake.port import Lake
from meterlake.outage.records.record_store import records_in
from meterlake.outage.records.recorded_outage import RecordedOutage

_APART = dt.timedelta(minutes=30)
_TIME, _TEXT, _NUMBER, _COUNT = pa.timestamp("us", "UTC"), pa.string(), pa.float64(), pa.int64()
# The columns of a table of comparisons.
COMPARED = pa.schema(
    [
        *(("outcome", _TEXT), ("record_id", _TEXT), ("outage_ids", _TEXT)),
        *(("recorded_started_at", _TIME), ("found_started_at", _TIME), ("start_minutes_apart", _NUMBER)),
        *(("recorded_ended_at", _TIME), ("found_ended_at", _TIME), ("end_minutes_apart", _NUMBER)),
        *(("recorded_customers", _COUNT), ("found_customers", _COUNT)),
        *(("recorded_customer_minutes", _NUMBER), ("found_customer_minutes", _NUMBER), ("reason", _TEXT)),
    ]
)
Row = Mapping[str, Any]


class Outcome(StrEnum):
    """What came of a comparison."""

    FOUND = "found"
    MISSED = "missed"
    NOT_RECORDED = "not_recorded"
    NO_METERS = "no_meters"


@dataclass(frozen=True)
class Comparison:
    """A recorded outage beside what was found of it, or an outage that was not recorded.

    Attributes:
        outcome: found, missed, not_recorded, or no_meters: the lake knows no meter at the record's places then.
        record_id: None where it was not recorded; so all that is recorded.
        outage_ids: The outages that were found, blanks between; None where there is none.
        start_minutes_apart: How much later it was found to begin than was recorded; so end_minutes_apart of its end.
        recorded_customers: As recorded, else the customers served at its places.
        found_customers: Distinct customers that had an interruption.
        recorded_customer_minutes: Customers times minutes, None while it lasts.
        found_customer_minutes: Minutes of the interruptions.
    """

    outcome: Outcome
    record_id: str | None
    outage_ids: str | None
    recorded_started_at: dt.datetime | None
    found_started_at: dt.datetime | None
    start_minutes_apart: float | None
    recorded_ended_at: dt.datetime | None
    found_ended_at: dt.datetime | None
    end_minutes_apart: float | None
    recorded_customers: int | None
    found_customers: int
    recorded_customer_minutes: float | None
    found_customer_minutes: float
    reason: str | None

    @property
    def order(self) -> tuple[str, ...]:
        """The row's place among others: by time, and what was recorded first."""
        at = self.recorded_started_at or self.found_started_at
        return ("" if at is None else at.isoformat(), self.record_id or "\U0010ffff", self.outage_ids or "")

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return vars(self) | {"outcome": self.outcome.value}


def comparison_in_lake(lake: Lake) -> list[Comparison]:
    """Return the comparison of all that a lake holds."""
    return compared(records_in(lake), lake.ask("interruptions").to_pylist(), lake.ask("services").to_pylist())


def compared(
    records: Sequence[RecordedOutage], interruptions: Iterable[Row], services: Sequence[Row]
) -> list[Comparison]:
    """Return the comparison, in order of time: recorded outages, and what was found from the first of them to the last.

    Args:
        records: In any order.
        interruptions: Rows of interruptions.
        services: Rows of services.
    """
    by_meter: dict[str, list[Row]] = defaultdict(list)
    by_outage: dict[str, list[Row]] = defaultdict(list)
    for row in interruptions:
        by_meter[row["meter_id"]].append(row)
        by_outage[row["outage_id"]].append(row)
    struck = {one.record_id: _struck(one, services) for one in records}
    own = {
        one.record_id: [row for meter in struck[one.record_id] for row in by_meter[meter] if _is_near(one, row)]
        for one in records
    }
    owner = _owners(own)
    rows = [
        _of_record(
            one, struck[one.record_id], [row for row in own[one.record_id] if owner[row["outage_id"]] == one.record_id]
        )
        for one in records
    ]
    if records:
        first = min(one.started_at for one in records) - _APART
        ends = [one.ended_at for one in records]
        last = None if None in ends else max(end for end in ends if end is not None) + _APART
        for outage_id, of_outage in by_outage.items():
            began = min(row["lost_at"] for row in of_outage)
            if outage_id not in owner and began >= first and (last is None or began <= last):
                rows.append(_not_recorded(outage_id, of_outage))
    return sorted(rows, key=lambda row: row.order)


def _struck(record: RecordedOutage, services: Iterable[Row]) -> dict[str, str]:
    """Return the meters that stood at a record's places when it began, and their customers."""
    return {
        row["meter_id"]: row["customer_id"]
        for row in services
        if row["served_from"] <= record.started_at
        and (row["served_until"] is None or record.started_at < row["served_until"])
        and any(all(row[column] == name for column, name in place.items()) for place in record.places)
    }


def _is_near(record: RecordedOutage, row: Row) -> bool:
    begins_before_end = record.ended_at is None or row["lost_at"] < record.ended_at + _APART
    return begins_before_end and (row["returned_at"] is None or row["returned_at"] > record.started_at - _APART)


def _owners(own: Mapping[str, Iterable[Row]]) -> dict[str, str]:
    """Return of each outage the record that has most of its interruptions."""
    shared = Counter((row["outage_id"], record_id) for record_id, rows in own.items() for row in rows)
    owner: dict[str, str] = {}
    for (outage_id, record_id), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        owner.setdefault(outage_id, record_id)
    return owner


def _of_record(record: RecordedOutage, struck: Mapping[str, str], rows: Sequence[Row]) -> Comparison:
    outcome = Outcome.FOUND if rows else Outcome.MISSED if struck else Outcome.NO_METERS
    customers = record.customers if record.customers is not None else len(set(struck.values())) or None
    minutes = None
    if customers is not None and record.ended_at is not None:
        minutes = round(customers * (record.ended_at - record.started_at) / dt.timedelta(minutes=1), 6)
    started, ended = _edges(rows)
    return Comparison(
        outcome,
        record.record_id,
        " ".join(sorted({row["outage_id"] for row in rows})) or None,
        record.started_at,
        started,
        _apart(started, record.started_at),
        record.ended_at,
        ended,
        _apart(ended, record.ended_at),
        customers,
        len({row["customer_id"] for row in rows}),
        minutes,
        _minutes(rows),
        record.reason,
    )


def _not_recorded(outage_id: str, rows: Sequence[Row]) -> Comparison:
    started, ended = _edges(rows)
    customers = len({row["customer_id"] for row in rows})
    nothing = (None, None)
    return Comparison(
        Outcome.NOT_RECORDED, None, outage_id, None, started, *nothing, ended, *nothing, customers, None, _minutes(rows), None
    )  # fmt: skip


def _edges(rows: Sequence[Row]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return when the first customer was lost and the last came back; None while one is away."""
    ends = [row["returned_at"] for row in rows]
    return min((row["lost_at"] for row in rows), default=None), None if None in ends else max(ends, default=None)


def _apart(found: dt.datetime | None, recorded: dt.datetime | None) -> float | None:
    return None if found is None or recorded is None else round((found - recorded) / dt.timedelta(minutes=1), 3)


def _minutes(rows: Iterable[Row]) -> float:
    return round(sum(float(row["minutes"]) for row in rows), 6)
