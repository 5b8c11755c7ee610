"""The meters that outages are judged over: the service point of each, since when it owes intervals, how long they are.

Enters: columns of the table of meters and of the coverage. Leaves: arrays in the order of the meters' ids. Times in this
room are whole seconds since 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[Any]


@dataclass(frozen=True)
class Fleet:
    """The meters.

    Attributes:
        meter_ids: In order; everything else is by their places in it, `(n_meters,)`.
        site_ids: The site of each, "" where unknown; so building_ids and transformer_ids.
        latitude: Degrees north, NaN where unknown; so longitude, degrees east.
        first_s: Start of the first interval that each sent.
        interval_s: Length of its intervals.
        newest_s: End of the newest interval of all.
    """

    meter_ids: tuple[str, ...]
    site_ids: Texts
    building_ids: Texts
    transformer_ids: Texts
    latitude: Floats
    longitude: Floats
    first_s: Ints
    interval_s: Ints
    newest_s: int

    @property
    def common_interval_s(self) -> int:
        """The longest interval of any meter: two meters lose power in the same one of these or not together."""
        return int(self.interval_s.max()) if self.interval_s.size else 1800

    def whole_intervals(self, meter: int, from_s: int, to_s: int) -> int:
        """Return how many of a meter's intervals lie in [from_s, to_s)."""
        return max(0, to_s - from_s) // int(self.interval_s[meter])

    def has_coordinates(self, meters: Ints) -> Flags:
        """Say which meters have coordinates."""
        return np.isfinite(self.latitude[meters]) & np.isfinite(self.longitude[meters])
