"""Rows about meters and weather that name the same thing twice, and what the lake says of it already.

Enters: good rows and the lake's table. Leaves: what to store. Of each file a key's last row counts, and the files follow one
another: the last that said something else stands in the table, and what it stands for goes to the table's history. Of
meters each file adds to what the others said, and all of them to the lake.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.meter_facts import ALWAYS, DAYS, FACTS, zone_facts
from meterlake.etl.merging.reading_rules import LAST_FIRST
from meterlake.etl.merging.statement_rules import chained
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import Table

Outcomes = Counter[tuple[int, Outcome]]


@dataclass(frozen=True)
class ResolvedRows:
    """What an upload's rows come to: those that stand, each key once; the history's; how many of each file became what."""

    standing: Relation
    history: Relation
    outcomes: Outcomes


def last_rows(bench: Workbench, rows: Relation, table: Table) -> tuple[Relation, Outcomes]:
    """Return the last row of each key and file, as `arrival`, and what became of the others."""
    row = f"row({', '.join(facts_of(table))})"
    lost = f"CASE WHEN facts IS NOT DISTINCT FROM won THEN '{Outcome.DUPLICATE}' ELSE '{Outcome.SUPERSEDED}' END"
    judged = bench.table(
        "judged",
        f"""SELECT * EXCLUDE (facts, won), CASE WHEN rank > 1 THEN {lost} END AS outcome, file_number::INT AS arrival
            FROM (
                SELECT *, row_number() OVER latest AS rank, {row} AS facts, first_value({row}) OVER latest AS won
                FROM (SELECT rowid AS place, * FROM {rows})
                WINDOW latest AS (PARTITION BY {", ".join(table.key)}, file_number ORDER BY {LAST_FIRST}))""",
    )
    counted = f"SELECT file_number, outcome, count(*) FROM {judged} WHERE outcome IS NOT NULL GROUP BY ALL"
    return bench.view("last_rows", f"SELECT * FROM {judged} WHERE outcome IS NULL"), _counted(bench, counted)


def facts_of(table: Table) -> list[str]:
    """Return the columns that say something of a row's key."""
    return [name for name in table.column_names if name not in (*table.key, "ingest_id")]


def resolve_rows(bench: Workbench, rows: Relation, state: TableState) -> ResolvedRows:
    """Settle good rows among one another and against the lake's table."""
    table = state.table
    last, outcomes = last_rows(bench, rows, table)
    names, key = ", ".join(table.column_names), ", ".join(table.key)
    said = f"""(
        SELECT {names}, arrival FROM {last}
        UNION ALL BY NAME
        SELECT {names}, -1 AS arrival FROM {state.sql()} AS old SEMI JOIN {last} AS last USING ({key}))"""
    chain = bench.table("chain", chained(said, table.key, facts_of(table)))
    outcomes += _counted(
        bench,
        f"""SELECT arrival, CASE WHEN is_repeat THEN '{Outcome.DUPLICATE}' ELSE '{Outcome.SUPERSEDED}' END, count(*)
            FROM {chain} WHERE arrival >= 0 AND NOT stands GROUP BY ALL""",
    )
    standing = bench.view("standing", f"SELECT {names} FROM {chain} WHERE stands AND arrival >= 0")
    history = bench.view("history", f"SELECT *, ingest_id AS said_by FROM {chain} WHERE NOT stands")
    return ResolvedRows(standing, history, outcomes)


def _counted(bench: Workbench, query: str) -> Outcomes:
    return Counter({(number, Outcome(outcome)): row_count for number, outcome, row_count in bench.rows(query)})


def stated_facts(bench: Workbench, last: Relation, ingest: str, options: ReadOptions) -> Relation:
    """Return what files about meters say, as rows of meter_facts; a meter that nothing gives a zone has the options'.

    Args:
        bench: Where the rows are.
        last: The last row of each meter and file.
        ingest: SQL for the ingest of its file_number.
        options: What files do not say.
    """
    said = " OR ".join(f"{name} IS NOT NULL" for name in FACTS)
    zoneless = f"(SELECT DISTINCT meter_id, file_number, {ingest} AS said_by FROM {last} WHERE time_zone IS NULL)"
    names = ", ".join((*FACTS, *DAYS))
    return bench.table(
        "facts",
        f"""SELECT meter_id, {names}, file_number, {ingest} AS said_by, {sql_text(ALWAYS)} AS counts
            FROM {last} WHERE {said}
            UNION ALL BY NAME {zone_facts(zoneless, sql_text(options.time_zone))}""",
    )
