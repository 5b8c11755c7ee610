"""Rows of a table with a history, weather and events, without an ingest: what the others said is judged anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.statement_rules import chained
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.tables import Table
from meterlake.lake.writing.transactions import TableChange


@dataclass(frozen=True)
class UndoneRows:
    """What an undo does to a table: its changes, and what was said of the keys and became of it, before and after."""

    changes: list[TableChange]
    before: Relation
    after: Relation


def undo_rows(undone: UndoneIngest, table: Table, history: Table, facts: Sequence[str]) -> UndoneRows:
    """Take back what an ingest said.

    Args:
        undone: The ingest.
        table: What stands.
        history: What was said besides, in the same columns but for who said it.
        facts: The columns in which equal rows are equal.
    """
    bench, key = undone.bench, DUCKDB.names(table.key)
    rows = f"SELECT * FROM {undone.rows_of(table.name)} AS standing"
    besides = f"SELECT * RENAME (said_by AS ingest_id) FROM {undone.rows_of(history.name)} AS besides"
    own = bench.table("own", f"SELECT {key} FROM ({rows} UNION ALL BY NAME {besides}) WHERE {undone.is_of()}")
    said = bench.table(
        "said",
        f"""SELECT said.*, arrival, at_once
            FROM (SELECT DISTINCT * FROM ({rows} UNION ALL BY NAME {besides}) SEMI JOIN {own} AS own USING ({key})) AS said
            JOIN {undone.arrivals} AS arrivals USING (ingest_id)""",
    )
    before, after = (
        _judged(undone, f"(SELECT * FROM {said} WHERE {condition})", table, facts)
        for condition in ("true", f"NOT {undone.is_of()}")
    )
    gone = f"({key}) IN (SELECT ({key}) FROM {own})"
    lost = bench.view("lost", f"SELECT * RENAME (ingest_id AS said_by) FROM {after} WHERE NOT stands")
    changes = [
        undone.rewritten(table.name, gone, bench.view("standing", f"SELECT * FROM {after} WHERE stands")),
        undone.rewritten(history.name, gone, lost),
    ]
    return UndoneRows(changes, before, after)


def _judged(undone: UndoneIngest, said: str, table: Table, facts: Sequence[str]) -> Relation:
    chain = chained(said, [f'"{name}"' for name in table.key], facts)
    return undone.bench.table(
        "judged",
        f"""SELECT chain.*, CASE WHEN is_repeat THEN '{Outcome.DUPLICATE}'
                                 WHEN winner.at_once = chain.at_once THEN '{Outcome.SUPERSEDED}'
                                 ELSE '{Outcome.STORED}' END AS outcome
            FROM ({chain}) AS chain
            LEFT JOIN (SELECT arrival AS replaced_at, at_once FROM {undone.arrivals}) AS winner USING (replaced_at)""",
    )
