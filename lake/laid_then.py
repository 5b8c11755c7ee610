"""Readings as they were laid over one another at a moment, with what was left of longer values then.

Enters: nothing but where the moment stands in the SQL. Leaves: SQL that both engines read. It is asked where something lay under
others already, and costs more than leaving out what came later: what lies over a value now may be more than what lay there then, so
remainders are made anew, by the rule of meterlake.etl.covering.cover_rules for values that lie whole in one another.
"""

from __future__ import annotations

from meterlake.lake.codes.quality import DOUBTFUL, Quality, ReadingType
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation
from meterlake.lake.sql.table_sql import sql_texts
from meterlake.lake.tables import READINGS

LATER = "(SELECT ingest_id FROM ingests WHERE finished_at > ?)"
_COLUMNS = ", ".join(READINGS.column_names)
_SERIES = "meter_id, quantity"
_INTERVAL = f"{_SERIES}, interval_start, interval_end"
_WORST_FIRST = (*reversed(DOUBTFUL), Quality.ACTUAL)
_LEAST = -1e-6
_SUMS = [one.name for one in QUANTITIES.values() if one.aggregation is Aggregation.SUM]
_SIGNED = [one.name for one in QUANTITIES.values() if one.lowest < 0]


def readings_as_they_were_laid(mark: str = "?") -> str:
    """Return the readings of a moment as SQL to select from; it stands in several places, as `mark` says."""
    came = f"ingest_id NOT IN {LATER}"
    is_said = f"{came} AND quality <> '{Quality.WITHDRAWN}'"
    kept = f"""
        SELECT {_COLUMNS} FROM readings WHERE {came} AND reading_type <> '{ReadingType.REMAINDER}'
        UNION ALL
        SELECT {_COLUMNS} FROM superseded WHERE superseded_by IN {LATER} AND {came}"""
    # What stands now and shares time with what stood whole then, and does so no longer, has come back since.
    has_come_back = """EXISTS (
        SELECT 1 FROM covered_since WHERE covered_since.meter_id = kept.meter_id AND covered_since.quantity = kept.quantity
            AND covered_since.interval_start < kept.interval_end AND covered_since.interval_end > kept.interval_start)"""
    laid = f"""(
        WITH kept AS ({kept}),
        covered_since AS (SELECT {_COLUMNS} FROM covered WHERE covered.covered_at > ? AND {is_said}),
        stood AS (
            SELECT {_COLUMNS} FROM kept WHERE NOT {has_come_back}
            UNION ALL SELECT {_COLUMNS} FROM covered_since),
        lay_under AS (
            SELECT {_COLUMNS} FROM kept WHERE {has_come_back}
            UNION ALL SELECT {_COLUMNS} FROM covered WHERE covered.covered_at <= ? AND {is_said}),
        partly AS ({_partly_seen()}),
        parts AS ({_parts()}),
        gaps AS ({_gaps()})
        SELECT {_COLUMNS} FROM stood UNION ALL {_remainders()})"""
    return laid.replace("?", mark)


def _seconds(start: str, end: str) -> str:
    return f"(to_unixtime({end}) - to_unixtime({start}))"


def _rank(quality: str) -> str:
    """Return SQL for how bad a quality is."""
    cases = " ".join(f"WHEN '{one}' THEN {len(_WORST_FIRST) - place}" for place, one in enumerate(_WORST_FIRST))
    return f"CASE {quality} {cases} ELSE 0 END"


def _partly_seen() -> str:
    """Return a SELECT of what lay under others that did not hide all of it and lay in it whole; of equal intervals the best."""
    own = ", ".join(f"low_one.{name}" for name in READINGS.column_names)
    overlap = _seconds(
        "greatest(low_one.interval_start, top_one.interval_start)", "least(low_one.interval_end, top_one.interval_end)"
    )
    crosses = "top_one.interval_start < low_one.interval_start OR top_one.interval_end > low_one.interval_end"
    return f"""
        SELECT {_COLUMNS} FROM (
            SELECT *, row_number() OVER (PARTITION BY {_INTERVAL} ORDER BY {_rank("quality")}, ingest_id) AS nth
            FROM (
                SELECT {own}, sum({overlap}) AS hidden_seconds, max(CASE WHEN {crosses} THEN 1 ELSE 0 END) AS is_crossed
                FROM lay_under AS low_one
                LEFT JOIN stood AS top_one ON top_one.meter_id = low_one.meter_id AND top_one.quantity = low_one.quantity
                    AND top_one.interval_start < low_one.interval_end AND top_one.interval_end > low_one.interval_start
                GROUP BY {own}) AS seen
            WHERE is_crossed = 0 AND COALESCE(hidden_seconds, 0) < {_seconds("interval_start", "interval_end")}) AS ranked
        WHERE nth = 1"""


