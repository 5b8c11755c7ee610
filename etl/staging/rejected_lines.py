"""The lines that the CSV reader could not take apart, one row a line, with the reason.

Enters: the reader's own list of what it skipped. Leaves: file_number, line, reason, detail and raw_text of each.
"""

from __future__ import annotations

from collections.abc import Sequence

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.relations import Relation, Workbench

MAX_RAW_TEXT = 4_000

_REASONS = {
    "MISSING COLUMNS": Reason.WRONG_COLUMNS,
    "TOO MANY COLUMNS": Reason.WRONG_COLUMNS,
    "UNQUOTED VALUE": Reason.BAD_QUOTES,
    "INVALID STATE": Reason.BAD_QUOTES,
    "LINE SIZE OVER MAXIMUM": Reason.LINE_TOO_LONG,
    "INVALID ENCODING": Reason.BAD_ENCODING,
}
REJECTED_COLUMNS = {
    "file_number": "USMALLINT",
    "line": "UBIGINT",
    "reason": "VARCHAR",
    "detail": "VARCHAR",
    "raw_text": "VARCHAR",
}


def empty_rejected(bench: Workbench) -> Relation:
    """Make the table that rejected lines go to."""
    return bench.empty("rejected", REJECTED_COLUMNS)


def collect_rejects(bench: Workbench, numbers: Sequence[int], rejected: Relation) -> None:
    """Move what the reader skipped to the other rejected lines.

    Args:
        bench: Where the reader ran.
        numbers: Of the files that it read, in their order.
        rejected: Where the lines go.
    """
    if not bench.has_rows("duckdb_tables()", "table_name = 'reject_errors'"):
        return
    listed = ", ".join(map(str, numbers))
    reasons = ", ".join(f"'{error}': '{reason}'" for error, reason in _REASONS.items())
    bench.add(
        rejected,
        f"""SELECT ([{listed}])[file_id::BIGINT + 1] AS file_number, line,
                   CASE WHEN bool_or(error_type = 'LINE SIZE OVER MAXIMUM') THEN '{Reason.LINE_TOO_LONG}'
                        ELSE MAP {{{reasons}}}[arg_min(error_type::VARCHAR, column_idx)] END AS reason,
                   any_value(error_message) AS detail, left(ltrim(any_value(csv_line), chr(10) || chr(13)), {MAX_RAW_TEXT}) AS raw_text
            FROM reject_errors
            GROUP BY file_id, line""",
    )
    forget_rejects(bench)


def forget_rejects(bench: Workbench) -> None:
    """Forget what the reader skipped: of rows that were only looked at, or are read a second time."""
    for table in ("reject_errors", "reject_scans"):
        bench.connection.execute(f"DROP TABLE IF EXISTS {table}")
