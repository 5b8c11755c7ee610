"""Which files the lake has taken in: looked up before reading, written when a batch is published."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from blake3 import blake3

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.landing.accounts import COUNTS, FileAccount
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.relations import Workbench
from meterlake.lake.snapshot import TableState
from meterlake.lake.tables import INGESTS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_KNOWN_BY = ["ingest_id", "content_hash", "format", "rows_read", "quarantined"]
_SEEN_AS = ["source_file", "source_bytes", "source_modified_at"]
_BY_DECLARATION = "mapping"


@dataclass(frozen=True)
class Reading:
    """How a job says that its files are to be read; what a file is known by, beside its content.

    Attributes:
        format_name: The format that is asked for; empty where it is to be found out.
        digest: Of the declaration of the columns; empty where there is none.
    """

    format_name: str = ""
    digest: str = ""

    @property
    def is_said(self) -> bool:
        """Whether somebody said it."""
        return bool(self.format_name or self.digest)

    def ingest_id(self, content_hash: str) -> str:
        """Return the short name of an ingest: sixty bits of a hash of content and declaration, as twelve letters and digits."""
        hashed = blake3(bytes.fromhex(content_hash) + self.digest.encode()).hexdigest() if self.digest else content_hash
        return base64.b32encode(bytes.fromhex(hashed)).decode()[:12].lower()


@dataclass(frozen=True)
class KnownContent:
    """An ingest that stands."""

    ingest_id: str
    format: str
    has_good_rows: bool


@dataclass(frozen=True)
class IngestLedger:
    """The contents that the lake knows with how they were read, and the files they came in, as these were then."""

    contents: dict[str, list[KnownContent]]
    fingerprints: dict[tuple[str, int, int], str]

    @classmethod
    def read(cls, store: LakeStore, ingests: TableState) -> IngestLedger:
        """Read the ledger from one state of the lake's table of ingests."""
        contents: dict[str, list[KnownContent]] = {}
        fingerprints: dict[tuple[str, int, int], str] = {}
        for file in ingests.files:
            with store.files.open_input_file(file.location.removeprefix(f"{store.root}/")) as parquet:
                known = pq.ParquetFile(parquet).read([*_KNOWN_BY, *_SEEN_AS])
            # Moments as numbers: to hand them out, PyArrow imports pandas where it is installed.
            moments = known["source_modified_at"].cast(pa.int64())
            known = known.set_column(known.num_columns - 1, "source_modified_at", moments)
            for ingest_id, content, read_as, read, quarantined, *seen in zip(
                *(column.to_pylist() for column in known.columns), strict=True
            ):
                contents.setdefault(content, []).append(KnownContent(ingest_id, read_as, read > quarantined))
                fingerprints[tuple(seen)] = content
        return cls(contents, fingerprints)

    def knows(self, content_hash: str, reading: Reading) -> bool:
        """Say whether a file with this content was taken in, and in the way that is asked for where one is."""
        return bool(self._read_so(content_hash, reading))

    def _read_so(self, content_hash: str, reading: Reading) -> list[KnownContent]:
        known = self.contents.get(content_hash, [])
        if reading.digest:
            # Before declarations were part of what a file is known by, its content named its ingest.
            ids = {reading.ingest_id(content_hash), Reading().ingest_id(content_hash)}
            return [one for one in known if one.ingest_id in ids and one.format == _BY_DECLARATION]
        return [one for one in known if reading.format_name in ("", one.format)]

    def replaced_by(self, file: LandedFile, reading: Reading) -> list[tuple[str, str]]:
        """Return the ingests of a file's content that one read as it is asked for takes the place of, each with that one."""
        content_hash = self.fingerprints.get(_as_seen(file), "")
        own = [one for one in self._read_so(content_hash, reading) if one.has_good_rows]
        others = [one for one in self.contents.get(content_hash, []) if one not in own] if own else []
        return [(one.ingest_id, own[0].ingest_id) for one in others]

    def new_id(self, content_hash: str, reading: Reading, layout: Layout) -> str:
        """Return a name for an ingest; one that no other ingest of the content has.

        A declaration that nobody gave, of a known export or a guess, is part of the name, too: one that a person gives
        afterwards is another.
        """
        taken = {one.ingest_id for one in self.contents.get(content_hash, [])}
        if layout.format == _BY_DECLARATION and layout.mapping is not None and not reading.digest:
            return Reading(digest=layout.mapping.digest).ingest_id(content_hash)
        ingest_id = reading.ingest_id(content_hash)
        return ingest_id if ingest_id not in taken else Reading(digest=reading.format_name).ingest_id(content_hash)

    def knows_unchanged(self, file: LandedFile, reading: Reading) -> bool:
        """Say whether this very file was taken in, as it is asked for, and has kept its size and time of change since.

        A file of the same name with another size or time is read and hashed; like make and rsync, this trusts
        the clock of the file system so that a landing folder of gigabytes is checked in milliseconds.
        """
        content_hash = self.fingerprints.get(_as_seen(file))
        return content_hash is not None and self.knows(content_hash, reading)


def _as_seen(file: LandedFile) -> tuple[str, int, int]:
    return file.name, file.size_bytes, (file.modified_at - _EPOCH) // dt.timedelta(microseconds=1)


def ingests_change(writer: ParquetWriter, accounts: list[FileAccount]) -> TableChange:
    """Write the accounts of a batch as rows of the ingests table."""
    now = dt.datetime.now(dt.UTC)
    rows = [
        {
            "ingest_id": account.ingest_id,
            "source_file": account.file.name,
            "content_hash": account.content_hash,
            "format": account.layout.format,
            **{name: getattr(account, name) for name in COUNTS},
            "started_at": account.started_at,
            "finished_at": now,
            "source_bytes": account.file.size_bytes,
            "source_modified_at": account.file.modified_at,
            "assumed": account.assumed or None,
        }
        for account in accounts
    ]
    with Workbench(writer.connection).shown("ingests", pa.Table.from_pylist(rows, INGESTS.arrow_schema)) as ingests:
        return writer.append(INGESTS, ingests.name)
