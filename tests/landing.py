"""Raw files and lakes for tests: a few visible rows in, whole tables out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.landing.accounts import RunReport
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.etl.settings import EtlSettings
from meterlake.lake.duckdb_lake import DuckDBLake, connect
from meterlake.lake.settings import LakeSettings

REAL_DATA = Path(__file__).resolve().parent.parent / "../shared/data"

PLAIN_HEADER = "LCLid,DateTime,KWH/hh (per half hour) "
VOLATILE = {"started_at", "finished_at", "superseded_at", "covered_at", "source_modified_at"}


def write_london(path: Path, rows: Iterable[tuple[str, str, object]], *, header: str = PLAIN_HEADER) -> Path:
    """Write a plain London file of (meter, 'YYYY-MM-DD HH:MM', value) rows."""
    lines = [header, *(f"{meter},{time}:00.0000000, {value} " for meter, time, value in rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def half_hours(meter: str, day: str, values: Iterable[object]) -> list[tuple[str, str, object]]:
    """Return a London row for each half-hour of a day, from midnight on."""
    return [(meter, f"{day} {slot // 2:02d}:{slot % 2 * 30:02d}", value) for slot, value in enumerate(values)]


def lake_settings(root: Path) -> LakeSettings:
    """Return settings for a small lake."""
    return LakeSettings(lake=str(root), threads=2, memory_gb=1.0)


def take_in(
    root: Path,
    *paths: Path,
    job: dict[str, Any] | None = None,
    etl: dict[str, Any] | None = None,
    mapping: MappingDeclaration | None = None,
    **options: Any,
) -> RunReport:
    """Ingest files into the lake at a folder."""
    pipeline = Pipeline(lake_settings(root), EtlSettings(**(etl or {})))
    return pipeline.ingest(IngestJob(tuple(paths), options=ReadOptions(**options), mapping=mapping, **(job or {})))


@lru_cache(maxsize=4)
def _lake(root: Path) -> DuckDBLake:
    """A lake that is asked many times is opened once."""
    return DuckDBLake(lake_settings(root))


def select(root: Path, sql: str) -> list[tuple[Any, ...]]:
    """Answer a SELECT over a lake as tuples."""
    return _tuples(_lake(root).select(sql))


def _tuples(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if table.num_columns else []


def whole_lake(root: Path, *, leave_out: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Return every table's rows, sorted, without the columns that differ from run to run."""
    tables = {}
    with connect(lake_settings(root)) as connection:
        for name, state in _lake(root).snapshots.current().items():
            if name in leave_out:
                continue
            columns = ", ".join(f'"{column}"' for column in state.table.column_names if column not in VOLATILE)
            rows = connection.sql(f"SELECT {columns} FROM {state.sql()} ORDER BY ALL").to_arrow_table()
            tables[name] = _tuples(rows)
    return tables


def adds_up(report: RunReport) -> bool:
    """Say whether every row of a run is accounted for."""
    totals = report.as_json()
    return bool(
        totals["rows_read"]
        == totals["rows_stored"] + totals["duplicates"] + totals["superseded"] + totals["quarantined"]
        and sum(totals["quarantine_reasons"].values()) == totals["quarantined"]
    )


def differences(found: dict[str, list[tuple[Any, ...]]], expected: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """Return the rows that only one of two whole lakes holds: at most ten a table and side, with their count."""
    told: dict[str, Any] = {}
    for name in found.keys() | expected.keys():
        ours, theirs = Counter(found.get(name, ())), Counter(expected.get(name, ()))
        sides = {"only found": ours - theirs, "only expected": theirs - ours}
        if any(sides.values()):
            told[name] = {side: (rows.total(), list(rows.elements())[:10]) for side, rows in sides.items()}
    return told
