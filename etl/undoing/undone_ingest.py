"""What every step of an undo works with: the ingest that goes, and the order of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from meterlake.etl.merging.arrivals import arrivals_of
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.errors import UnknownIngest
from meterlake.lake.snapshot import LakeFile, LakeSnapshot
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange
from meterlake.lake.writing.turn import Turn


@dataclass(frozen=True)
class UndoneIngest:
    """An ingest that is taken back.

    Attributes:
        bench: Where its relations are.
        lake: The lake as it is.
        writer: Writes the lake's files.
        ingest_id: Its id.
        source_file: The file that it had taken in.
    """

    bench: Workbench
    lake: LakeSnapshot
    writer: ParquetWriter
    ingest_id: str
    source_file: str

    @classmethod
    def find(cls, turn: Turn, given_id: str) -> UndoneIngest:
        """Find it by its id, or the start of it.

        Raises:
            UnknownIngest: If the id names no ingest, or several.
        """
        bench = Workbench(turn.connection)
        found = bench.rows(
            f"SELECT ingest_id, source_file FROM {turn.snapshot['ingests'].sql()} AS ingests WHERE starts_with(ingest_id, ?)",
            [given_id],
        )
        if len(found) != 1 or not given_id:
            raise UnknownIngest(given_id, len(found))
        return cls(bench, turn.snapshot, turn.writer, *found[0])

    @cached_property
    def arrivals(self) -> Relation:
        """Every ingest with its `arrival`, a number that grows in the order in which they came; those of one run share `at_once`."""
        return self.bench.table("arrivals", arrivals_of(self.lake["ingests"]))

    def is_of(self, column: str = "ingest_id") -> str:
        """Return the condition that a row is this ingest's."""
        return f"{column} = {sql_text(self.ingest_id)}"

    def rows_of(self, name: str) -> str:
        """Return a table as SQL to select from."""
        return self.lake[name].sql()

    def rewritten(
        self, name: str, gone: str, come: Relation | None = None, files: Sequence[LakeFile] | None = None
    ) -> TableChange:
        """Return the change of a table from which the rows of a condition go, and to which others come.

        Args:
            name: The table.
            gone: What holds of the rows that go.
            come: The rows that come.
            files: The files that may hold such rows; all where left out.
        """
        change = self.writer.without(self.lake[name], gone, files)
        if come is not None:
            change.added += self.writer.append(self.lake[name].table, come.name).added
        return change

    def count(self, rows: Relation) -> int:
        """Return how many rows there are."""
        return int(self.bench.rows(f"SELECT count(*) FROM {rows}")[0][0])
