"""One ingest taken back: the lake is as if its file had not been taken in, in every table, in one commit.

Enters: an ingest's id. Leaves: what a fresh lake of the other files holds, taken in in their order. What each ingest said is
kept where it does not stand itself: readings that lost in `superseded`, readings that were said again in `repeats`, weather
and events in their histories, what is known of meters in `meter_facts`, register reads among the readings. So what the others
said is judged anew, by the rules of an ingest, and what follows from it (differences, quarantine, summaries, accounts) follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from meterlake.etl.merging.moved_meters import READINGS_OF_DAYS, days_of, readings_of
from meterlake.etl.merging.reference_rows import facts_of
from meterlake.etl.merging.summaries import Summaries
from meterlake.etl.undoing.undone_accounts import followed_accounts, followed_quarantine, unknown_repeats
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.etl.undoing.undone_meters import UndoneMeters, undo_meters
from meterlake.etl.undoing.undone_readings import UndoneReadings, undo_readings
from meterlake.etl.undoing.undone_rows import UndoneRows, undo_rows
from meterlake.lake.engine_choice import open_store
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METER_EVENT_HISTORY, METER_EVENTS, READINGS, TABLES, WEATHER, WEATHER_HISTORY
from meterlake.lake.writing.transactions import TableChange
from meterlake.lake.writing.turn import writing

_JUDGED_ANEW = ("readings", "covered", "superseded", "meter_events", "weather", "quarantine", "ingests")
# Of every other table that says which ingest brought a row, these rows go.
_PLAINLY_CLEARED = tuple(
    name for name, table in TABLES.items() if "ingest_id" in table.column_names and name not in _JUDGED_ANEW
)


@dataclass(frozen=True)
class UndoReport:
    """What an undo did.

    Attributes:
        ingest_id: The ingest taken back.
        source_file: The file it had taken in.
        readings_removed: Readings of it that went.
        readings_restored: Readings of other files that count again.
        rows_removed: Of other tables how many rows of it went.
        rows_restored: Of these how many rows of other files count again.
        repeated_by: Later files that held some equal rows and came before the lake kept which; take them in again to have
            those rows.
    """

    ingest_id: str
    source_file: str
    readings_removed: int
    readings_restored: int
    rows_removed: dict[str, int] = field(default_factory=dict)
    rows_restored: dict[str, int] = field(default_factory=dict)
    repeated_by: tuple[str, ...] = ()


def undo_ingest(ingest_id: str, settings: LakeSettings) -> UndoReport:
    """Take one ingest back.

    Args:
        ingest_id: Its id, or the start of it.
        settings: Where the lake is.

    Raises:
        UnknownIngest: If the id names no ingest, or several.
        NoLake: If there is none.
    """
    store = open_store(settings)
    store.current()  # where there is no lake, none is begun
    store.create_tables()
    with writing(store) as turn:
        undone = UndoneIngest.find(turn, ingest_id)
        readings = undo_readings(undone)
        meters = undo_meters(undone)
        tables = {
            "meter_events": undo_rows(undone, METER_EVENTS, METER_EVENT_HISTORY, ()),
            "weather": undo_rows(undone, WEATHER, WEATHER_HISTORY, facts_of(WEATHER)),
        }
        judged = [(readings.before, readings.after), *((rows.before, rows.after) for rows in tables.values())]
        changes = [
            *readings.changes,
            *meters.changes,
            *(change for rows in tables.values() for change in rows.changes),
            *_summary_changes(undone, readings, meters),
            *(undone.rewritten(name, undone.is_of()) for name in _PLAINLY_CLEARED),
            followed_quarantine(undone, readings.differences),
            followed_accounts(undone, judged, readings.differences),
        ]
        report = _report(undone, readings, meters, tables)
        turn.commit(changes, undo=report.ingest_id)
    return report


def _summary_changes(undone: UndoneIngest, readings: UndoneReadings, meters: UndoneMeters) -> list[TableChange]:
    """Count the days anew of the readings that leave or come, and all those of meters that change their zone."""
    bench = undone.bench
    moved = readings_of(bench, undone.lake, meters.moved)
    gone = bench.table("gone", f"SELECT {READINGS_OF_DAYS} FROM {readings.leaving} UNION SELECT * FROM {moved}")
    in_utc = "make_timestamp(epoch_us(interval_start)) AS interval_start"
    fresh = bench.table(
        "fresh",
        f"""SELECT * REPLACE ({in_utc}) FROM (
                SELECT {READINGS_OF_DAYS} FROM {readings.coming}
                UNION SELECT * FROM {moved} AS moved ANTI JOIN {readings.leaving} AS leaving USING ({", ".join(READINGS.key)}))""",
    )
    if not bench.has_rows(gone) and not bench.has_rows(fresh):
        return []
    zones = bench.table(
        "zones",
        f"""SELECT meter_id, coalesce(known.time_zone, meters.time_zone, 'UTC') AS time_zone
            FROM (SELECT meter_id FROM {gone} UNION SELECT meter_id FROM {fresh})
            LEFT JOIN {meters.known} AS known USING (meter_id)
            LEFT JOIN {undone.rows_of("meters")} AS meters USING (meter_id)""",
    )
    days = days_of(bench, undone.lake, meters.moved)
    return Summaries(bench, undone.lake, undone.writer).changes(
        fresh=fresh, gone=gone, zones=zones, days_to_recount=days
    )


def _report(
    undone: UndoneIngest, readings: UndoneReadings, meters: UndoneMeters, tables: dict[str, UndoneRows]
) -> UndoReport:
    def count(rows: object, condition: str) -> int:
        return int(undone.bench.rows(f"SELECT count(*) FROM {rows} WHERE {condition}")[0][0])

    mine = undone.is_of()
    stood = {name: f"(SELECT * FROM {rows.before} WHERE stands)" for name, rows in tables.items()}
    stands = {name: f"(SELECT * FROM {rows.after} WHERE stands)" for name, rows in tables.items()}
    return UndoReport(
        undone.ingest_id,
        undone.source_file,
        count(readings.leaving, mine),
        undone.count(readings.coming),
        {name: count(rows, mine) for name, rows in stood.items()} | {"meters": meters.forgotten},
        {name: count(f"(FROM {stands[name]} EXCEPT FROM {stood[name]})", "true") for name in tables},
        tuple(unknown_repeats(undone)),
    )
