"""Raw files into one table in memory, each row judged.

Enters: files of any layouts. Leaves: their rows, good and bad ones, with the number of the file each came from; and the
lines that could not be taken apart at all. Files of one layout are read in parallel; rows keep their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import ibis

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.formats import FORMATS
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.raw_files import raw_sql, raw_table, steps_kept
from meterlake.etl.staging.readable_files import NumberedFile, ReadableFiles, add_taken_out
from meterlake.etl.staging.rejected_lines import collect_rejects, empty_rejected
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.sql.table_sql import sql_texts

_RAW_ROWS = "raw_rows_of_this_layout"
# Short types keep the rows small.
_CODES: dict[str, Sequence[str]] = {
    "quantity_code": tuple(QUANTITIES),
    "quality_code": tuple(Quality),
    "reading_type_code": tuple(ReadingType),
    "reason_code": tuple(Reason),
}
_COLUMNS = {
    "meter_id": "VARCHAR",
    "quantity": "quantity_code",
    "interval_start": "TIMESTAMP",
    "interval_minutes": "UINTEGER",
    "value": "DOUBLE",
    "quality": "quality_code",
    "reading_type": "reading_type_code",
    "event_code": "VARCHAR",
    "reason": "reason_code",
    "raw_text": "VARCHAR",
}


@dataclass(frozen=True)
class StagedRows:
    """What a batch's files hold.

    Attributes:
        rows: The rows, judged: `reason` is null for a good one; with file_number. Times are UTC without a zone.
        rejected: The lines that could not be taken apart; see meterlake.etl.staging.rejected_lines.
    """

    rows: Relation
    rejected: Relation


def stage_readings(bench: Workbench, readable: ReadableFiles, options: ReadOptions) -> StagedRows:
    """Read and judge files of readings; neighbours of one layout are read together."""
    for name, values in _CODES.items():
        bench.connection.execute(f"CREATE TYPE {name} AS ENUM ({sql_texts(values)})")
    staged = StagedRows(bench.empty("staged", _COLUMNS | {"file_number": "USMALLINT"}), empty_rejected(bench))
    typed = ", ".join(f"{name}::{kind}" for name, kind in _COLUMNS.items())
    for layout, group in groupby(readable.files, key=lambda file: file.layout):
        alike = list(group)
        numbers = ", ".join(str(file.number) for file in alike)
        raw = raw_view(bench, alike, layout)
        bench.connection.execute(f"""
            INSERT INTO {staged.rows}
            SELECT {typed}, ([{numbers}])[file_index::BIGINT + 1]::USMALLINT
            FROM ({conformed_sql(raw, layout, options)})""")
        collect_rejects(bench, [file.number for file in alike], staged.rejected)
    for number, lines in readable.taken_out.items():
        add_taken_out(bench, number, lines, staged.rejected)
    return staged


def conformed_sql(raw: Relation, layout: Layout, options: ReadOptions) -> str:
    """Return the DuckDB SQL of a format's way from raw rows to canonical ones."""
    return _conformed_sql(layout, options).replace(_RAW_ROWS, raw.name)


@lru_cache(maxsize=64)
def _conformed_sql(layout: Layout, options: ReadOptions) -> str:
    """Write the SQL of a layout once: a folder in which formats alternate asks for it at every change."""
    conformed = FORMATS.named(layout.format).conform(raw_table(layout, _RAW_ROWS), layout, options)
    with steps_kept(layout):
        return str(ibis.to_sql(conformed, dialect="duckdb", pretty=False))


def raw_view(bench: Workbench, files: Sequence[NumberedFile], layout: Layout) -> Relation:
    """Return the rows of files of one layout as columns of text, and the place of the file among them."""
    return bench.view("raw", raw_sql([str(file.path) for file in files], layout), raw_table(layout).columns)


def count_rows(bench: Workbench, *relations: Relation) -> dict[int, int]:
    """Return how many rows each file's number has in some relations together."""
    every = " UNION ALL ".join(f"SELECT file_number FROM {relation}" for relation in relations)
    return dict(bench.rows(f"SELECT file_number, count(*) FROM ({every}) GROUP BY ALL"))


def split_bad(bench: Workbench, rows: Relation) -> tuple[Relation, Relation]:
    """Part judged rows into the good ones and the bad ones, which keep `place`, reason, raw_text and file_number."""
    bad = bench.table(
        "bad",
        f"""SELECT rowid AS place, file_number, reason::VARCHAR AS reason, raw_text FROM {rows}
            WHERE reason IS NOT NULL""",
    )
    if bench.has_rows(bad):
        bench.remove(rows, "reason IS NOT NULL")
    return rows, bad
