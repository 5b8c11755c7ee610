"""The same interval twice in one run: what the files said of it, settled as if they had come one by one.

Enters: good readings. Leaves: each key once, sorted by meter, quantity and time; what lost; what repeats the value before
it. Of one file the last row counts. Official files come sorted, so order is checked first, which costs a tenth of sorting;
only the keys that come twice are ranked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.merging.reading_rules import HEADS, IS_WITHDRAWAL, OUTCOME, STAGED_KEY, said_of_keys
from meterlake.etl.merging.resolved_readings import Resolved
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import READINGS

_KEY = ", ".join(STAGED_KEY)
# Statements of one interval, and of those that may share a part of it, come one after the other in this order.
_ORDER = ", ".join(READINGS.key)


@dataclass(frozen=True)
class ResolvedRepeats(Resolved):
    """The same, and what else has to be known of them.

    Attributes:
        heads: Of keys of which several files said different things what the first one said; see HEADS.
        overlapping: The series, by meter_id and quantity, whose intervals share a moment; None where no series' do.
    """

    heads: Relation
    overlapping: Relation | None


def resolve_repeats(bench: Workbench, readings: Relation, ingest_ids: Sequence[str]) -> ResolvedRepeats:
    """Leave each key once.

    Args:
        bench: Where the readings are.
        readings: Good readings; they are taken over, and not to be read again.
        ingest_ids: The ingest of each file's number.
    """
    found = "count_if(is_descent), count_if(is_repeat), count_if(is_overlap)"
    descents, repeats, overlaps = bench.rows(f"SELECT {found} FROM {_neighbours(readings)}")[0]
    if descents:
        unsorted = readings
        readings = bench.table("sorted", f"SELECT * FROM {unsorted} ORDER BY {_ORDER}, file_number, rowid")
        bench.drop(unsorted)
        _, repeats, overlaps = bench.rows(f"SELECT {found} FROM {_neighbours(readings)}")[0]
    contested = _contested(bench, readings, any_repeats=bool(repeats))
    counted = bench.rows(f"SELECT file_number, {OUTCOME} AS outcome, count(*) FROM {contested} GROUP BY ALL")
    outcomes = Counter({(number, Outcome(outcome)): row_count for number, outcome, row_count in counted if outcome})
    replaced = _replaced(bench, contested, ingest_ids)
    repeated = bench.table(
        "repeated", f"SELECT {_KEY}, file_number FROM {contested} WHERE repeats AND value IS NOT NULL"
    )
    heads = bench.table("heads", f"SELECT * FROM {HEADS.format(said=contested)}")
    if repeats:
        bench.remove(readings, f"rowid IN (SELECT place FROM {contested} WHERE NOT is_standing)")
    bench.drop(contested)
    overlapping = _overlapping(bench, readings) if overlaps else None
    return ResolvedRepeats(readings, replaced, outcomes, repeated, heads, overlapping, came_in_order=not descents)


def _overlapping(bench: Workbench, readings: Relation) -> Relation | None:
    """Return the series whose intervals share a moment once each key is there once."""
    series = f"SELECT DISTINCT meter_id, quantity::VARCHAR AS quantity FROM {_neighbours(readings)} WHERE is_overlap"
    overlapping = bench.table("overlapping", series)
    return overlapping if bench.has_rows(overlapping) else None


def _neighbours(readings: Relation) -> str:
    """Return SQL of whether each reading comes before the row above in the order, or with it, and whether they share a moment."""
    before = "epoch_us(lag(interval_start) OVER ()) + lag(interval_minutes::BIGINT) OVER () * 60000000"
    is_of_one = "meter_id = lag(meter_id) OVER () AND quantity = lag(quantity) OVER ()"
    return f"""(
        SELECT (meter_id < lag(meter_id) OVER ()) OR (meter_id = lag(meter_id) OVER () AND (
                   quantity < lag(quantity) OVER ()
                   OR (quantity = lag(quantity) OVER () AND interval_start < lag(interval_start) OVER ()))) AS is_descent,
               {is_of_one} AND interval_start = lag(interval_start) OVER () AS is_repeat,
               {is_of_one} AND (interval_start = lag(interval_start) OVER () OR epoch_us(interval_start) < {before})
                   OR {IS_WITHDRAWAL} AS is_overlap,
               {_ORDER}
        FROM {readings})"""


def _contested(bench: Workbench, readings: Relation, *, any_repeats: bool) -> Relation:
    """Settle the readings of keys that come twice."""
    twice = f"""(
        SELECT readings.rowid AS place, readings.* FROM {readings} AS readings
        SEMI JOIN (SELECT {_ORDER} FROM {_neighbours(readings)} WHERE is_repeat) AS repeated USING ({_ORDER}))"""
    none = f"(SELECT rowid AS place, * FROM {readings} WHERE false)"
    return bench.table("contested", said_of_keys(twice if any_repeats else none))


def _replaced(bench: Workbench, contested: Relation, ingest_ids: Sequence[str]) -> Relation:
    ids = f"[{sql_texts(ingest_ids)}]"
    columns = {
        "interval_start": "make_timestamptz(epoch_us(interval_start))",
        "interval_end": DUCKDB.interval_end(),
        "ingest_id": f"({ids})[file_number + 1]",
        "superseded_by": f"({ids})[lost_to + 1]",
    }
    names = (*READINGS.column_names, "superseded_by", "behind")
    listed = ", ".join(f"{columns.get(name, name)} AS {name}" for name in names)
    return bench.table("replaced", f"SELECT {listed} FROM {contested} WHERE lost_to IS NOT NULL AND value IS NOT NULL")
