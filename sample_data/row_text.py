"""Rows of text, fast: whole columns laid side by side and the padding taken out at once.

Enters: columns of fixed-width bytes, or constants. Leaves: the bytes of the rows. Formatting a row at a time in
Python would cost more than drawing the readings.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.load_curve import FUSE_KWH

Column = NDArray[np.bytes_]
PADDING = b"\0"


def render_rows(rows: int, columns: list[bytes | Column]) -> bytes:
    """Renders rows.

    Args:
        rows: how many.
        columns: left to right, each a constant or `(rows,)` of bytes; separators and the line end are constants.

    Returns:
        The rows, one after another. NumPy pads short texts with NUL, which no text holds.
    """
    widths = [len(column) if isinstance(column, bytes) else column.dtype.itemsize for column in columns]
    table = np.empty(rows, dtype=[(f"part_{place}", f"S{width}") for place, width in enumerate(widths)])
    for place, column in enumerate(columns):
        table[f"part_{place}"] = column
    return table.tobytes().translate(None, PADDING)


@cache
def london_value_texts() -> Column:
    """Gives the text of 0, 1, 2 … Wh as the London files write kWh: no trailing zeros, a blank on either side."""
    return np.array([f" {energy_wh / 1000:g} " for energy_wh in range(int(FUSE_KWH * 1000) + 1)], dtype=np.bytes_)


@cache
def default_value_texts() -> Column:
    """Gives the text of 0, 1, 2 … Wh as the default format writes kWh: three decimals."""
    return np.array([f"{energy_wh / 1000:.3f}" for energy_wh in range(int(FUSE_KWH * 1000) + 1)], dtype=np.bytes_)


def london_time_texts(instants: NDArray[np.datetime64]) -> Column:
    """Writes datetime64[s] as the London files do: `2013-01-01 00:30:00.0000000`."""
    return np.array(
        [f"{text[:10]} {text[11:]}.0000000" for text in np.datetime_as_string(instants, unit="s").tolist()],
        dtype=np.bytes_,
    )


def default_time_texts(instants: NDArray[np.datetime64]) -> Column:
    """Writes datetime64[s] as the default format does: date, hour, the letters 24, minute, second."""
    texts = np.datetime_as_string(instants, unit="s").tolist()
    return np.array(
        [f"{text[:4]}{text[5:7]}{text[8:10]}{text[11:13]}24{text[14:16]}{text[17:]}" for text in texts],
        dtype=np.bytes_,
    )
