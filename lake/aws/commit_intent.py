"""What a commit over several tables is about to do: written before its first step, so that whoever comes next can finish it.

Enters: the changes of a commit. Leaves: one small object beside the lake's lock, for as long as the commit is under way.
Only one can be there, so that two writers, of which one was taken for dead, never move tables at the same time.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table as IcebergTable

from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.errors import UnfinishedCommit
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import TABLES
from meterlake.lake.writing.transactions import TableChange, is_as_seen

# What a snapshot's summary says of the commit that made it.
COMMIT_PROPERTY = "meterlake.commit"


class FileChange(BaseModel):
    """What the commit does to one table.

    Attributes:
        table: Its name.
        seen: The version that the change was worked out from; None where nobody said it.
        added: Addresses of files that come.
        removed: Addresses of files that go.
    """

    model_config = ConfigDict(frozen=True)

    table: str
    seen: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]

    def found_in(self, current: IcebergTable, place: str) -> TableChange:
        """Return the change for a table as it stands, with the catalogue's own records of the files that go.

        Raises:
            UnfinishedCommit: If a file that is to go has gone already: others than Meterlake have written the table.
        """
        snapshot = current.current_snapshot()
        manifests = snapshot.manifests(current.io) if snapshot is not None and self.removed else ()
        entries = (entry for one in manifests for entry in one.fetch_manifest_entry(current.io, discard_deleted=True))
        records = {entry.data_file.file_path: entry.data_file for entry in entries}
        lost = [address for address in self.removed if address not in records]
        if lost:
            raise UnfinishedCommit(place, self.table, lost[0])
        return TableChange(TABLES[self.table], list(self.added), [records[address] for address in self.removed])


class CommitIntent(BaseModel):
    """A commit that has been begun.

    Attributes:
        commit_id: Its own, which each new snapshot carries.
        properties: Written into each new snapshot's summary.
        changes: A table each, in the order in which they move.
    """

    model_config = ConfigDict(frozen=True)

    commit_id: str
    properties: dict[str, str]
    changes: tuple[FileChange, ...]

    @classmethod
    def of(cls, changes: Sequence[TableChange], properties: dict[str, str], seen: LakeSnapshot | None) -> CommitIntent:
        """Describe a commit that nobody has begun yet."""
        commit_id = uuid.uuid4().hex
        described = (
            FileChange(
                table=change.table.name,
                seen=None if seen is None else seen[change.table.name].version,
                added=tuple(change.added),
                removed=tuple(file.file_path for file in change.removed),
            )
            for change in changes
        )
        return cls(commit_id=commit_id, properties=properties | {COMMIT_PROPERTY: commit_id}, changes=tuple(described))

    def has_moved(self, current: IcebergTable) -> bool:
        """Say whether a table has been moved by this commit."""
        summaries = (snapshot.summary for snapshot in current.metadata.snapshots)
        return any(summary is not None and summary.get(COMMIT_PROPERTY) == self.commit_id for summary in summaries)

    def is_void(self, tables: Sequence[IcebergTable]) -> bool:
        """Say whether the commit moved none of its tables and no longer may: one has been moved by another writer.

        Args:
            tables: As they stand, in the order of the changes.
        """
        pairs = list(zip(self.changes, tables, strict=True))
        return not any(map(self.has_moved, tables)) and not all(is_as_seen(table, one.seen) for one, table in pairs)


class IntentObject:
    """Where the intent of a lake lies, if there is one."""

    def __init__(self, objects: S3Objects, address: str) -> None:
        self._objects = objects
        self.address = address

    def begin(self, intent: CommitIntent) -> None:
        """Write an intent.

        Raises:
            CommitFailedException: If there is one: another writer is about its commit, or has died over it.
        """
        if not self._objects.claim(self.address, intent.model_dump_json().encode()):
            raise CommitFailedException(f"Another commit has been begun ({self.address}). Run the same again.")

    def found(self) -> CommitIntent | None:
        """Return the intent that is there."""
        body = self._objects.find(self.address)
        return None if body is None else CommitIntent.model_validate_json(body)

    def end(self, intent: CommitIntent) -> None:
        """Remove an intent, and no other that has taken its place."""
        if self.found() == intent:
            self._objects.delete(self.address)
