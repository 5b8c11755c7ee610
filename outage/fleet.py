"""The meters that outages are judged over: where each stands, since when it owes intervals, how long they are.

Enters: columns of the table of meters and of the coverage. Leaves: arrays in the order of the meters' ids. Times in this
room are whole seconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[Any]

# Above the transformer, the lowest first.
NETWORK_LEVELS = ("feeder", "substation", "district")
# The first interval of a meter that sends stands and messages alone: it owes none, at any time.
NEVER_S = 1 << 40
_USUAL_S = 1800


@dataclass(frozen=True)
class Fleet:
    """The meters.

    Attributes:
        meter_ids: In order; everything else is by their places in it, `(n_meters,)`.
        site_ids: The site of each, "" where unknown; so building_ids and transformer_ids.
        latitude: Degrees north, NaN where unknown; so longitude, degrees east.
        first_s: Start of the first interval that each sent, NEVER_S where it sends none.
        interval_s: Length of its intervals.
        newest_s: End of the newest interval of all.
        network: Level of the network above the transformer to the place of each meter, "" where unknown; the lowest first.
        customer_ids: The customer behind each meter; empty where every meter is one.
        last_stand_s: When each meter without intervals was read last; 0 where it never was.
        sends_at_end: Whether a meter sends an interval if it has power at its end, and not at its start.
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
    network: Mapping[str, Texts] = field(default_factory=dict)
    customer_ids: tuple[str, ...] = ()
    last_stand_s: Ints | None = None
    sends_at_end: bool = False

    @cached_property
    def usual_interval_s(self) -> int:
        """The length that most meters' intervals have; those of others are judged at their own."""
        lengths, counts = np.unique(self.interval_s[self.first_s < NEVER_S], return_counts=True)
        return int(lengths[np.argmax(counts)]) if lengths.size else _USUAL_S

    def customer_of(self, meter: int) -> str:
        """Return the customer behind a meter."""
        return self.customer_ids[meter] if self.customer_ids else self.meter_ids[meter]

    def whole_intervals(self, meter: int, from_s: int, to_s: int) -> int:
        """Return how many of a meter's intervals lie in [from_s, to_s)."""
        return max(0, to_s - from_s) // int(self.interval_s[meter])

    def has_coordinates(self, meters: Ints) -> Flags:
        """Say which meters have coordinates."""
        return np.isfinite(self.latitude[meters]) & np.isfinite(self.longitude[meters])
