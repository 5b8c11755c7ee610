"""Which snapshot of each table is the newest, as the Glue catalogue says.

Enters: one GetTables call, at most once a second. Leaves: for each table the address of its newest metadata, and the
snapshot in it, which is read again only when the address has moved.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from meterlake.lake.locations import bucket_and_key
from meterlake.lake.tables import TABLES


@dataclass(frozen=True)
class NewestSnapshot:
    """The newest snapshot of a table: its id, None where it has none yet, and how many rows it holds."""

    id: int | None
    rows: int


class GluePointers:
    """The newest state of a lake's tables; one object serves all threads of a process."""

    def __init__(self, glue: Any, s3: Any, *, database: str, fresh_seconds: float) -> None:
        self._glue = glue
        self._s3 = s3
        self._database = database
        self._fresh_seconds = fresh_seconds
        self._pointers: dict[str, str] = {}
        self._read_at = float("-inf")
        self._snapshots: dict[str, tuple[str, NewestSnapshot]] = {}
        self._lock = threading.Lock()

    def current(self) -> dict[str, str]:
        """Return the address of the newest metadata of each of the lake's tables that exists."""
        with self._lock:
            if time.monotonic() - self._read_at >= self._fresh_seconds:
                self._pointers = self._read()
                self._read_at = time.monotonic()
            return self._pointers

    def snapshots(self, *tables: str) -> dict[str, NewestSnapshot]:
        """Return the newest snapshot of each table, all as of one moment."""
        pointers = self.current()
        return {table: self._snapshot(table, pointers.get(table)) for table in tables}

    def _read(self) -> dict[str, str]:
        pages = self._glue.get_paginator("get_tables").paginate(DatabaseName=self._database)
        return {
            found["Name"]: found["Parameters"]["metadata_location"]
            for page in pages
            for found in page["TableList"]
            if found["Name"] in TABLES and "metadata_location" in found.get("Parameters", {})
        }

    def _snapshot(self, table: str, address: str | None) -> NewestSnapshot:
        if address is None:
            return NewestSnapshot(None, 0)
        known = self._snapshots.get(table)
        if known is None or known[0] != address:
            known = (address, self._read_snapshot(address))
            self._snapshots[table] = known
        return known[1]

    def _read_snapshot(self, address: str) -> NewestSnapshot:
        bucket, key = bucket_and_key(address)
        metadata = json.loads(self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        newest = metadata.get("current-snapshot-id")
        for snapshot in metadata.get("snapshots", ()):
            if snapshot["snapshot-id"] == newest:
                return NewestSnapshot(int(newest), int(snapshot["summary"].get("total-records", 0)))
        return NewestSnapshot(None, 0)
