"""Statements out of a table, laid over one another, and what stands of them as a table again.

Enters: rows of statements whose intervals overlap, numbered, an island after the other: what shares no moment with another
island's shares no fate with it. Leaves: the pieces that stand, and what lies over the statements that do not stand whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa

from meterlake.etl.covering.cover_rules import Cover, Kind, Statement, lying_over
from meterlake.etl.merging.quality_order import quality_order
from meterlake.lake.codes.quality import Quality
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation

_BILLION = 1_000_000_000


class Row(NamedTuple):
    """A statement as a row.

    Attributes:
        number: Its own; they grow in the order of the rows.
        island: Its island's.
        quantity: What is measured.
        start: Microseconds since 1970.
        end: The same.
        value: As it was said.
        rank: How good its quality is, 0 the best.
        arrival: When it came, as a number that grows.
    """

    number: int
    island: int
    quantity: str
    start: int
    end: int
    value: float
    rank: int
    arrival: int


@dataclass
class Folded:
    """What stands.

    Attributes:
        pieces: number, start, end, value and quality of each piece; value and quality are null where a statement stands whole.
        lost: The number of each statement that does not stand whole, and of the one that lies `over` it.
    """

    pieces: list[tuple[int, int, int, float | None, str | None]] = field(default_factory=list)
    lost: list[tuple[int, int | None]] = field(default_factory=list)

    def pieces_table(self) -> pa.Table:
        """Return the pieces as columns."""
        names = ("number", "start", "stop", "value", "quality")
        types = (pa.int64(), pa.int64(), pa.int64(), pa.float64(), pa.string())
        return _table(self.pieces, names, types)

    def lost_table(self) -> pa.Table:
        """Return what was lost as columns."""
        return _table(self.lost, ("number", "over"), (pa.int64(), pa.int64()))


def fold(rows: Iterable[tuple[object, ...]]) -> Folded:
    """Lay the statements of each island over one another.

    Args:
        rows: As Row has them, in the order of their islands.
    """
    folded, qualities = Folded(), quality_order()
    for _, island in groupby(map(Row._make, rows), key=lambda row: row.island):
        _fold_island(list(island), folded, qualities)
    return folded


def _fold_island(rows: list[Row], folded: Folded, qualities: Sequence[Quality]) -> None:
    statements = [
        Statement(row.start, row.end, round(row.value * _BILLION), row.rank, row.arrival, row.rank) for row in rows
    ]
    pieces = Cover(statements, kind_of(rows[0].quantity)).pieces()
    for piece in pieces:
        said = None if piece.value is None else (piece.value / _BILLION, str(qualities[piece.worth]))
        folded.pieces.append((rows[piece.owner].number, piece.start, piece.end, *(said or (None, None))))
    for number, over in lying_over(statements, pieces).items():
        folded.lost.append((rows[number].number, None if over is None else rows[over].number))


def kind_of(name: str) -> Kind:
    """Return how the values of a quantity behave where their intervals overlap."""
    quantity = QUANTITIES[name]
    return Kind(quantity.aggregation is Aggregation.SUM, quantity.lowest < 0)


def _table(rows: Sequence[tuple[object, ...]], names: tuple[str, ...], types: tuple[pa.DataType, ...]) -> pa.Table:
    columns: Iterator[tuple[object, ...]] = zip(*rows, strict=True) if rows else iter([()] * len(names))
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names)
