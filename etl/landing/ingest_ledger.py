"""Which files the lake has taken in: looked up before reading, written when a batch is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from meterlake.etl.landing.accounts import FileAccount
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.relations import Workbench
from meterlake.lake.snapshot import TableState
from meterlake.lake.tables import INGESTS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_KNOWN_BY = ["content_hash", "source_file", "source_bytes", "source_modified_at"]


@dataclass(frozen=True)
class IngestLedger:
    """The contents that the lake knows, and the files they came in, as these were then."""

    hashes: frozenset[str]
    fingerprints: frozenset[tuple[str, int, int]]

    @classmethod
    def read(cls, store: LakeStore, ingests: TableState) -> IngestLedger:
        """Read the ledger from one state of the lake's table of ingests."""
        hashes: set[str] = set()
        fingerprints: set[tuple[str, int, int]] = set()
        for file in ingests.files:
            with store.files.open_input_file(file.location.removeprefix(f"{store.root}/")) as parquet:
                known = pq.ParquetFile(parquet).read(_KNOWN_BY)
            # Moments as numbers: to hand them out, PyArrow imports pandas where it is installed.
            moments = known["source_modified_at"].cast(pa.int64())
            hashes.update(known["content_hash"].to_pylist())
            fingerprints.update(
                zip(
                    *(column.to_pylist() for column in (known["source_file"], known["source_bytes"], moments)),
                    strict=True,
                )
            )
        return cls(frozenset(hashes), frozenset(fingerprints))

    def knows_content(self, content_hash: str) -> bool:
        """Say whether a file with this content was taken in."""
        return content_hash in self.hashes

    def knows_unchanged(self, file: LandedFile) -> bool:
        """Say whether this very file was taken in and has kept its size and time of change since.

        A file of the same name with another size or time is read and hashed; like make and rsync, this trusts
        the clock of the file system so that a landing folder of gigabytes is checked in milliseconds.
        """
        microseconds = (file.modified_at - _EPOCH) // dt.timedelta(microseconds=1)
        return (file.name, file.size_bytes, microseconds) in self.fingerprints


def ingests_change(writer: ParquetWriter, accounts: list[FileAccount]) -> TableChange:
    """Write the accounts of a batch as rows of the ingests table."""
    now = dt.datetime.now(dt.UTC)
    counts = ("rows_read", "rows_stored", "duplicates", "superseded", "quarantined")
    rows = [
        {
            "ingest_id": account.ingest_id,
            "source_file": account.file.name,
            "content_hash": account.content_hash,
            "format": account.layout.format,
            **{name: getattr(account, name) for name in counts},
            "started_at": account.started_at,
            "finished_at": now,
            "source_bytes": account.file.size_bytes,
            "source_modified_at": account.file.modified_at,
        }
        for account in accounts
    ]
    with Workbench(writer.connection).shown("ingests", pa.Table.from_pylist(rows, INGESTS.arrow_schema)) as ingests:
        return writer.append(INGESTS, ingests.name)