def _parts() -> str:
    """Return a SELECT of what lay in each of them, without what lay in another of them that did, and of its end as a last part."""
    inside = "inner_one.interval_start >= outer_one.interval_start AND inner_one.interval_end <= outer_one.interval_end"
    of_one = "inner_one.meter_id = outer_one.meter_id AND inner_one.quantity = outer_one.quantity"
    between = f"""SELECT 1 FROM partly AS mid
            WHERE mid.meter_id = outer_one.meter_id AND mid.quantity = outer_one.quantity
              AND mid.interval_start >= outer_one.interval_start AND mid.interval_end <= outer_one.interval_end
              AND {_seconds("mid.interval_start", "mid.interval_end")} < {_seconds("outer_one.interval_start", "outer_one.interval_end")}
              AND inner_one.interval_start >= mid.interval_start AND inner_one.interval_end <= mid.interval_end
              AND {_seconds("inner_one.interval_start", "inner_one.interval_end")} < {_seconds("mid.interval_start", "mid.interval_end")}"""
    whose = "outer_one.meter_id, outer_one.quantity, outer_one.interval_start, outer_one.interval_end"
    return f"""
        SELECT {whose}, inner_one.interval_start AS part_start, inner_one.interval_end AS part_end, inner_one.value AS part_value,
               {_rank("inner_one.quality")} AS part_rank
        FROM partly AS outer_one
        JOIN (SELECT {_COLUMNS} FROM stood UNION ALL SELECT {_COLUMNS} FROM partly) AS inner_one ON {of_one} AND {inside}
            AND {_seconds("inner_one.interval_start", "inner_one.interval_end")} < {_seconds("outer_one.interval_start", "outer_one.interval_end")}
        WHERE NOT EXISTS ({between})
        UNION ALL
        SELECT {_INTERVAL}, interval_end, interval_end, CAST(0 AS DOUBLE), {_rank("quality")} FROM partly"""


def _gaps() -> str:
    """Return a SELECT of the time of each that no part has, with what all parts come to."""
    of_one = f"PARTITION BY {_INTERVAL}"
    return f"""
        SELECT *, sum({_seconds("gap_start", "part_start")}) OVER ({of_one}) AS seconds_left
        FROM (
            SELECT *, sum(part_value) OVER ({of_one}) AS parts_value, max(part_rank) OVER ({of_one}) AS worst_rank,
                   COALESCE(lag(part_end) OVER ({of_one} ORDER BY part_start, part_end), interval_start) AS gap_start
            FROM parts) AS ordered
        WHERE gap_start < part_start"""


def _remainders() -> str:
    named = " ".join(f"WHEN {len(_WORST_FIRST) - place} THEN '{one}'" for place, one in enumerate(_WORST_FIRST))
    is_sum = f"partly.quantity IN ({sql_texts(_SUMS)})"
    share = f"(partly.value - parts_value) * {_seconds('gap_start', 'part_start')} / seconds_left"
    shown = {
        "interval_start": "gap_start",
        "interval_end": "part_start",
        "value": f"CASE WHEN {is_sum} THEN round({share}, 9) ELSE partly.value END",
        "quality": f"CASE worst_rank {named} END",
        "reading_type": f"'{ReadingType.REMAINDER}'",
    }
    columns = ", ".join(f"{shown.get(name, f'partly.{name}')} AS {name}" for name in READINGS.column_names)
    same = " AND ".join(f"partly.{name} = gaps.{name}" for name in _INTERVAL.split(", "))
    return f"""
        SELECT {columns} FROM gaps JOIN partly ON {same}
        WHERE NOT {is_sum} OR partly.quantity IN ({sql_texts(_SIGNED)}) OR partly.value - parts_value >= {_LEAST}"""
