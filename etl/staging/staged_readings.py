"""Raw files into one table in memory, each row judged.

Enters: files of any layouts. Leaves: their rows, good and bad ones, with the number of the file each came from; and the
lines that could not be taken apart at all. Files of one layout are read in parallel; rows keep their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from meterlake.etl.conforming.plain_reading import PlainReading
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.file_group import FileGroup
from meterlake.etl.staging.plain_rows import plain_reading, same_in_every_row
from meterlake.etl.staging.readable_files import ReadableFiles, add_taken_out
from meterlake.etl.staging.rejected_lines import empty_rejected
from meterlake.etl.staging.staged_columns import column_types, create_codes


@dataclass(frozen=True)
class StagedRows:
    """What a batch's files hold.

    Attributes:
        rows: The rows, judged: `reason` is null for a good one; with file_number. Times are UTC without a zone.
        rejected: The lines that could not be taken apart; see meterlake.etl.staging.rejected_lines.
    """

    rows: Relation
    rejected: Relation


def stage_readings(
    bench: Workbench, readable: ReadableFiles, options: ReadOptions, *, plain_first: bool = True
) -> StagedRows:
    """Read and judge files of readings; neighbours of one layout are read together.

    Args:
        bench: Where the rows go.
        readable: The files.
        options: What they do not say themselves.
        plain_first: Whether rows that are plain are read as such; the rows are the same in either way.
    """
    create_codes(bench)
    groups = [
        FileGroup(bench, layout, tuple(files), options)
        for layout, files in groupby(readable.files, key=lambda file: file.layout)
    ]
    plain = [plain_reading(group.layout, options) if plain_first else None for group in groups]
    stated = _same_in_every_row(plain)
    staged = StagedRows(bench.empty("staged", column_types(stated)), empty_rejected(bench))
    for group, how in zip(groups, plain, strict=True):
        group.add_rows(staged.rows, staged.rejected, how, stated)
    for number, lines in readable.taken_out.items():
        add_taken_out(bench, number, lines, staged.rejected)
    return staged


def _same_in_every_row(plain: Sequence[PlainReading | None]) -> dict[str, str]:
    """Return the SQL of the columns that are the same in every row of a batch."""
    said = [same_in_every_row(how) if how else {} for how in plain]
    return said[0] if said and said.count(said[0]) == len(said) else {}


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
