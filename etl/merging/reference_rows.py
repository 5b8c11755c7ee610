"""Rows about meters and weather that name the same thing twice, and what the lake says of it already.

Enters: good rows and the lake's table. Leaves: one row of each key, except those equal to what the lake has. Weather's
last row wins. Of meters each file's last row counts, later files add to earlier ones, and all of them to the lake.
"""

from __future__ import annotations

from collections import Counter

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import LAST_FIRST
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import TableState
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import METERS, Table


def latest_rows(bench: Workbench, rows: Relation, state: TableState) -> tuple[Relation, Counter[tuple[int, Outcome]]]:
    """Return the table's rows to store, one a key, and how many rows of each file's number became what."""
    judged = bench.table("judged", _judged(rows, state))
    counted = bench.rows(f"SELECT file_number, outcome, count(*) FROM {judged} GROUP BY ALL")
    outcomes = Counter({(number, Outcome(outcome)): row_count for number, outcome, row_count in counted})
    stored = f"FROM {judged} WHERE outcome = '{Outcome.STORED}'"
    if state.table is METERS:
        # arg_max passes over nulls: the last file that says something is the one that counts.
        names = ", ".join(f"arg_max({name}, place) AS {name}" for name in _facts(METERS))
        return bench.table("fresh", f"SELECT meter_id, {names} {stored} GROUP BY meter_id"), outcomes
    return bench.table("fresh", f"SELECT {', '.join(state.table.column_names)} {stored}"), outcomes


def _judged(rows: Relation, state: TableState) -> str:
    """Return a SELECT of rows with their outcome."""
    table, facts = state.table, _facts(state.table)
    group = [*table.key, "file_number"] if table is METERS else table.key
    row = f"row({', '.join(facts)})"
    same_key = " AND ".join(f"old.{name} = ranked.{name}" for name in table.key)
    old_row = f"row({', '.join(f'old.{name}' for name in facts)})"
    known = f"EXISTS (SELECT 1 FROM {state.sql()} AS old WHERE {same_key} AND {old_row} IS NOT DISTINCT FROM facts)"
    return f"""
        SELECT *, CASE WHEN rank > 1 AND facts IS NOT DISTINCT FROM won THEN '{Outcome.DUPLICATE}'
                       WHEN rank > 1 THEN '{Outcome.SUPERSEDED}'
                       WHEN {"false" if table is METERS else known} THEN '{Outcome.DUPLICATE}'
                       ELSE '{Outcome.STORED}' END AS outcome
        FROM (
            SELECT *, row_number() OVER latest AS rank, {row} AS facts, first_value({row}) OVER latest AS won
            FROM (SELECT rowid AS place, * FROM {rows})
            WINDOW latest AS (PARTITION BY {", ".join(group)} ORDER BY {LAST_FIRST})) AS ranked"""


def _facts(table: Table) -> list[str]:
    """Return the columns that say something of a row's key."""
    return [name for name in table.column_names if name not in (*table.key, "ingest_id")]


def merged_meters(bench: Workbench, fresh: Relation, meters: TableState, options: ReadOptions) -> Relation:
    """Fill what files leave out from what is known; a new meter's zone is the options'."""
    otherwise = {"time_zone": f", {sql_text(options.time_zone)}"}
    facts = ", ".join(
        f"coalesce(fresh.{name}, known.{name}{otherwise.get(name, '')}) AS {name}" for name in _facts(METERS)
    )
    return bench.table(
        "merged",
        f"SELECT fresh.meter_id, {facts} FROM {fresh} AS fresh LEFT JOIN {meters.sql()} AS known USING (meter_id)",
    )


def moved_meters(bench: Workbench, merged: Relation, meters: TableState) -> Relation:
    """Return meter_id and time_zone of the meters that the lake has in another zone."""
    return bench.table(
        "moved",
        f"""SELECT meter_id, merged.time_zone FROM {merged} AS merged JOIN {meters.sql()} AS known USING (meter_id)
            WHERE known.time_zone <> merged.time_zone""",
    )
