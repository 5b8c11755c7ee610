"""A writer's turn: the lake's lock, what a dead writer left removed, an engine, and one commit.

Enters: a store. Leaves: whatever the writer committed. If it dies or fails before, no table knows its files, and the next
turn removes them; if it dies over its commit, the next turn begins with the rest of that (LakeStore.lock).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import duckdb

from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.writing.orphans import finishing
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.store import LakeStore
from meterlake.lake.writing.transactions import TableChange


@dataclass(frozen=True)
class Turn:
    """What a writer has while it holds the lake.

    Attributes:
        store: The lake.
        snapshot: Its state, which nobody else changes meanwhile.
        connection: An engine of its own.
        writer: Writes files with that engine.
    """

    store: LakeStore
    snapshot: LakeSnapshot
    connection: duckdb.DuckDBPyConnection
    writer: ParquetWriter

    def commit(self, changes: Iterable[TableChange], **properties: str) -> None:
        """Publish changes in one step; properties `run=…` are written into the snapshots as `meterlake.run`."""
        named = {f"meterlake.{name}": value for name, value in properties.items()}
        self.store.commit_changes(changes, properties=named, seen=self.snapshot)


@contextmanager
def writing(store: LakeStore) -> Iterator[Turn]:
    """Hold the lake for a block.

    Raises:
        LakeBusy: If another writer holds it for longer than the settings allow.
        NoLake: If there is none.
    """
    with store.lock(), finishing(store), closing(store.connect()) as connection:
        yield Turn(store, store.current(), connection, ParquetWriter(store.root, connection))
