"""A line of units below a header, as loggers and laboratories write it: `,,Wh` says that the third column is in Wh.

Enters: the first line below a header, taken apart. Leaves: the units in it; none where the line is a row like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.units import spelled, units_of


def units_below_header(cells: Sequence[str]) -> tuple[str, ...]:
    """Return for each cell its unit, empty where it says none; nothing where the line is a row.

    >>> units_below_header(("-", "", "[Wh]")), units_below_header(("M1", "2024-01-01", "kWh"))
    (('', '', 'Wh'), ())
    """
    known = {name for quantity in QUANTITIES.values() for name in units_of(quantity)}
    bare = [cell.strip().strip("[]()").strip() for cell in cells]
    units = tuple(cell if spelled(cell) in known else "" for cell in bare)
    # A row has a time or a number at least; a unit may have a digit, as m3.
    says_more = any(any(map(str.isdigit, cell)) for cell, unit in zip(bare, units, strict=True) if not unit)
    return () if says_more or not any(units) else units
