"""Rows that one step hands to the next: a table or a view of the engine, under a name that no other has.

A step takes the relations that it needs, makes new ones with `Workbench`, and returns them; SQL names a relation by
writing it: `SELECT count(*) FROM {staged}`. Nothing is found by a name that two modules have to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import duckdb
import pyarrow as pa

_numbers = count(1)


@dataclass(frozen=True)
class Relation:
    """Rows in the engine.

    Attributes:
        name: What SQL selects them from.
        columns: Their columns, in order.
    """

    name: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return self.name

    def having(self, *columns: str) -> Relation:
        """Return the relation, once it is sure that it has these columns.

        Raises:
            LookupError: If it has not.
        """
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise LookupError(f"{self.name} lacks {', '.join(missing)}; it has {', '.join(self.columns)}")
        return self


class Workbench:
    """The temporary relations of one connection; they go when it is closed, and large ones when they are dropped."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def table(self, noun: str, select: str) -> Relation:
        """Put the rows of a SELECT into a new table; `noun` says what they are."""
        name = _new_name(noun)
        self.connection.execute(f"CREATE TEMP TABLE {name} AS {select}")
        return self._relation(name)

    def view(self, noun: str, select: str, columns: Sequence[str] = ()) -> Relation:
        """Name the rows of a SELECT, which is run wherever the name is read; where its columns are given, not here."""
        name = _new_name(noun)
        self.connection.execute(f"CREATE TEMP VIEW {name} AS {select}")
        return Relation(name, tuple(columns)) if columns else self._relation(name)

    def empty(self, noun: str, types: Mapping[str, str]) -> Relation:
        """Make a table without rows, by its columns' types."""
        name = _new_name(noun)
        columns = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
        self.connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
        return Relation(name, tuple(types))

    @contextmanager
    def shown(self, noun: str, rows: pa.Table) -> Iterator[Relation]:
        """Let the engine see rows of this program for a while."""
        name = _new_name(noun)
        self.connection.register(name, rows)
        try:
            yield Relation(name, tuple(rows.column_names))
        finally:
            self.connection.unregister(name)

    def add(self, relation: Relation, select: str) -> None:
        """Add the rows of a SELECT to a table, by the names of their columns."""
        self.connection.execute(f"INSERT INTO {relation} BY NAME {select}")

    def remove(self, relation: Relation, condition: str) -> None:
        """Take the rows for which a condition holds out of a table."""
        self.connection.execute(f"DELETE FROM {relation} WHERE {condition}")

    def drop(self, *relations: Relation) -> None:
        """Let tables go that no later step reads, and their memory with them."""
        for relation in relations:
            self.connection.execute(f"DROP TABLE {relation}")

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query answers."""
        return self.connection.execute(query, list(parameters)).fetchall()

    def has_rows(self, source: Relation | str, condition: str = "true") -> bool:
        """Say whether there is any row for which a condition holds."""
        return bool(self.rows(f"SELECT 1 FROM {source} WHERE {condition} LIMIT 1"))

    def _relation(self, name: str) -> Relation:
        found = self.connection.execute(f"SELECT * FROM {name} LIMIT 0").description or []
        return Relation(name, tuple(column[0] for column in found))


def _new_name(noun: str) -> str:
    return f"{noun}_{next(_numbers)}"
