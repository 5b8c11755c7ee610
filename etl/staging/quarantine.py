"""Bad rows to the quarantine table, each with its reason, its whole line and where that is.

Enters: rows that were read and judged bad, and lines that could not be taken apart. Leaves: a file for the quarantine
table, and the count of each file and reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from meterlake.etl.conforming.raw_format import TRANSLATED, Layout
from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR, LINE_SEPARATOR, PLACE_SEPARATOR
from meterlake.etl.landing.accounts import FileAccount
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.readable_files import NumberedFile
from meterlake.etl.staging.second_look import SoughtRow, is_plain_text, lines_of
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import QUARANTINE
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

# Beyond this a file is not a few bad rows but a bad file: its rows keep their texts and lose their lines.
MOST_ROWS_LOOKED_UP = 200_000


def quarantine_change(
    bench: Workbench,
    writer: ParquetWriter,
    accounts: list[FileAccount],
    reasons: Counter[str],
    files: Sequence[NumberedFile],
    *,
    bad: Relation,
    rejected: Relation,
) -> TableChange:
    """Write quarantine rows for all files of a batch and count them in the accounts.

    Args:
        bench: Where the rows are.
        writer: Writes the lake's files.
        accounts: By the files' numbers.
        reasons: Where each reason is counted.
        files: As they were read, by their numbers.
        bad: As meterlake.etl.staging.staged_readings.split_bad leaves them.
        rejected: As meterlake.etl.staging.rejected_lines collects them.
    """
    bad.having("file_number", "place", "reason", "raw_text")
    rejected.having("file_number", "line", "reason", "detail", "raw_text")
    counted = bench.rows(f"""
        SELECT file_number, reason, count(*) FROM (
            SELECT file_number, reason FROM {bad} UNION ALL SELECT file_number, reason FROM {rejected})
        GROUP BY ALL""")
    change = TableChange(QUARANTINE)
    row_counts: Counter[int] = Counter()
    for number, reason, row_count in counted:
        accounts[number].quarantined += row_count
        reasons[reason] += row_count
        row_counts[number] += row_count
    for number, row_count in sorted(row_counts.items()):
        account = accounts[number]
        if row_count <= MOST_ROWS_LOOKED_UP:
            with bench.shown("looked_up", _looked_up(bench, files[number], account, bad, rejected)) as rows:
                change.added.append(writer.write(QUARANTINE, f"SELECT * FROM {rows}"))
        else:
            found = f"(SELECT * FROM {found_rows(str(bad), str(rejected))} WHERE file_number = {number})"
            of_file = f"{sql_text(account.ingest_id)} AS ingest_id, {sql_text(account.file.name)} AS source_file"
            change.added.append(writer.write(QUARANTINE, f"SELECT {of_file}, * FROM ({numbered_rows(found)})"))
    return change


def found_rows(bad: str, rejected: str) -> str:
    """Return SQL for rows of both kinds, of both engines: bad ones have a place, rejected ones a line and a detail."""
    return f"""(
        SELECT file_number, true AS is_bad, place, CAST(NULL AS BIGINT) AS line, reason, CAST(NULL AS STRING) AS detail, raw_text
        FROM {bad}
        UNION ALL
        SELECT file_number, false, CAST(0 AS BIGINT), CAST(line AS BIGINT), reason, detail, raw_text FROM {rejected})"""


def numbered_rows(found: str) -> str:
    """Return a SELECT of the quarantine rows of files whose lines are not looked for; both engines read it."""
    # The last order only makes the numbers of differences, which no line holds, the same in each run.
    order = "line NULLS LAST, place, raw_text"
    return f"""
        SELECT file_number, row_number() OVER (PARTITION BY file_number ORDER BY {order}) AS row, line, reason, detail,
               translate(raw_text, '{FRAGMENT_SEPARATOR}{PLACE_SEPARATOR}{LINE_SEPARATOR}', ',,,') AS raw_text
        FROM {found}"""


def _looked_up(
    bench: Workbench, file: NumberedFile, account: FileAccount, bad: Relation, rejected: Relation
) -> pa.Table:
    judged = bench.rows(f"SELECT reason, raw_text FROM {bad} WHERE file_number = ? ORDER BY place", [file.number])
    torn = bench.rows(
        f"SELECT line, reason, detail, raw_text FROM {rejected} WHERE file_number = ? ORDER BY line", [file.number]
    )
    path = looked_at(file.layout, file.path, account.file.path)
    return quarantine_table(account.ingest_id, account.file.name, path, file.layout, judged, torn)


def looked_at(layout: Layout, readable: Path, original: Path) -> Path | None:
    """Return where the lines of a file's bad rows stand, None where they are not looked for.

    Args:
        layout: How the engine reads it.
        readable: What the engine reads.
        original: The file as it came.
    """
    if layout.kind == TRANSLATED:
        return original if layout.has_lines else None
    return readable if is_plain_text(layout, readable.name) else None


def quarantine_table(
    ingest_id: str,
    source_file: str,
    path: Path | None,
    layout: Layout,
    bad: Sequence[tuple[Any, ...]],
    rejected: Sequence[tuple[Any, ...]],
) -> pa.Table:
    """Return the quarantine rows of one file, in order of their lines.

    Args:
        ingest_id: The ingest.
        source_file: The file, as it is named.
        path: Where to look for lines; None for a file whose lines are not looked for.
        layout: How the file was read.
        bad: Reason and raw text of each row that was read and judged, in the order of the file.
        rejected: Line, reason, detail and text of each line that could not be taken apart, in order.
    """
    rows: list[dict[str, Any]] = [
        {
            "line": line,
            "reason": reason,
            "detail": detail,
            "raw_text": raw_text.rstrip("\r\n") if raw_text else raw_text,
        }
        for line, reason, detail, raw_text in rejected
    ]
    sought = [SoughtRow.from_raw_text(raw_text, has_line=layout.kind == TRANSLATED) for _, raw_text in bad]
    lines = lines_of(path, layout, sought)
    for (reason, _), row, found in zip(bad, sought, lines, strict=True):
        pieces = [*row.fragments, row.place_name] if row.place_name and any(row.fragments) else list(row.fragments)
        rows.append(
            {
                "line": found.number if found else None,
                "reason": reason,
                "detail": row.place_name or " | ".join(row.fragments),
                "raw_text": (found and found.text) or ",".join(pieces) or None,
            }
        )
    rows.sort(key=lambda row: row["line"] if row["line"] is not None else 1 << 62)
    of_file = {"ingest_id": ingest_id, "source_file": source_file}
    return pa.Table.from_pylist(
        [{**of_file, "row": number, **row} for number, row in enumerate(rows, start=1)], QUARANTINE.arrow_schema
    )
