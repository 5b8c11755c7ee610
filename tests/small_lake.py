"""A lake in a temporary folder that raw text is taken into for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.landing.accounts import RunReport
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings


class SmallLake:
    """A lake in a temporary folder: takes in files, answers SQL, checks that accounts add up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = LakeSettings(lake=str(folder / "lake"), threads=1)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def ingest(self, *paths: Path, options: ReadOptions | None = None, **job: Any) -> RunReport:
        report = Pipeline(self.settings).ingest(IngestJob(paths, options=options or ReadOptions(), **job))
        quarantined = self.rows("SELECT ingest_id, count(*) AS n FROM quarantine GROUP BY ALL")
        counts = dict(quarantined)
        for account in report.accounts:
            parts = (account.rows_stored, account.duplicates, account.superseded, account.quarantined)
            assert account.rows_read == sum(parts)
            assert min(parts) >= 0
            assert account.quarantined == counts.get(account.ingest_id, 0)
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in DuckDBLake(self.settings).select(sql).to_pylist()]

    def readings(self) -> list[tuple[Any, ...]]:
        return self.rows("""
            SELECT meter_id, quantity, strftime(interval_start, '%Y-%m-%d %H:%M') AS starts, value
            FROM readings ORDER BY ALL""")

    def quarantine(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT line, reason, raw_text FROM quarantine ORDER BY source_file, row")
