"""Raw files into one table in memory, each row judged.

Enters: files of one layout. Leaves: rows in the temporary table `staged`, good and bad ones, with the number
of the file each came from; and the lines that could not be taken apart at all, in `rejected`. Files are read
in parallel; rows keep the order in which they stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.container_files import as_parquet
from meterlake.etl.staging.raw_files import raw_sql, raw_table
from meterlake.lake.quality import Quality, ReadingType
from meterlake.lake.quantities import QUANTITIES

MAX_RAW_TEXT = 4_000

_REJECT_REASONS = {
    "MISSING COLUMNS": Reason.WRONG_COLUMNS,
    "TOO MANY COLUMNS": Reason.WRONG_COLUMNS,
    "UNQUOTED VALUE": Reason.BAD_QUOTES,
    "INVALID STATE": Reason.BAD_QUOTES,
    "LINE SIZE OVER MAXIMUM": Reason.LINE_TOO_LONG,
    "INVALID ENCODING": Reason.BAD_ENCODING,
}


@dataclass(frozen=True)
class NumberedFile:
    """A raw file's path with its number in the batch."""

    number: int
    path: str


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables `staged` and `rejected`, and the short types that keep them small."""
    for name, values in (
        ("quantity_code", QUANTITIES),
        ("quality_code", [code.value for code in Quality]),
        ("reading_type_code", [code.value for code in ReadingType]),
        ("reason_code", [reason.value for reason in Reason]),
    ):
        listed = ", ".join(f"'{value}'" for value in values)
        connection.execute(f"CREATE TYPE {name} AS ENUM ({listed})")
    connection.execute("""
        CREATE TEMP TABLE staged (
            meter_id VARCHAR, quantity quantity_code, interval_start TIMESTAMP, interval_minutes USMALLINT,
            value DOUBLE, quality quality_code, reading_type reading_type_code, event_code VARCHAR,
            reason reason_code, raw_text VARCHAR, file_number USMALLINT
        )""")
    connection.execute(
        "CREATE TEMP TABLE rejected (file_number USMALLINT, line UBIGINT, reason VARCHAR, detail VARCHAR, raw_text VARCHAR)"
    )


def stage_readings(
    connection: duckdb.DuckDBPyConnection, files: Sequence[NumberedFile], layout: Layout, options: ReadOptions
) -> None:
    """Read files of one layout and add their rows to `staged` and `rejected`."""
    made = make_raw_view(connection, files, layout)
    canonical = conformed_sql(layout, options)
    numbers = ", ".join(str(file.number) for file in files)
    connection.execute(f"""
        INSERT INTO staged
        SELECT meter_id, quantity::quantity_code, interval_start, interval_minutes::USMALLINT, value,
               quality::quality_code, reading_type::reading_type_code, event_code, reason::reason_code, raw_text,
               ([{numbers}])[file_index::BIGINT + 1]::USMALLINT
        FROM ({canonical})""")
    for path in made:
        path.unlink()
    collect_rejects(connection, files)


def conformed_sql(layout: Layout, options: ReadOptions) -> str:
    """Return the DuckDB SQL of a format's way from the view `raw` to canonical rows."""
    conformed = FORMATS.named(layout.format).conform(raw_table(layout), layout, options)
    return str(ibis.to_sql(conformed, dialect="duckdb"))


def make_raw_view(connection: duckdb.DuckDBPyConnection, files: Sequence[NumberedFile], layout: Layout) -> list[Path]:
    """Make the view `raw`: the files' rows as columns of text, and the place of the file among them.

    Returns:
        Files that were made so that the engine can read it; the caller removes them when the view has been read.
    """
    paths = [file.path for file in files]
    made: list[Path] = []
    if layout.kind in ("orc", "avro"):
        folder = Path(connection.execute("SELECT current_setting('temp_directory')").fetchall()[0][0])
        made = [as_parquet(Path(path), layout.kind, folder) for path in paths]
        paths = [str(path) for path in made]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW raw AS {raw_sql(paths, layout)}")
    return made


def collect_rejects(connection: duckdb.DuckDBPyConnection, files: Sequence[NumberedFile]) -> None:
    """Move the lines that the CSV reader could not take apart into `rejected`, one row a line."""
    present = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall()
    if not present:
        return
    numbers = ", ".join(str(file.number) for file in files)
    reasons = ", ".join(f"'{error}': '{reason}'" for error, reason in _REJECT_REASONS.items())
    connection.execute(f"""
        INSERT INTO rejected
        SELECT ([{numbers}])[file_id::BIGINT + 1], line,
               CASE WHEN bool_or(error_type = 'LINE SIZE OVER MAXIMUM') THEN '{Reason.LINE_TOO_LONG}'
                    ELSE MAP {{{reasons}}}[arg_min(error_type::VARCHAR, column_idx)] END,
               any_value(error_message), left(any_value(csv_line), {MAX_RAW_TEXT})
        FROM reject_errors
        GROUP BY file_id, line""")
    connection.execute("DROP TABLE reject_errors")
    connection.execute("DROP TABLE reject_scans")
