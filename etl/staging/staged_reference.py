"""Raw files of meters or of weather into one table in memory, each row judged; the counterpart of staged_readings."""

from __future__ import annotations

from collections.abc import Sequence

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.relations import Workbench
from meterlake.etl.staging.file_group import conformed_sql, raw_view
from meterlake.etl.staging.readable_files import ReadableFiles, add_taken_out
from meterlake.etl.staging.rejected_lines import collect_rejects, empty_rejected
from meterlake.etl.staging.staged_readings import StagedRows
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import Table


def stage_reference(
    bench: Workbench, readable: ReadableFiles, table: Table, ingest_ids: Sequence[str], options: ReadOptions
) -> StagedRows:
    """Read and judge files whose rows go to one table; the rows have its columns, as far as their files say them."""
    types = {column.name: column.type.value for column in table.columns}
    judged = {"reason": "VARCHAR", "raw_text": "VARCHAR", "file_number": "USMALLINT"}
    staged = StagedRows(bench.empty("staged", types | judged), empty_rejected(bench))
    for file in readable.files:
        own = [f"{file.number} AS file_number"]
        if "ingest_id" in types:
            own.append(f"{sql_text(ingest_ids[file.number])} AS ingest_id")
        conformed = conformed_sql(raw_view(bench, [file], file.layout), file.layout, options)
        bench.add(staged.rows, f"SELECT * EXCLUDE (file_index), {', '.join(own)} FROM ({conformed})")
        collect_rejects(bench, [file.number], staged.rejected)
        add_taken_out(bench, file.number, readable.taken_out[file.number], staged.rejected)
    return staged
