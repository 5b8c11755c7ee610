"""A raw format that is known by its CSV header: what its files' columns are called, and which of them it needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.named_format import NamedFormat
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch, ReadOptions


class HeaderFormat(NamedFormat, ABC):
    """One such format.

    Attributes:
        target: The table its rows go to.
        headers: Headers that it has; of them the nearest is named where a file's is another.
        holds, times, example: See RawFormat.
    """

    target: str
    headers: Sequence[tuple[str, ...]]
    holds: str
    times: str
    example: Example

    @abstractmethod
    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the column that each name of a header stands for; an empty text for a name that is none."""

    @abstractmethod
    def is_whole(self, columns: set[str]) -> bool:
        """Say whether a file of these columns is of the format; each of them stands there once."""

    @abstractmethod
    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw text rows into canonical ones; see RawFormat."""

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its header, whatever the order of its columns."""
        if head.kind != "csv":
            return Mismatch(1.0, f"expected CSV, found {head.kind}")
        header = read_header(head)
        columns = self.columns_of(header.names)
        if "" not in columns and len(set(columns)) == len(columns) and self.is_whole(set(columns)):
            return Layout(self.name, "csv", columns, header.delimiter, header.quote, encoding=head.encoding)
        misses = (header_mismatch(header.names, one) for one in self.headers)
        return min(misses, key=lambda mismatch: mismatch.distance)
