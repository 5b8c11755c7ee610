"""What ingests say of meters, kept apart by ingest, and what is known of a meter from all of them, by the days for which it holds.

Enters: facts of an upload. Leaves: rows of the table `meter_facts`, and from them those of `meters` and `meter_spells`. A file
about meters says what always counts, from a day on or for all time; a file of readings, and the zone that a run gives, count
only where no ingest before named the meter. On a day counts what began last of all that holds on it, and of what began
together the newer. So what is known is folded from the ingests that stand, whatever order dated ones come in, and one of them
can be taken back.
"""

from __future__ import annotations

from meterlake.etl.merging.arrivals import arrivals_of
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import LASTING_FACTS, METER_FACTS, METER_SPELLS, METERS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

ALWAYS, IF_NEW = "always", "if_new"
# The ingest of what was known before facts were kept by their ingests.
BEFORE = ""
FACTS = tuple(name for name in METERS.column_names if name != "meter_id")
DAYS = ("valid_from", "valid_until")
_DATED_FACTS = tuple(name for name in FACTS if name not in LASTING_FACTS)
# Whatever an upload brings came after all that the lake holds.
_BEFORE_ALL = 1_000_000_000


def facts_change(bench: Workbench, writer: ParquetWriter, lake: LakeSnapshot, facts: Relation) -> TableChange:
    """Write facts; in a lake that was made before they were kept, those that were known come first."""
    known = lake["meters"].sql() if lacks_facts(lake) else lake["meters"].sql([])
    return writer.append(
        METER_FACTS, bench.view("facts", f"{_as_facts(known)} UNION ALL BY NAME SELECT * FROM {facts}").name
    )


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


def facts_so_far(lake: LakeSnapshot, facts: Relation) -> str:
    """Return SQL for an upload's facts and what the lake's ingests said of their meters, each with its arrival.

    Args:
        lake: The lake before the upload.
        facts: Rows of meter_facts with file_number.
    """
    if lacks_facts(lake):
        stored = f"SELECT *, -1 AS arrival FROM ({_as_facts(lake['meters'].sql())})"
    else:
        stored = f"""SELECT stored.*, coalesce(arrival, 0) - {_BEFORE_ALL} AS arrival
            FROM {lake["meter_facts"].sql()} AS stored
            LEFT JOIN ({arrivals_of(lake["ingests"])}) AS arrivals ON ingest_id = said_by"""
    return f"""(
        SELECT * EXCLUDE (file_number), file_number::INT AS arrival FROM {facts}
        UNION ALL BY NAME
        SELECT stored.* FROM ({stored}) AS stored SEMI JOIN {facts} AS facts USING (meter_id))"""


def spells_of(facts: str) -> str:
    """Return DuckDB's SELECT of what is known of each meter, a row for the days between two on which something began or ended.

    Args:
        facts: Rows of meter_facts with `arrival`, a number that grows in the order in which they came.

    Returns:
        SQL for meter_id, valid_from, valid_until and the facts, of all that holds on these days.
    """
    # arg_max passes over nulls: the last that says something is the one that counts.
    dated = ", ".join(f"arg_max({name}, place) AS {name}" for name in _DATED_FACTS)
    lasting = ", ".join(f"arg_max({name}, arrival) AS {name}" for name in LASTING_FACTS)
    return f"""
        WITH counted AS MATERIALIZED (
            SELECT *, coalesce(valid_from, '-infinity'::DATE) AS since, coalesce(valid_until, 'infinity'::DATE) AS until,
                   row_number() OVER (PARTITION BY meter_id ORDER BY valid_from NULLS FIRST, arrival) AS place
            FROM (SELECT *, min(arrival) OVER (PARTITION BY meter_id) AS first_arrival FROM {facts})
            WHERE counts = '{ALWAYS}' OR arrival = first_arrival),
        edges AS (
            SELECT meter_id, since AS edge FROM counted
            UNION SELECT meter_id, until FROM counted WHERE isfinite(until)),
        spells AS (
            SELECT meter_id, edge, lead(edge) OVER (PARTITION BY meter_id ORDER BY edge) AS next_edge FROM edges)
        SELECT meter_id, CASE WHEN isfinite(edge) THEN edge END AS valid_from, next_edge AS valid_until,
               {", ".join(FACTS)}
        FROM (
            SELECT spells.meter_id, edge, next_edge, {dated}
            FROM spells
            LEFT JOIN counted ON counted.meter_id = spells.meter_id AND since <= edge AND edge < until
            GROUP BY ALL) AS held
        JOIN (SELECT meter_id, {lasting} FROM counted GROUP BY meter_id) AS lasting USING (meter_id)"""


def newest_of(spells: Relation) -> str:
    """Return a SELECT of rows of `meters`: what is known of each meter last."""
    return f"SELECT {', '.join(METERS.column_names)} FROM {spells} WHERE valid_until IS NULL"


def spells_change(
    bench: Workbench, writer: ParquetWriter, lake: LakeSnapshot, spells: Relation, meters: Relation
) -> TableChange:
    """Write the spells of meters anew; one that has been the same for all time has none.

    Args:
        bench: Where the relations are.
        writer: Writes the lake's files.
        lake: The lake as it is.
        spells: As `spells_of` gives them.
        meters: meter_id of all whose spells are written anew.
    """
    names = ", ".join(METER_SPELLS.column_names)
    changing = bench.view(
        "changing",
        f"SELECT {names} FROM {spells} QUALIFY count(*) OVER (PARTITION BY meter_id) > 1 OR valid_from IS NOT NULL",
    )
    change = writer.without(lake["meter_spells"], f"meter_id IN (SELECT meter_id FROM {meters})")
    change.added += writer.append(METER_SPELLS, changing.name).added
    return change


def _as_facts(meters: str) -> str:
    """Return a SELECT of what was known of meters before facts were kept, as facts."""
    return (
        f"SELECT *, {sql_text(BEFORE)} AS said_by, {sql_text(ALWAYS)} AS counts,"
        f" NULL::DATE AS valid_from, NULL::DATE AS valid_until FROM {meters} AS known"
    )
