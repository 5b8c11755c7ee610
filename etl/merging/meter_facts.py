"""What ingests say of meters, kept apart by ingest, and what is known of a meter from all of them.

Enters: facts of an upload. Leaves: rows of the table `meter_facts`, and from them those of `meters`. A file about meters says
what always counts; a file of readings, and the zone that a run gives, count only where no ingest before named the meter.
So what is known is folded from the ingests that stand, in their order, and one of them can be taken back.
"""

from __future__ import annotations

from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import METER_FACTS, METERS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

ALWAYS, IF_NEW = "always", "if_new"
# The ingest of what was known before facts were kept by their ingests.
BEFORE = ""
FACTS = tuple(name for name in METERS.column_names if name != "meter_id")


def facts_change(bench: Workbench, writer: ParquetWriter, lake: LakeSnapshot, facts: Relation) -> TableChange:
    """Write facts; in a lake that was made before they were kept, those that were known come first."""
    known = lake["meters"].sql() if lacks_facts(lake) else lake["meters"].sql([])
    before = f"SELECT *, {sql_text(BEFORE)} AS said_by, {sql_text(ALWAYS)} AS counts FROM {known} AS known"
    return writer.append(METER_FACTS, bench.view("facts", f"{before} UNION ALL BY NAME SELECT * FROM {facts}").name)


def lacks_facts(lake: LakeSnapshot) -> bool:
    """Say whether a lake was made before facts were kept."""
    return not lake["meter_facts"].files and bool(lake["meters"].files)


def zone_facts(meters: str, zone: str) -> str:
    """Return a SELECT of the facts that a file's or a run's zone makes; both engines read it.

    Args:
        meters: meter_id and said_by of what an ingest names and gives no zone; columns with more facts go along.
        zone: SQL for it.
    """
    return f"SELECT *, {zone} AS time_zone, '{IF_NEW}' AS counts FROM {meters}"


def folded(facts: str) -> str:
    """Return DuckDB's SELECT of rows of `meters`.

    Args:
        facts: Rows of meter_facts with `arrival`, a number that grows in the order in which they came.
    """
    # arg_max passes over nulls: the last that says something is the one that counts.
    names = ", ".join(f"arg_max({name}, arrival) AS {name}" for name in FACTS)
    return f"""
        SELECT meter_id, {names}
        FROM (SELECT *, min(arrival) OVER (PARTITION BY meter_id) AS first_arrival FROM {facts})
        WHERE counts = '{ALWAYS}' OR arrival = first_arrival GROUP BY meter_id"""
