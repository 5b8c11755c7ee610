"""What is known of meters without an ingest: folded again from what the others said."""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.etl.merging.meter_facts import newest_of, spells_change, spells_of
from meterlake.etl.merging.moved_meters import moved_meters
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.writing.transactions import TableChange


@dataclass(frozen=True)
class UndoneMeters:
    """What an undo does to meters.

    Attributes:
        changes: Of meters, their spells and meter_facts.
        known: The meters of which the ingest said something and others did, too.
        forgotten: How many meters no other ingest named.
        moved: meter_id and time_zone of those that change their zone.
    """

    changes: list[TableChange]
    known: Relation
    forgotten: int
    moved: Relation


def undo_meters(undone: UndoneIngest) -> UndoneMeters:
    """Take back what an ingest said of meters."""
    bench, meters = undone.bench, undone.lake["meters"]
    facts = undone.rows_of("meter_facts")
    named = bench.table("named", f"SELECT DISTINCT meter_id FROM {facts} AS facts WHERE {undone.is_of('said_by')}")
    others = bench.table(
        "others",
        f"""SELECT facts.*, coalesce(arrival, 0) AS arrival
            FROM (SELECT * FROM {facts} AS facts SEMI JOIN {named} AS named USING (meter_id)) AS facts
            LEFT JOIN {undone.arrivals} AS arrivals ON ingest_id = said_by WHERE NOT {undone.is_of("said_by")}""",
    )
    spells = bench.table("spells", spells_of(str(others)))
    known = bench.view("known", newest_of(spells))
    whole = bench.table(
        "whole",
        f"""SELECT named.meter_id, known.* EXCLUDE (meter_id), known.meter_id IS NOT NULL AS is_known
            FROM {named} AS named LEFT JOIN {known} AS known USING (meter_id)""",
    )
    changes = [
        undone.writer.upsert(meters, whole.name, keep="is_known"),
        spells_change(bench, undone.writer, undone.lake, spells, named),
        undone.rewritten("meter_facts", undone.is_of("said_by")),
    ]
    return UndoneMeters(changes, known, undone.count(named) - undone.count(known), moved_meters(bench, known, meters))
