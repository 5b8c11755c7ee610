"""Neighbouring files of one layout, which are read together: the quick way for what is plain, the long one for the rest.

Enters: the files, and what their format says of plain rows. Leaves: their rows in the staged table, judged, and the lines
that the reader could not take apart. The long way is the meaning of every row. The quick one gives the same rows or none: a
file that holds rows which are not plainly good is read a second time in the long way, for these rows alone; and where that
does not give a reason to each of them, and to no other, the whole group is read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import ibis

from meterlake.etl.conforming.plain_reading import PlainReading
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.formats import FORMATS
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.plain_rows import PlainRows
from meterlake.etl.staging.raw_files import raw_sql, raw_table, steps_kept
from meterlake.etl.staging.readable_files import NumberedFile
from meterlake.etl.staging.rejected_lines import collect_rejects, forget_rejects
from meterlake.etl.staging.staged_columns import STAGED_COLUMNS

_RAW_ROWS = "raw_rows_of_this_layout"
# Beyond this share a second read costs more than it spares.
_MOST_OTHER_ROWS = 0.2


@dataclass(frozen=True)
class FileGroup:
    """Such files.

    Attributes:
        bench: Where they are read.
        layout: The layout of all of them.
        files: In the order of their numbers.
        options: What they do not say themselves.
    """

    bench: Workbench
    layout: Layout
    files: tuple[NumberedFile, ...]
    options: ReadOptions

    @property
    def numbers(self) -> list[int]:
        """The files' numbers in the batch."""
        return [file.number for file in self.files]

    @property
    def is_own(self) -> str:
        """The SQL that says whether a staged row is of one of these files."""
        return f"file_number IN ({', '.join(map(str, self.numbers))})"

    @property
    def _file_number(self) -> str:
        return f"([{', '.join(map(str, self.numbers))}])[file_index::BIGINT + 1]::USMALLINT AS file_number"

    def add_rows(
        self, rows: Relation, rejected: Relation, plain: PlainReading | None, stated: Mapping[str, str]
    ) -> None:
        """Read and judge the files.

        Args:
            rows: The staged table, which is added to.
            rejected: Where the lines go that the reader skips.
            plain: How plain rows are read; None where they may not be.
            stated: The columns that the table states for all rows.
        """
        raw = raw_view(self.bench, self.files, self.layout)
        seen = PlainRows.seen_in(self.bench, raw, plain, self.options) if plain else None
        forget_rejects(self.bench)
        if seen is None:
            self._add_judged(rows, raw, stated)
            collect_rejects(self.bench, self.numbers, rejected)
            return
        filled = {} if stated else seen.stated
        names = ", ".join([*seen.stored, *filled])
        values = ", ".join([*seen.stored, *filled.values()])
        self.bench.connection.execute(
            f"INSERT INTO {rows} ({names}) SELECT {values} FROM ({seen.select(raw, self._file_number)})"
        )
        collect_rejects(self.bench, self.numbers, rejected)
        if not self._judge_others(rows, seen, stated):
            self.bench.remove(rows, self.is_own)
            self._add_judged(rows, raw, stated)
        forget_rejects(self.bench)

    def _judge_others(self, rows: Relation, seen: PlainRows, stated: Mapping[str, str]) -> bool:
        """Judge the rows that are not plainly good; say whether all of them are bad, and no others."""
        is_other = f"({seen.is_good}) IS NOT TRUE AND reason IS NULL AND {self.is_own}"
        counted = f"SELECT file_number, count(*) FROM {rows} WHERE {{}} GROUP BY ALL"
        others = dict(self.bench.rows(counted.format(is_other)))
        if not others:
            return True
        every = dict(self.bench.rows(counted.format(self.is_own)))
        if sum(others.values()) > _MOST_OTHER_ROWS * sum(every.values()):
            return False
        self.bench.remove(rows, is_other)
        again = replace(self, files=tuple(file for file in self.files if file.number in others))
        again._add_judged(rows, raw_view(self.bench, again.files, self.layout), stated, "reason IS NOT NULL")
        return others == dict(self.bench.rows(counted.format(f"reason IS NOT NULL AND {self.is_own}")))

    def _add_judged(self, rows: Relation, raw: Relation, stated: Mapping[str, str], condition: str = "true") -> None:
        """Add the rows for which a condition holds, in the long way."""
        stored = [name for name in STAGED_COLUMNS if name not in stated]
        typed = ", ".join(f"{name}::{STAGED_COLUMNS[name]}" for name in stored)
        self.bench.connection.execute(f"""
            INSERT INTO {rows} ({", ".join(stored)}, file_number)
            SELECT {typed}, {self._file_number}
            FROM ({conformed_sql(raw, self.layout, self.options)}) WHERE {condition}""")


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
