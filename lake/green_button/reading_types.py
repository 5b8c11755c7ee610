"""What ESPI (NAESB REQ.21, espi.xsd 4.0) calls what is measured here: the codes of a ReadingType, and values as its whole numbers.

Enters: a quantity and its values in its own unit. Leaves: codes, and the power of ten by which every value is a whole number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from meterlake.lake.codes.quality import Quality
from meterlake.lake.errors import BadParameter

_DELTA, _CUMULATIVE, _INSTANTANEOUS = 4, 3, 12
_REGISTER = "_register"
# Int48 of the schema.
_MOST = 1 << 47
# Powers of ten that the schema has, the plainest first.
_POWERS = (0, -3, -6, -9)


@dataclass(frozen=True)
class ReadingCodes:
    """The codes of one quantity.

    Attributes:
        service: The kind of the usage point's service: 0 electricity, 1 gas, 2 water.
        commodity: 1 electricity, 7 gas, 9 water.
        uom: The unit of measure: 72 Wh, 73 varh, 38 W, 42 m³.
        flow: 1 delivered to the customer, 19 received from there.
        behaviour: 4 what flowed in an interval, 3 what a register stood at, 12 at a moment.
        shift: The power of ten from the quantity's unit to this one.
    """

    service: int
    commodity: int
    uom: int
    flow: int = 1
    behaviour: int = _DELTA
    shift: int = 3


_CODES = {
    "energy": ReadingCodes(0, 1, 72),
    "energy_export": ReadingCodes(0, 1, 72, flow=19),
    "energy_reactive": ReadingCodes(0, 1, 73),
    "energy_reactive_export": ReadingCodes(0, 1, 73, flow=19),
    "power": ReadingCodes(0, 1, 38, behaviour=_INSTANTANEOUS),
    "gas": ReadingCodes(1, 7, 42, shift=0),
    "gas_energy": ReadingCodes(1, 7, 72),
    "water": ReadingCodes(2, 9, 42, shift=0),
}
QUALITY_CODES = {Quality.ACTUAL: 0, Quality.ESTIMATED: 8, Quality.EDITED: 7, Quality.SUSPECT: 10}


def codes_of(quantity: str) -> ReadingCodes:
    """Return the codes of a quantity, or of a register of one.

    Raises:
        BadParameter: If ESPI has none for it.
    """
    flow = quantity.removesuffix(_REGISTER)
    if flow not in _CODES:
        expected = f"one that Green Button has codes for: {', '.join(_CODES)}, and their registers"
        raise BadParameter("quantity", quantity, expected, "energy")
    own = _CODES[flow]
    is_register = quantity != flow
    return ReadingCodes(
        own.service, own.commodity, own.uom, own.flow, _CUMULATIVE if is_register else own.behaviour, own.shift
    )


def whole_numbers(values: npt.NDArray[np.float64], codes: ReadingCodes) -> tuple[npt.NDArray[np.int64], int]:
    """Return values as whole numbers of a power of ten of their unit: the plainest by which none loses a digit.

    Where none does that, the finest by which they are still numbers of the schema, rounded.

    >>> whole_numbers(np.array([0.45, 0.5125]), codes_of("energy"))
    (array([450000, 512500]), -3)
    """
    found: tuple[npt.NDArray[np.int64], int] | None = None
    for power in _POWERS:
        scale = 10.0 ** (codes.shift - power)
        rounded = np.rint(values * scale)
        if found and np.abs(rounded).max(initial=0.0) >= _MOST:
            break
        found = rounded.astype(np.int64), power
        if np.array_equal(rounded / scale, values):
            break
    assert found
    return found
