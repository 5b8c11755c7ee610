"""Places that failed together as one outage: a district is one fault, not forty.

Enters: places without power. Leaves: groups of them. Two places belong together where their keys are the same, or
their meters reported the loss within two minutes, and they are near: on one feeder or substation, or, where the network of one of
them is unknown, by distance (DBSCAN), or the same. That they are of one site or city joins none.
Meters of one place whose keys are neighbours belong together if they came back together: the head-end system may have
lost the interval before the cut from some of them.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np

from meterlake.outage.evidence.absences import Absences
from meterlake.outage.fleet import Fleet, Ints
from meterlake.outage.places.neighbours import cluster_by_distance
from meterlake.outage.places.place_grouping import NEIGHBOURS, WIRED_LEVELS
from meterlake.outage.power_cuts.cut_places import CutPlace, loss_moment

_SAME_FAULT_S = 120
_LARGEST_SPREAD_S = 600


def link_places(fleet: Fleet, absences: Absences, cuts: list[CutPlace], district_metres: float) -> list[list[CutPlace]]:
    """Return the places without power, those of one fault together, in order of time."""
    parent = list(range(len(cuts)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    moments = [loss_moment(absences, cut.absences) for cut in cuts]
    by_key: dict[int, list[int]] = defaultdict(list)
    for place, cut in enumerate(cuts):
        by_key[cut.key_s].append(place)
    for key, here in by_key.items():
        bucket = here + by_key.get(key + fleet.usual_interval_s, [])
        if len(bucket) < 2:
            continue
        near = _near(fleet, absences, [cuts[one] for one in bucket], district_metres)
        for first, second in near:
            one, other = bucket[first], bucket[second]
            is_same_place = (cuts[one].level.name, cuts[one].place) == (cuts[other].level.name, cuts[other].place)
            # Clusters have numbers that mean nothing at another key; that they are near is enough.
            is_same_place |= cuts[one].level.name == cuts[other].level.name == NEIGHBOURS
            came_back_together = is_same_place and usual_end(absences, cuts[one]) == usual_end(absences, cuts[other])
            is_same_key = cuts[one].key_s == cuts[other].key_s
            if came_back_together or _is_same_time(is_same_key, moments[one], moments[other]):
                parent[max(root(one), root(other))] = min(root(one), root(other))
    groups: dict[int, list[CutPlace]] = defaultdict(list)
    for place, cut in enumerate(cuts):
        groups[root(place)].append(cut)
    return list(groups.values())


def usual_end(absences: Absences, cut: CutPlace) -> int:
    """Return when most of a place's meters came back."""
    ends, counts = np.unique(absences.to_s[cut.absences], return_counts=True)
    return int(ends[np.argmax(counts)])


def _is_same_time(is_same_key: bool, one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return is_same_key
    return abs(one - other) <= (_LARGEST_SPREAD_S if is_same_key else _SAME_FAULT_S)


def _near(fleet: Fleet, absences: Absences, cuts: list[CutPlace], district_metres: float) -> list[tuple[int, int]]:
    """Return the pairs of places that are near."""
    meters: list[Ints] = [absences.meter[cut.absences] for cut in cuts]
    owner = np.repeat(np.arange(len(cuts)), [one.size for one in meters])
    points = np.concatenate(meters)
    known = fleet.has_coordinates(points)
    pairs = []
    if known.any():
        at = points[known]
        labels = cluster_by_distance(fleet.latitude[at], fleet.longitude[at], district_metres)
        pairs += _pairs(labels.tolist(), owner[known].tolist())
    wires = [fleet.network[level][points] for level in WIRED_LEVELS if level in fleet.network]
    if wires:
        is_unknown = np.bincount(owner, weights=wires[0] == "") > 0
        pairs = [(one, other) for one, other in pairs if is_unknown[one] or is_unknown[other]]
    for names in wires:
        pairs += _pairs([name or None for name in names.tolist()], owner.tolist())
    pairs += _pairs([(cuts[one].level.name, cuts[one].place) for one in range(len(cuts))], list(range(len(cuts))))
    return pairs


def _pairs(names: list[Any], owners: list[int]) -> list[tuple[int, int]]:
    """Return all pairs of owners of an equal name."""
    by_name: dict[Any, set[int]] = defaultdict(set)
    for name, owner in zip(names, owners, strict=True):
        if name is not None:
            by_name[name].add(owner)
    return [pair for owners_of in by_name.values() for pair in combinations(sorted(owners_of), 2)]
