"""The engines that answer for the emulated Athena: Trino, which Athena is, where it is here; DuckDB elsewhere.

Enters: SQL as Athena was sent it, with the literals of its `?` marks. Leaves: the columns with Athena's names of their types, and
rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.glue_catalogue import GlueCatalogue
from meterlake.lake.duckdb_lake import connect
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import SnapshotReader
from meterlake.lake.tables import TABLES
from tests.engines.presence import are_here

Answer = tuple[list[tuple[str, str]], Sequence[Sequence[Any]]]

_PINNED = re.compile(r"meterlake\.(\w+) FOR VERSION AS OF (\d+)")
_TYPES = {"VARCHAR": "varchar", "DOUBLE": "double", "BIGINT": "bigint", "DATE": "date"} | {
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone"
}


class AthenaAnswers(Protocol):
    """What runs a query."""

    def answer(self, sql: str, literals: Sequence[str]) -> Answer:
        """Return the columns and the rows of what was asked."""
        ...


class DuckDBAnswers:
    """DuckDB over the same files in a folder: the request and the way back are real, that Athena takes the SQL is not said."""

    def __init__(self, root: Path, catalogue: GlueCatalogue) -> None:
        newest = {name: catalogue.open_table(table).current_snapshot() for name, table in TABLES.items()}
        self._snapshot_ids = {name: found.snapshot_id for name, found in newest.items() if found is not None}
        self._connection = connect(LakeSettings(lake=str(root), threads=1))
        self._connection.execute("CREATE SCHEMA meterlake")
        for name, state in SnapshotReader(root).current().items():
            source = state.sql()
            self._connection.execute(f'CREATE VIEW meterlake."{name}" AS SELECT * FROM {source}')
        self._connection.execute("USE meterlake")

    def answer(self, sql: str, literals: Sequence[str]) -> Answer:
        """See AthenaAnswers."""
        for name, snapshot in _PINNED.findall(sql):
            assert self._snapshot_ids[name] == int(snapshot)
        answer = self._connection.execute(_PINNED.sub(r"meterlake.\1", sql), [self._value(text) for text in literals])
        return [(column[0], _TYPES[str(column[1])]) for column in answer.description or []], answer.fetchall()

    def _value(self, literal: str) -> Any:
        # In Trino's SQL a TIMESTAMP literal with a zone is a moment; DuckDB has another word for it.
        found = self._connection.execute("SELECT " + re.sub(r"^TIMESTAMP ", "TIMESTAMPTZ ", literal)).fetchone()
        return None if found is None else found[0]


class TrinoAnswers:
    """Trino over the very tables that Glue names, at the snapshots that were asked for."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def answer(self, sql: str, literals: Sequence[str]) -> Answer:
        """See AthenaAnswers."""
        from tests.engines.trino_server import as_sent_to_athena, ask

        columns, rows = ask(self._connection, as_sent_to_athena(sql, literals))
        return [(name, re.sub(r"\(\d+\)", "", kind)) for name, kind in columns], rows


@contextmanager
def best_answers(address: str, athena: AthenaSettings, root: Path, catalogue: GlueCatalogue) -> Iterator[AthenaAnswers]:
    """Give Trino for a block where it is here, else DuckDB over a folder's copy of the same lake."""
    if not are_here():
        yield DuckDBAnswers(root, catalogue)
        return
    from tests.engines.trino_server import glue_in_trino

    with glue_in_trino(address, region=str(athena.region), schema=athena.database) as connection:
        yield TrinoAnswers(connection)
