"""Finds the outages of a lake and writes them.

Enters: a lake. Leaves: rows of outages, outage_meters and interruptions, as people said that they were, in one commit, or nothing where nothing has changed. Readings
are read again only in months whose files have changed; what is then judged is small, so everything is judged anew, and
late data need no way of their own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from meterlake.lake.engine_choice import open_store
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import (
    INTERRUPTIONS,
    METER_EVENTS,
    OUTAGE_METERS,
    OUTAGES,
    PLANNED_OUTAGES,
    READINGS,
    SERVICES,
)
from meterlake.outage.evidence.announcements import PlannedOutage, read_planned
from meterlake.outage.evidence.coverage import COVERAGE
from meterlake.outage.evidence.energy_reading import LakeEnergy
from meterlake.outage.evidence.energy_totals import LakeTotals
from meterlake.outage.evidence.event_reading import read_events
from meterlake.outage.evidence.sending_steps import with_whole_steps
from meterlake.outage.evidence.silence_finding import Sent, Served, find_silences
from meterlake.outage.evidence.zero_runs import ZERO_RUNS
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import Outage
from meterlake.outage.judging.outage_judging import judge_outages
from meterlake.outage.places.place_history import read_place_history
from meterlake.outage.rows.interruption_rows import interruption_rows
from meterlake.outage.rows.outage_identity import Identity, identify
from meterlake.outage.rows.outage_rows import meter_rows, outage_rows, stored_parts
from meterlake.outage.rows.planned_rows import planned_from_rows, planned_rows
from meterlake.outage.rows.row_types import (
    InterruptionRow,
    OutageMeterRow,
    OutageRow,
    OutageWordRow,
    PlannedOutageRow,
    ServiceRow,
)
from meterlake.outage.rows.service_rows import service_rows
from meterlake.outage.rows.stored_rows import RowChange, publish, stored_rows
from meterlake.outage.settings import OutageSettings
from meterlake.outage.words.heeding import heed

Progress = Callable[[str], None]


@dataclass
class OutageReport:
    """What a run did: outages now, those that are new, that changed and that are gone, and why."""

    meters: int = 0
    outages: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    is_written: bool = False
    words_without_outage: list[str] = field(default_factory=list)
    by_cause: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


class OutageRun:
    """One run over one lake."""

    def __init__(
        self,
        settings: LakeSettings | None = None,
        outage: OutageSettings | None = None,
        progress: Progress = lambda stage: None,
    ) -> None:
        self.settings = settings or LakeSettings()
        self.store = open_store(self.settings)
        self.outage = outage or OutageSettings()
        self.progress = progress

    def find(self, planned_file: Path | None = None) -> OutageReport:
        """Judge all that the lake holds and write what has changed.

        Args:
            planned_file: Announced outages to remember, beside those that the lake knows.

        Raises:
            NoLake: If there is no lake.
            UnreadableFile: If the file is no list of announced outages.
        """
        began = time.monotonic()
        announced = read_planned(planned_file) if planned_file else []
        self._prepare()
        with self.store.lock(), self.store.connect() as connection:
            report = self._find(connection, self.store.current(), announced)
        report.seconds = round(time.monotonic() - began, 3)
        return report

    def _prepare(self) -> None:
        """Read the new months before the lock is taken: that is the long part, and other writers need not wait for it."""
        self.progress("looking for silences")
        with self.store.connect() as connection:
            readings = self.store.current()[READINGS.name]
            for query in (COVERAGE, ZERO_RUNS):
                query.answered(connection, self.settings.work_folder, readings, self.outage.quantity)

    def _find(
        self, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, announced: list[PlannedOutage]
    ) -> OutageReport:
        known = stored_rows(connection, snapshot, PlannedOutageRow)
        by_id = {one.planned_id: one for one in [*planned_from_rows(known), *announced]}
        planned = sorted(by_id.values(), key=lambda one: (one.start_s, one.planned_id))
        fleet, served, judged = self._judge(connection, snapshot, planned)
        heard = heed(fleet, judged, stored_rows(connection, snapshot, OutageWordRow))
        outages = heard.outages
        stored = stored_rows(connection, snapshot, OutageRow)
        stored_meters = stored_rows(connection, snapshot, OutageMeterRow)
        identities = identify(fleet, outages, stored_parts(stored_meters))
        rows = outage_rows(fleet, outages, identities, stored)
        places = read_place_history(connection, snapshot, fleet)
        interruptions = interruption_rows(places, outages, identities, self.outage)
        wanted = (
            RowChange(OUTAGES, stored, rows),
            RowChange(OUTAGE_METERS, stored_meters, meter_rows(fleet, outages, identities)),
            RowChange(INTERRUPTIONS, stored_rows(connection, snapshot, InterruptionRow), interruptions),
            RowChange(SERVICES, stored_rows(connection, snapshot, ServiceRow), service_rows(places, served, outages)),
            RowChange(PLANNED_OUTAGES, known, planned_rows(planned)),
        )
        is_written = publish(self.store, connection, snapshot, wanted)
        report = _report(fleet, outages, identities, stored, rows, is_written)
        report.words_without_outage = heard.without_outage
        return report

    def _judge(
        self, connection: duckdb.DuckDBPyConnection, snapshot: LakeSnapshot, planned: list[PlannedOutage]
    ) -> tuple[Fleet, Served, list[Outage]]:
        readings, quantity = snapshot[READINGS.name], self.outage.quantity
        where = (connection, self.settings.work_folder, readings, quantity)
        spans, stepping = with_whole_steps(connection, COVERAGE.answered(*where))
        if stepping:
            self.progress(
                f"{stepping:,} meters send intervals farther apart than these are long, and are judged by the steps: was a file"
                " taken in with a wrong --interval-minutes?"
            )
        fleet, served, silences = find_silences(
            connection, Sent(spans, ZERO_RUNS.answered(*where)), snapshot, self.outage
        )
        self.progress(f"judging {silences.meter.size:,} silences of {len(fleet.meter_ids):,} meters")
        events = read_events(connection, snapshot[METER_EVENTS.name], fleet, self.outage)
        energy = LakeEnergy(connection, self.settings.work_folder, readings, fleet, quantity)
        totals = LakeTotals(replace(energy, folder="outage_totals"))
        return fleet, served, judge_outages(fleet, silences, events, energy, self.outage, planned, totals)


def _report(
    fleet: Fleet,
    outages: list[Outage],
    identities: list[Identity],
    stored: list[OutageRow],
    rows: list[OutageRow],
    is_written: bool,
) -> OutageReport:
    before, after = ({row.outage_id: row for row in some} for some in (stored, rows))
    return OutageReport(
        meters=len(fleet.meter_ids),
        outages=len(identities),
        new=len(after.keys() - before.keys()),
        changed=sum(before[name] != after[name] for name in after.keys() & before.keys()),
        gone=len(before.keys() - after.keys()),
        is_written=is_written,
        by_cause=dict(sorted(Counter(outage.cause.value for outage in outages).items())),
    )
