"""Which stored outage a judged one is: an outage keeps its id while it grows, merges and closes.

Enters: outages as judged now, and the meters' parts as stored before. Leaves: an id for each, and the ids that went into it.
A judged outage is the stored one with which it shares most meters at the same time; where two stored ones have become
one, the one that shares more lends its id and the other is named in the evidence. A new id is made from what is in the outage,
so that the same data give the same ids in a new lake.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from hashlib import blake2b

from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import Outage

_FOREVER = 2**62


@dataclass(frozen=True)
class StoredPart:
    """One meter's part of a stored outage; ended_s is None while it lasts."""

    outage_id: str
    meter_id: str
    started_s: int
    ended_s: int | None


@dataclass(frozen=True)
class Identity:
    """An outage's id, and the ids of outages that became part of it."""

    outage_id: str
    merged: tuple[str, ...] = ()


def identify(fleet: Fleet, outages: list[Outage], stored: list[StoredPart]) -> list[Identity]:
    """Return the identity of each judged outage, in their order."""
    shared = _shared_meters(fleet, outages, stored)
    ranked = sorted(
        ((-meters, outages[place].started_s, stored_id, place) for (place, stored_id), meters in shared.items()),
    )
    given: dict[int, str] = {}
    owner: dict[str, int] = {}
    for _, _, stored_id, place in ranked:
        if place not in given and stored_id not in owner:
            given[place] = stored_id
            owner[stored_id] = place
    merged: dict[int, list[str]] = defaultdict(list)
    for _, _, stored_id, place in ranked:  # the best of those that are left says into what an outage went
        if stored_id not in owner:
            owner[stored_id] = place
            merged[place].append(stored_id)
    used = set(owner)
    identities = []
    for place, outage in enumerate(outages):
        outage_id = given.get(place) or _new_id(fleet, outage, used)
        used.add(outage_id)
        identities.append(Identity(outage_id, tuple(sorted(merged[place]))))
    return identities


def _shared_meters(fleet: Fleet, outages: list[Outage], stored: list[StoredPart]) -> Counter[tuple[int, str]]:
    """Count the meters that a judged and a stored outage have at the same time."""
    by_meter: dict[str, list[StoredPart]] = defaultdict(list)
    for part in stored:
        by_meter[part.meter_id].append(part)
    shared: Counter[tuple[int, str]] = Counter()
    for place, outage in enumerate(outages):
        for own in outage.parts:
            for part in by_meter.get(fleet.meter_ids[own.meter], ()):
                if _overlap(own.started_s, own.ended_s, part.started_s, part.ended_s):
                    shared[place, part.outage_id] += 1
    return shared


def _overlap(start: int, end: int | None, other_start: int, other_end: int | None) -> bool:
    last = _FOREVER if end is None else max(end, start + 1)
    other_last = _FOREVER if other_end is None else max(other_end, other_start + 1)
    return start < other_last and other_start < last


def _new_id(fleet: Fleet, outage: Outage, used: set[str]) -> str:
    first = min(outage.parts, key=lambda part: (part.started_s, fleet.meter_ids[part.meter]))
    text = f"{fleet.meter_ids[first.meter]}|{first.started_s}"
    number = 0
    while True:
        outage_id = f"out-{blake2b(f'{text}|{number}'.encode(), digest_size=6).hexdigest()}"
        if outage_id not in used:
            return outage_id
        number += 1
