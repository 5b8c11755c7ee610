"""Numbers as answers show them: to a millionth, which is what the lake is exact to, and without the noise of binary sums."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from meterlake.api.representations import finite

DECIMALS = 6
_PARTS = 10.0**DECIMALS


def rounded(numbers: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return numbers to a millionth, each the binary number nearest to it: 4.363 and not 4.3629999999999995.

    Arrow's own rounding leaves a number as it is that is a last digit off.
    """
    return pc.divide(pc.round(pc.multiply(numbers, _PARTS)), _PARTS)


def finite_and_rounded(rows: pa.Table) -> pa.Table:
    """Return rows with every column of numbers with a fraction rounded, null where one is no finite number."""
    for place, column in enumerate(rows.schema):
        if pa.types.is_floating(column.type):
            rows = rows.set_column(place, column.name, rounded(rows.column(place)))
    return finite(rows)
