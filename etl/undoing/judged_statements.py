"""What becomes of statements about readings: which stands, which was lost to which, which repeats another."""

from __future__ import annotations

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import FACTS, KEY
from meterlake.etl.merging.statement_rules import chained
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.undone_differences import Differences
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.tables import READINGS

_KEY = ", ".join(KEY)
_NAMES = ", ".join(READINGS.column_names)


def judged(
    undone: UndoneIngest, keys: Relation, said: Relation, differences: Differences | None, *, without: bool = False
) -> Relation:
    """Judge statements as the ingests that said them would have, one after the other.

    Differences are not taken as they are kept, but as they are made from the register reads; `differences.before` says
    which of the kept ones are such.

    Args:
        undone: Says in which order.
        keys: What they are about.
        said: As meterlake.etl.undoing.stored_statements gives them.
        differences: Those near, if any.
        without: Whether the ingest is left out.

    Returns:
        Readings' columns with `arrival`, superseded_at, `stands`, `repeats`, lost_to, lost_at and `outcome`.
    """
    bench = undone.bench
    speakers = bench.table("speakers", _speakers(undone, keys, said, differences, without=without))
    # What a file replaced itself is judged by itself.
    chain = chained(f"(SELECT * FROM {speakers})", (*KEY, "speaks"), FACTS)
    return bench.table(
        "judged",
        f"""SELECT {_NAMES}, chain.arrival, superseded_at, speaks AND stands AND value IS NOT NULL AS stands,
                   speaks AND is_repeat AND value IS NOT NULL AS repeats,
                   CASE WHEN value IS NULL OR (speaks AND is_repeat) THEN NULL WHEN speaks THEN winner_id
                        ELSE chain.ingest_id END AS lost_to,
                   CASE WHEN speaks THEN winner.at_once ELSE own.at_once END AS lost_at,
                   CASE WHEN value IS NULL THEN NULL WHEN NOT speaks THEN '{Outcome.SUPERSEDED}'
                        WHEN is_repeat THEN '{Outcome.DUPLICATE}'
                        WHEN winner.at_once = own.at_once THEN '{Outcome.SUPERSEDED}' ELSE '{Outcome.STORED}' END AS outcome
            FROM ({chain}) AS chain
            LEFT JOIN (SELECT arrival AS replaced_at, ingest_id AS winner_id, at_once FROM {undone.arrivals}) AS winner
                USING (replaced_at)
            LEFT JOIN (SELECT arrival, at_once FROM {undone.arrivals}) AS own ON own.arrival = chain.arrival""",
    )


def _speakers(
    undone: UndoneIngest, keys: Relation, said: Relation, differences: Differences | None, *, without: bool
) -> str:
    """Return a SELECT of statements and whether each `speaks`: of an ingest the last one does, what is made before what is said."""
    kept = f"SELECT *, is_last AS may_speak, 1 AS weight FROM {said}"
    names = f"{_NAMES}, arrival, superseded_at, is_last, may_speak, weight"
    more = ""
    if differences:
        made = differences.after if without else differences.before
        same = ("arrival", *KEY, "value")
        was_made = f"SELECT {', '.join(same)} FROM {differences.before} WHERE reason IS NULL"
        kept = f"""
            SELECT said.*, is_last OR was_made.arrival IS NOT NULL AS may_speak, 1 AS weight
            FROM (SELECT * FROM {said} AS said
                  WHERE NOT is_last OR ({", ".join(same)}) NOT IN (SELECT ({", ".join(same)}) FROM ({was_made}) WHERE value IS NOT NULL)
            ) AS said
            LEFT JOIN (SELECT DISTINCT arrival, {_KEY} FROM {differences.before}) AS was_made USING (arrival, {_KEY})"""
        more = f"""
            UNION ALL BY NAME
            SELECT made.* EXCLUDE (reason, raw_text), ingest_id, NULL AS superseded_at, true AS is_last, true AS may_speak, 2 AS weight
            FROM (SELECT * FROM {made} AS made SEMI JOIN {keys} AS keys USING ({_KEY}) WHERE reason IS NULL) AS made
            JOIN {undone.arrivals} AS arrivals USING (arrival)"""
    return f"""
        SELECT *, may_speak AND row_number() OVER (
                   PARTITION BY {_KEY}, arrival ORDER BY may_speak DESC, weight DESC, is_last DESC, superseded_at DESC) = 1 AS speaks
        FROM (SELECT {names} FROM ({kept}) {more}) WHERE {f"NOT {undone.is_of()}" if without else "true"}"""
