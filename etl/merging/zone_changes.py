"""Rows about meters by which a clock would move on some day: a meter has one zone for all its days, or none of them could be told.

Enters: judged rows of lists of meters, and the lake. Leaves: the same rows, those with a reason that say from a day on another
zone than lists say of the meter otherwise. A row without days says the zone of all of them, and may correct it.
"""

from __future__ import annotations

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR
from meterlake.etl.merging.arrivals import arrivals_of
from meterlake.etl.merging.meter_facts import ALWAYS
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot


def judge_zone_changes(bench: Workbench, rows: Relation, lake: LakeSnapshot) -> None:
    """Give the good rows that move a meter to another zone from a day on a reason."""
    names = {name for (name, *_) in bench.rows(f"DESCRIBE {rows}")}
    if not names >= {"valid_from", "time_zone"}:
        return
    said = "reason IS NULL AND time_zone IS NOT NULL"
    if not bench.has_rows(rows, f"{said} AND valid_from IS NOT NULL"):
        return
    of_all_days = f"""
        SELECT meter_id, last(time_zone ORDER BY file_number, rowid) AS time_zone, 1 AS rank
        FROM {rows} WHERE {said} AND valid_from IS NULL GROUP BY meter_id"""
    of_lake = f"""
        SELECT meter_id, arg_max(time_zone, coalesce(arrival, 0)), 2
        FROM {lake["meter_facts"].sql()} AS facts LEFT JOIN ({arrivals_of(lake["ingests"])}) AS arrivals ON ingest_id = said_by
        WHERE counts = '{ALWAYS}' AND time_zone IS NOT NULL GROUP BY meter_id"""
    of_first_days = f"SELECT meter_id, arg_min(time_zone, valid_from), 3 FROM {rows} WHERE {said} GROUP BY meter_id"
    zones = f"""
        SELECT meter_id, arg_min(time_zone, rank) AS zone
        FROM ({of_all_days} UNION ALL {of_lake} UNION ALL {of_first_days}) AS each GROUP BY meter_id"""
    bench.connection.execute(f"""
        UPDATE {rows} SET reason = '{Reason.ZONE_CHANGES}', raw_text = concat({rows}.meter_id, '{FRAGMENT_SEPARATOR}', time_zone)
        FROM ({zones}) AS known
        WHERE {rows}.meter_id = known.meter_id AND {said} AND valid_from IS NOT NULL AND time_zone <> zone""")
