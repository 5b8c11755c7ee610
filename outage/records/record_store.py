"""Recorded outages in the lake: written, and read again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

import pyarrow as pa

from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import RECORDED_OUTAGES
from meterlake.lake.writing.publishing import publish_rows
from meterlake.outage.records.recorded_outage import RecordedOutage


def keep_records(settings: LakeSettings, records: Iterable[RecordedOutage], imported_by: str) -> int:
    """Keep recorded outages, each in place of what was kept under its name; return how many."""
    at = dt.datetime.now(dt.UTC)
    rows = [
        {
            "record_id": one.record_id,
            "started_at": one.started_at,
            "ended_at": one.ended_at,
            "places": json.dumps(one.places),
            "customers": one.customers,
            "reason": one.reason,
            "note": one.note,
            "imported_at": at,
            "imported_by": imported_by,
        }
        for one in records
    ]
    table = pa.Table.from_pylist(rows, schema=RECORDED_OUTAGES.arrow_schema)
    publish_rows(settings, {RECORDED_OUTAGES.name: table}, run_id="records")
    return len(rows)


def records_in(lake: Lake) -> list[RecordedOutage]:
    """Return the recorded outages that a lake keeps, in order of time."""
    return [
        RecordedOutage(
            row["record_id"],
            row["started_at"],
            row["ended_at"],
            tuple(json.loads(row["places"])),
            row["customers"],
            row["reason"],
            row["note"],
        )
        for row in lake.ask("recorded_outages").to_pylist()
    ]
