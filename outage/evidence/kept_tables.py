"""What was once read out of a month of readings, kept beside the lake so that it is not read again.

Enters: a name made from all that a table comes from, and a way to make it. Leaves: the table, read from a file where one of
that name is there. A month whose files have changed gives other names; what no run asks for any more is removed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.sql.table_sql import sql_text


class KeptTables:
    """The tables of one folder, as one run asks for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._asked: set[Path] = set()

    def table(self, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        """Return the table of a name, made if there is none yet."""
        path = self.folder / f"{name}.parquet"
        self._asked.add(path)
        with suppress(FileNotFoundError):
            return pq.read_table(path, partitioning=None)
        made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Another run may make the same table: each writes a file of its own and moves it into place whole.
        being_written = path.with_suffix(f".{uuid.uuid4().hex}.part")
        pq.write_table(made, being_written, compression="zstd")
        being_written.replace(path)
        return made

    def remove_others(self) -> None:
        """Remove the tables that were not asked for."""
        for path in self.folder.glob("*.parquet"):
            if path not in self._asked:
                path.unlink(missing_ok=True)


def files_by_month(readings: TableState, quantity: str) -> dict[str, list[LakeFile]]:
    """Return the files that may hold readings of a quantity by the folders of their months, in order."""
    months: dict[str, list[LakeFile]] = {}
    for file in readings.files_within(quantity=(quantity, quantity)):
        months.setdefault(readings.folder_of(file), []).append(file)
    return dict(sorted(months.items()))


@dataclass(frozen=True)
class MonthlyQuery:
    """What is read out of every month once.

    Attributes:
        folder: Where it is kept, below the work folder.
        version: Changes when it is made differently.
        sql: The SELECT, of {source} and {quantity}.
        schema: The columns that it gives.
    """

    folder: str
    version: str
    sql: str
    schema: pa.Schema

    def answered(
        self, connection: duckdb.DuckDBPyConnection, work_folder: Path, readings: TableState, quantity: str
    ) -> pa.Table:
        """Return the rows of all months, reading only months whose files have changed.

        Args:
            connection: Where the reading is done.
            work_folder: Where rows are kept from run to run.
            readings: The table of readings at one moment.
            quantity: Whose intervals count.
        """
        kept = KeptTables(work_folder / self.folder)

        def of_month(files: list[LakeFile]) -> pa.Table:
            words = {"source": readings.sql(files), "quantity": sql_text(quantity)}
            return connection.sql(self.sql.format(**words)).to_arrow_table()

        tables = [
            kept.table(self._name(month, files, quantity), partial(of_month, files))
            for month, files in files_by_month(readings, quantity).items()
        ]
        kept.remove_others()
        return pa.concat_tables(tables) if tables else self.schema.empty_table()

    def _name(self, month: str, files: list[LakeFile], quantity: str) -> str:
        text = "\n".join([self.version, quantity, *sorted(file.name for file in files)])
        return f"{month.replace('/', '_').replace('=', '_')}-{blake2b(text.encode(), digest_size=12).hexdigest()}"
