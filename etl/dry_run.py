"""What an ingest would do, without doing it: files taken into a lake of their own, which is looked at and thrown away.

Enters: the same job as an ingest's. Leaves: its accounts, the first rows as they would be stored, what would be set aside, the
sums of the days, and how each file was understood. The lake itself is neither read nor written: rows that it holds already
count as new here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from meterlake.etl.landing.accounts import RunReport
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.engine_choice import open_engine
from meterlake.lake.scratch import spill_folder
from meterlake.lake.settings import LakeSettings

_SHOWN = 10
_LOOKS = {
    "readings": "SELECT meter_id, quantity, interval_start, interval_end, value, quality FROM readings ORDER BY ALL",
    "meters": "SELECT * FROM meters ORDER BY ALL",
    "weather": "SELECT * FROM weather ORDER BY ALL",
    "meter_events": "SELECT * FROM meter_events ORDER BY ALL",
    "quarantine": "SELECT reason, count(*) AS rows, min(line) AS first_line, arg_min(raw_text, row) AS first_row"
    " FROM quarantine GROUP BY reason ORDER BY rows DESC, reason",
    "days": "SELECT meter_id, quantity, local_date, energy_kwh, intervals_present, intervals_expected FROM consumption_daily"
    " ORDER BY ALL",
}


@dataclass(frozen=True)
class DryRun:
    """What an ingest would have done.

    Attributes:
        report: Its accounts.
        rows: How many rows each table would have held.
        looks: The first rows of `readings`, `meters`, `weather`, `meter_events`, of the `days`' sums, and the `quarantine`.
    """

    report: RunReport
    rows: dict[str, int]
    looks: dict[str, pa.Table]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, for machines."""
        return {
            **self.report.as_json(),
            "dry_run": True,
            "looks": {name: rows.to_pylist() for name, rows in self.looks.items() if rows.num_rows},
        }


def try_out(job: IngestJob, settings: LakeSettings, progress: Callable[[str, int, int], None] | None = None) -> DryRun:
    """Take a job's files into a lake that is thrown away.

    Args:
        job: What and how; guesses are followed, and said.
        settings: Of the lake that is spared.
        progress: As an ingest's.
    """
    root = spill_folder(settings.work_folder)
    try:
        followed = replace(job, takes_guesses=True)
        return _tried(followed, settings.model_copy(update={"lake": str(root)}), progress)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _tried(job: IngestJob, aside: LakeSettings, progress: Callable[[str, int, int], None] | None) -> DryRun:
    pipeline = Pipeline(aside)
    report = pipeline.ingest(job, progress) if progress else pipeline.ingest(job)
    engine = open_engine(aside)
    looks = {name: engine.select(f"{sql} LIMIT {_SHOWN}") for name, sql in _LOOKS.items()}
    return DryRun(report, engine.row_counts(), looks)
