"""What a table's manifests list, each kind of manifest understood once.

A manifest says in its head how its records are laid out. PyIceberg works out from that, for every file anew, how to read
them, which takes several times as long as the few records of a small table; a lake has a score of tables, and a command
reads them all. Here the same head is understood once a process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pyiceberg.avro.decoder import new_decoder
from pyiceberg.avro.file import AvroFile
from pyiceberg.avro.reader import Reader
from pyiceberg.avro.resolver import resolve_reader
from pyiceberg.io import FileIO
from pyiceberg.manifest import (
    DEFAULT_READ_VERSION,
    MANIFEST_ENTRY_SCHEMAS,
    MANIFEST_LIST_FILE_SCHEMAS,
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    PartitionFieldSummary,
)
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.utils.schema_conversion import AvroSchemaConversion

# Of each kind: what of its records is wanted, and what that becomes, by the numbers of the fields.
_WANTED: dict[type, Any] = {
    ManifestFile: (
        MANIFEST_LIST_FILE_SCHEMAS[DEFAULT_READ_VERSION],
        {-1: ManifestFile, 508: PartitionFieldSummary},
        {517: ManifestContent},
    ),
    ManifestEntry: (
        MANIFEST_ENTRY_SCHEMAS[DEFAULT_READ_VERSION],
        {-1: ManifestEntry, 2: DataFile},
        {0: ManifestEntryStatus, 101: FileFormat, 134: DataFileContent},
    ),
}


def manifests_of(metadata: TableMetadata, file_io: FileIO) -> list[ManifestFile]:
    """Return the manifests of a table's current snapshot."""
    snapshot = metadata.current_snapshot()
    return list(_records(ManifestFile, snapshot.manifest_list, file_io)) if snapshot is not None else []


def data_files(manifest: ManifestFile, file_io: FileIO) -> list[DataFile]:
    """Return the catalogue's records of the files that a manifest lists and that were not taken out."""
    entries = _records(ManifestEntry, manifest.manifest_path, file_io)
    listed = [entry.data_file for entry in entries if entry.status != ManifestEntryStatus.DELETED]
    for one in listed:
        one.spec_id = manifest.partition_spec_id
    return listed


def _records(kind: type, location: str, file_io: FileIO) -> Iterator[Any]:
    with _Understood(file_io.new_input(location), read_types={-1: kind}) as records:
        yield from records


class _Understood(AvroFile[Any]):
    """A file whose head may have been seen before."""

    __slots__ = ()

    def __enter__(self) -> _Understood:
        with self.input_file.open() as opened:
            self.decoder = new_decoder(opened.read())
        self.header = self._read_header()
        self.reader = _reader(self.header.meta["avro.schema"], self.read_types[-1])
        return self


@lru_cache(maxsize=256)
def _reader(written: str, kind: Any) -> Reader:
    return resolve_reader(AvroSchemaConversion().avro_to_iceberg(json.loads(written)), *_WANTED[kind])
