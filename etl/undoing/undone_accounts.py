"""The accounts of the ingests that stay: rows that were equal to the undone ingest's are stored now, and the like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.undone_differences import Differences
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.writing.transactions import TableChange

# What a difference that went to quarantine says of itself; see meterlake.etl.merging.register_rules.
_IS_DIFFERENCE = "line IS NULL AND regexp_matches(detail, '^[a-z_]+_register of .* stood at .* and at ')"


def followed_accounts(
    undone: UndoneIngest, judged: Iterable[tuple[Relation, Relation]], differences: Differences | None
) -> TableChange:
    """Return the change of the table of ingests: the undone one goes, the others' counts follow.

    Args:
        undone: The ingest.
        judged: Of each table what was said, with `arrival` and `outcome`: before, and without the ingest.
        differences: Those of register reads; bad ones are counted, too.
    """
    bench = undone.bench
    parts = [
        f"SELECT arrival, outcome, {sign} AS more FROM {relation} WHERE outcome IS NOT NULL"
        for pair in judged
        for relation, sign in zip(pair, (-1, 1), strict=True)
    ]
    if differences:
        parts.append(
            f"SELECT arrival, 'quarantined', sign FROM {differences.changed} AS changed WHERE reason IS NOT NULL"
        )
    more = ", ".join(
        # A row that its own file superseded is superseded, too.
        f"coalesce(sum(more) FILTER (WHERE starts_with(outcome, '{outcome}')), 0) AS more_{outcome}"
        for outcome in (Outcome.STORED, Outcome.DUPLICATE, Outcome.SUPERSEDED, "quarantined")
    )
    changed = bench.table(
        "changed",
        f"""SELECT ingest_id, sum(more) AS more_read, {more}
            FROM ({" UNION ALL ".join(parts)}) JOIN {undone.arrivals} AS arrivals USING (arrival)
            WHERE NOT {undone.is_of()} GROUP BY ingest_id""",
    )
    columns = {"rows_read": "read", "rows_stored": "stored", "duplicates": "duplicate", "superseded": "superseded"}
    counted = ", ".join(
        f"({name} + more_{outcome})::BIGINT AS {name}"
        for name, outcome in (columns | {"quarantined": "quarantined"}).items()
    )
    come = bench.table(
        "followed",
        f"""SELECT ingests.* REPLACE ({counted})
            FROM {undone.rows_of("ingests")} AS ingests JOIN {changed} AS changed USING (ingest_id)""",
    )
    gone = f"{undone.is_of()} OR ingest_id IN (SELECT ingest_id FROM {changed})"
    return undone.rewritten("ingests", gone, come)


def followed_quarantine(undone: UndoneIngest, differences: Differences | None) -> TableChange:
    """Return the change of quarantine: the ingest's rows go, and differences that are bad or good again without it follow."""
    bench = undone.bench
    if differences is None:
        return undone.rewritten("quarantine", undone.is_of())
    changed = bench.table(
        "changed",
        f"""SELECT ingest_id, reason, split_part(raw_text, '{PLACE_SEPARATOR}', 3) AS detail, sign
            FROM {differences.changed} AS changed JOIN {undone.arrivals} AS arrivals USING (arrival)
            WHERE reason IS NOT NULL AND NOT {undone.is_of()}""",
    )
    old = f"""(
        SELECT * FROM {undone.rows_of("quarantine")} AS quarantine
        WHERE ingest_id IN (SELECT ingest_id FROM {changed}))"""
    made = f"""
        SELECT ingest_id, (SELECT source_file FROM {undone.rows_of("ingests")} AS ingests WHERE ingests.ingest_id = changed.ingest_id)
                   AS source_file, NULL::BIGINT AS row, NULL::BIGINT AS line, reason, detail, NULL AS raw_text
        FROM {changed} AS changed WHERE sign = 1"""
    rows = bench.table(
        "followed",
        f"""SELECT * REPLACE (row_number() OVER (
                       PARTITION BY ingest_id ORDER BY coalesce({_IS_DIFFERENCE}, false), CASE WHEN {_IS_DIFFERENCE} THEN detail END, row) AS row)
            FROM (SELECT * FROM {old} AS old ANTI JOIN (SELECT * FROM {changed} WHERE sign = -1) AS lost USING (ingest_id, reason, detail)
                  UNION ALL BY NAME {made})""",
    )
    gone = f"{undone.is_of()} OR ingest_id IN (SELECT ingest_id FROM {changed})"
    return undone.rewritten("quarantine", gone, rows)


def unknown_repeats(undone: UndoneIngest) -> Sequence[str]:
    """Return the later files that held rows which the lake had, if they came before it was kept which these were."""
    known = " UNION ".join(
        f"SELECT {column} FROM {undone.rows_of(name)} AS {name}"
        for name, column in (("meter_facts", "said_by"), ("weather", "ingest_id"), ("weather_history", "said_by"))
    )
    rows = undone.bench.rows(f"""
        SELECT source_file FROM {undone.rows_of("ingests")} AS ingests JOIN {undone.arrivals} AS arrivals USING (ingest_id)
        WHERE duplicates > 0 AND ingest_id NOT IN ({known})
          AND arrival > (SELECT arrival FROM {undone.arrivals} WHERE {undone.is_of()}) ORDER BY arrival""")
    return [name for (name,) in rows]
