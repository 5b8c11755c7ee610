"""Meters that took the place of others: one customer, who was never without power for it.

Enters: the fleet and when each meter sent last. Leaves: the fleet with its customers, and until when those served that were replaced. Where
nobody says which service point a meter measures, an exchange is what looks like one: at one place, by coordinates,
transformer and building, a meter stops for good and another begins within a day. As many are paired as stop and begin.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from meterlake.outage.fleet import NEVER_S, Fleet, Ints

_DAY_S = 86_400
_Place = tuple[object, ...]


def exchanged(fleet: Fleet, last_s: Ints) -> tuple[Fleet, Ints]:
    """Return the fleet with the customer of each meter, and until when each meter served, `(n_meters,)`.

    Args:
        fleet: The meters.
        last_s: End of the last interval that each sent.

    Returns:
        The fleet, and for a meter that was replaced when the other began; NEVER_S for all others.
    """
    until_s = np.full(len(fleet.meter_ids), NEVER_S, dtype=np.int64)
    customers = list(fleet.customer_ids or fleet.meter_ids)
    for old, new in _pairs(fleet, last_s):
        until_s[old] = max(int(fleet.first_s[new]), int(last_s[old]))
        customers[new] = customers[old]
    return replace(fleet, customer_ids=tuple(customers)), until_s


def _pairs(fleet: Fleet, last_s: Ints) -> list[tuple[int, int]]:
    """Return old and new meters, in the order in which the old ones stopped."""
    sends = fleet.first_s < NEVER_S
    if not sends.any():
        return []
    known = sends & np.array([_place(fleet, meter) is not None for meter in range(last_s.size)])
    stops = np.flatnonzero(known & (last_s + fleet.interval_s <= fleet.newest_s))
    begins = np.flatnonzero(known & (fleet.first_s > fleet.first_s[sends].min()))
    beginners: dict[_Place | None, list[int]] = defaultdict(list)
    for meter in sorted(begins.tolist(), key=lambda one: (int(fleet.first_s[one]), one)):
        beginners[_place(fleet, meter)].append(meter)
    pairs = []
    for old in sorted(stops.tolist(), key=lambda one: (int(last_s[one]), one)):
        waiting = beginners.get(_place(fleet, old), [])
        new = next((one for one in waiting if one != old and _follows(fleet, one, int(last_s[old]))), None)
        if new is not None:
            waiting.remove(new)
            pairs.append((old, new))
    return pairs


def _follows(fleet: Fleet, new: int, last_s: int) -> bool:
    """Say whether a meter began when another at its place stopped: where the service point is known, at any time after."""
    later_s = int(fleet.first_s[new]) - last_s
    return later_s >= -_DAY_S and (later_s <= _DAY_S or _has_service_point(fleet, new))


def _has_service_point(fleet: Fleet, meter: int) -> bool:
    return fleet.customer_of(meter) != fleet.meter_ids[meter]


def _place(fleet: Fleet, meter: int) -> _Place | None:
    """Return what two meters share that may follow each other: the service point, else where they stand; None if unknown."""
    if _has_service_point(fleet, meter):
        return (fleet.customer_of(meter),)
    at = (float(fleet.latitude[meter]), float(fleet.longitude[meter]))
    return (*at, fleet.transformer_ids[meter], fleet.building_ids[meter]) if np.isfinite(at).all() else None
