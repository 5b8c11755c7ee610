"""Which meters hang on the same wire: transformer, building, feeder and substation where they are known, then neighbours by distance.

Enters: the fleet. Leaves: for each level a number of the place of each meter, and how many meters of a place owed an
interval at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meterlake.outage.fleet import Fleet, Ints, Texts
from meterlake.outage.places.neighbours import cluster_by_distance, nearest_neighbours

NOWHERE = -1
NEIGHBOURS = "neighbours"
# A district is no wire: what fails in it at once need not be one fault.
WIRED_LEVELS = ("feeder", "substation")
_NEIGHBOURS = 5
# The more of the fleet is silent at once, the more neighbours are by chance.
_SILENT_NEIGHBOURS, _MOST_SILENT_NEIGHBOURS = 0.3, 0.5
_LEAST_CLUSTER = 3


@dataclass(frozen=True)
class PlaceLevel:
    """One way to tell places apart.

    Attributes:
        name: transformer, building, feeder, substation or neighbours.
        labels: The place of each meter, `(n_meters,)`; NOWHERE where this level says nothing of it.
        members: The meters of each place.
    """

    name: str
    labels: Ints
    members: dict[int, Ints]

    def owing(self, fleet: Fleet, place: int, at_s: int) -> int:
        """Return how many meters of a place had sent something before a time."""
        return int((fleet.first_s[self.members[place]] < at_s).sum())


def static_levels(fleet: Fleet) -> tuple[PlaceLevel, ...]:
    """Return the levels that are known: transformers, with buildings where none is noted; buildings; the network above."""
    has_transformer = fleet.transformer_ids != ""
    wires = np.where(has_transformer, "T" + fleet.transformer_ids, np.where(fleet.building_ids != "", "B", ""))
    wires = np.where(has_transformer | (fleet.building_ids == ""), wires, "B" + fleet.building_ids)
    above = [_level(name, fleet.network[name]) for name in WIRED_LEVELS if name in fleet.network]
    return _level("transformer", wires), _level("building", fleet.building_ids), *above


def neighbourhoods(fleet: Fleet, reach_metres: float) -> tuple[Neighbourhood, Neighbourhood]:
    """Return that of the meters of which neither transformer nor building is known, and that of all meters.

    The second is for what strikes many small transformers at once, of which none has meters enough to say it.
    """
    loose = np.flatnonzero((fleet.transformer_ids == "") & (fleet.building_ids == ""))
    everyone = np.arange(len(fleet.meter_ids), dtype=np.int64)
    return Neighbourhood(fleet, loose, reach_metres), Neighbourhood(fleet, everyone, reach_metres)


class Neighbourhood:
    """Some meters told apart by where their service points are, where no wire that is known says it."""

    def __init__(self, fleet: Fleet, meters: Ints, reach_metres: float) -> None:
        self.fleet = fleet
        self.reach_metres = reach_metres
        self.meters: Ints = meters[fleet.has_coordinates(meters)]
        self._nearest: dict[int, Ints] | None = None

    def level_of(self, silent: Ints, left: Ints, longer: Ints) -> PlaceLevel | None:
        """Return clusters of meters among silent neighbours, each with the neighbours that are not.

        Args:
            silent: Meters that fell silent together.
            left: Those of them that nothing explains yet.
            longer: Meters of longer intervals that may have lost power at the same time.

        A meter whose neighbours are mostly awake is no part of a cut: without this look what the head-end system loses
        all over would tie everything together.
        """
        if np.isin(left, self.meters).sum() < _LEAST_CLUSTER:
            return None
        nearest = self._nearest_of_each()
        is_silent = np.zeros(len(self.fleet.meter_ids), dtype=bool)
        is_silent[silent], is_silent[longer] = True, True
        is_explained = np.zeros(len(self.fleet.meter_ids), dtype=bool)
        is_explained[np.setdiff1d(silent, left)] = True
        enough = min(_MOST_SILENT_NEIGHBOURS, _SILENT_NEIGHBOURS + is_silent.mean())
        inside = np.array(
            [
                meter
                for meter in np.intersect1d(left, self.meters).tolist()
                if nearest[meter].size and is_silent[nearest[meter]].mean() >= enough
            ],
            dtype=np.int64,
        )
        if inside.size < _LEAST_CLUSTER:
            return None
        clusters = cluster_by_distance(self.fleet.latitude[inside], self.fleet.longitude[inside], self.reach_metres)
        labels = np.full(len(self.fleet.meter_ids), NOWHERE, dtype=np.int64)
        for meter, cluster in zip(inside.tolist(), clusters.tolist(), strict=True):
            near = nearest[meter]
            labels[near[~is_explained[near]]] = cluster
        labels[inside] = clusters
        return _numbered(NEIGHBOURS, labels)

    def _nearest_of_each(self) -> dict[int, Ints]:
        if self._nearest is None:
            found = nearest_neighbours(
                self.fleet.latitude[self.meters], self.fleet.longitude[self.meters], _NEIGHBOURS, self.reach_metres
            )
            self._nearest = {meter: self.meters[near] for meter, near in zip(self.meters.tolist(), found, strict=True)}
        return self._nearest


def _level(name: str, texts: Texts) -> PlaceLevel:
    _, numbers = np.unique(texts.astype(str), return_inverse=True)
    labels = np.where(texts == "", NOWHERE, numbers).astype(np.int64)
    return _numbered(name, labels)


def _numbered(name: str, labels: Ints) -> PlaceLevel:
    if labels.size == 0:
        return PlaceLevel(name, labels, {})
    order = np.argsort(labels, kind="stable")
    places, starts = np.unique(labels[order], return_index=True)
    groups = np.split(order, starts[1:])
    members = {int(place): group for place, group in zip(places, groups, strict=True) if place != NOWHERE}
    return PlaceLevel(name, labels, members)
