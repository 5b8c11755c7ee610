"""Bad rows to the quarantine table, each with its reason, its whole line and where it stood.

Enters: the tables `bad` (rows that were read and judged) and `rejected` (lines that could not be taken apart).
Leaves: a file for the quarantine table, and the count of each file and reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR, PLACE_SEPARATOR
from meterlake.etl.landing.accounts import FileAccount
from meterlake.etl.staging.second_look import SoughtRow, find_lines, is_plain_text
from meterlake.lake.parquet_files import ParquetWriter
from meterlake.lake.tables import QUARANTINE
from meterlake.lake.transactions import TableChange

# Beyond this a file is not a few bad rows but a bad file: its rows keep their texts and lose their lines.
MOST_ROWS_LOOKED_UP = 200_000


def quarantine_rows(
    connection: duckdb.DuckDBPyConnection, writer: ParquetWriter, accounts: list[FileAccount], reasons: Counter[str]
) -> TableChange:
    """Write quarantine rows for all files of a batch and count them in the accounts."""
    counted = connection.execute("""
        SELECT file_number, reason, count(*) FROM (
            SELECT file_number, reason FROM bad UNION ALL SELECT file_number, reason FROM rejected)
        GROUP BY ALL""").fetchall()
    change = TableChange(QUARANTINE)
    row_counts: Counter[int] = Counter()
    for number, reason, row_count in counted:
        accounts[number].quarantined += row_count
        reasons[reason] += row_count
        row_counts[number] += row_count
    for number, row_count in sorted(row_counts.items()):
        account = accounts[number]
        if row_count <= MOST_ROWS_LOOKED_UP:
            connection.register("quarantined", _looked_up(connection, number, account))
            change.added.append(writer.write(QUARANTINE, "SELECT * FROM quarantined"))
            connection.unregister("quarantined")
        else:
            change.added.append(writer.write(QUARANTINE, _not_looked_up(number, account)))
    return change


def _looked_up(connection: duckdb.DuckDBPyConnection, number: int, account: FileAccount) -> pa.Table:
    bad = connection.execute(
        "SELECT reason, raw_text FROM bad WHERE file_number = ? ORDER BY place", [number]
    ).fetchall()
    rejected = connection.execute(
        "SELECT line, reason, detail, raw_text FROM rejected WHERE file_number = ? ORDER BY line", [number]
    ).fetchall()
    path = account.file.path if is_plain_text(account.layout, account.file.path.name) else None
    return quarantine_table(account.ingest_id, account.file.name, path, bad, rejected)


def quarantine_table(
    ingest_id: str,
    source_file: str,
    path: Path | None,
    bad: Sequence[tuple[str, str]],
    rejected: Sequence[tuple[int, str, str, str | None]],
) -> pa.Table:
    """Return the quarantine rows of one file, in order of their lines.

    Args:
        ingest_id: The ingest.
        source_file: The file, as it is named.
        path: Where to look for lines; None for a file whose lines are not looked for.
        bad: Reason and raw text of each row that was read and judged, in the order of the file.
        rejected: Line, reason, detail and text of each line that could not be taken apart, in order.
    """
    rows: list[tuple[Any, ...]] = [
        (line, reason, detail, raw_text.rstrip("\r\n") if raw_text else raw_text)
        for line, reason, detail, raw_text in rejected
    ]
    sought = [SoughtRow.from_raw_text(raw_text) for _, raw_text in bad]
    lines = find_lines(path, sought) if sought and path else [None] * len(sought)
    for (reason, _), row, found in zip(bad, sought, lines, strict=True):
        pieces = [*row.fragments, row.place_name] if row.place_name and any(row.fragments) else list(row.fragments)
        rows.append(
            (
                found.number if found else None,
                reason,
                row.place_name or " | ".join(row.fragments),
                found.text if found else ",".join(pieces) or None,
            )
        )
    rows.sort(key=lambda row: row[0] if row[0] is not None else 1 << 62)
    return pa.table(
        {
            "ingest_id": pa.array([ingest_id] * len(rows), pa.string()),
            "source_file": pa.array([source_file] * len(rows), pa.string()),
            "row": pa.array(range(1, len(rows) + 1), pa.int64()),
            "line": pa.array([row[0] for row in rows], pa.int64()),
            "reason": pa.array([row[1] for row in rows], pa.string()),
            "detail": pa.array([row[2] for row in rows], pa.string()),
            "raw_text": pa.array([row[3] for row in rows], pa.string()),
        }
    )


def _not_looked_up(number: int, account: FileAccount) -> str:
    name = account.file.name.replace("'", "''")
    return f"""
        SELECT '{account.ingest_id}' AS ingest_id, '{name}' AS source_file, row_number() OVER (ORDER BY line, place) AS row,
               line, reason, detail, translate(raw_text, '{FRAGMENT_SEPARATOR}{PLACE_SEPARATOR}', ',,') AS raw_text
        FROM (
            SELECT place, NULL::BIGINT AS line, reason, NULL::VARCHAR AS detail, raw_text FROM bad WHERE file_number = {number}
            UNION ALL
            SELECT NULL, line, reason, detail, raw_text FROM rejected WHERE file_number = {number})"""
