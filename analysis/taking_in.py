"""Files into a lake that is open, with the account of each."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from meterlake.analysis.answer import Answer
from meterlake.etl.conforming.mapping_declaration import load_mapping
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.settings import LakeSettings

_COUNTS = ("rows_read", "rows_stored", "duplicates", "superseded", "quarantined")
_SCHEMA = pa.schema(
    [("file", pa.string()), ("outcome", pa.string()), ("ingest_id", pa.string()), ("format", pa.string())]
    + [(name, pa.int64()) for name in _COUNTS]
    + [("why", pa.string())]
)


def take_in(
    settings: LakeSettings,
    paths: Iterable[str | os.PathLike[str]],
    *,
    format_name: str,
    time_zone: str | None,
    mapping: str | os.PathLike[str] | None,
) -> Answer:
    """Take files in; return a row a file: taken in with its accounts, skipped as known, or refused and why."""
    options = ReadOptions() if time_zone is None else ReadOptions(time_zone=time_zone)
    declared = load_mapping(Path(mapping)) if mapping else None
    job = IngestJob(tuple(os.fspath(path) for path in paths), format_name, options, mapping=declared)
    report = Pipeline(settings).ingest(job)
    taken = [
        {"file": one.file.name, "outcome": "taken in", "ingest_id": one.ingest_id, "format": one.layout.format}
        | {name: getattr(one, name) for name in _COUNTS}
        for one in report.accounts
    ]
    skipped = [{"file": name, "outcome": "skipped", "why": "its content is known"} for name in report.skipped]
    refused = [{"file": one.name, "outcome": "refused", "why": one.why} for one in report.refused]
    rows = pa.Table.from_pylist([*taken, *skipped, *refused], schema=_SCHEMA)
    return Answer(
        lambda: rows,
        {"lake": settings.location, "seconds": round(report.seconds, 1), "assumed": report.unsaid_days or None},
    )
