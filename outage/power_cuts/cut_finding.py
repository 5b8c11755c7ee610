"""Places whose meters lost power together, while those outside did not.

Enters: the absences that share a key, which is the interval in which power may have been lost. Leaves: places with the
chance that so many of their meters would have fallen silent if the place meant nothing. That chance is the upper tail
of a binomial whose probability is the part of the meters outside that fell silent for as long: a head-end loss that
takes 12 % of the fleet takes 12 % of a place too, and 12 % is then no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import binom

from meterlake.outage.evidence.absences import UNKNOWN, Absences
from meterlake.outage.fleet import Fleet, Ints
from meterlake.outage.places.place_grouping import NEIGHBOURS, NOWHERE, PlaceLevel, neighbourhoods, static_levels
from meterlake.outage.power_cuts.cut_places import CutPlace
from meterlake.outage.settings import OutageSettings

# A place of which more than this is silent is no measure of what is usual at that moment.
_OUTLYING_FRACTION = 0.75
_LEAST_OUTSIDE = 5
_LEAST_OUTSIDE_FRACTION = 0.02
_LEAST_REPORTING = 2
_REPORTING_FRACTION = 0.3
_CLUSTER_FRACTION, _QUIET_CLUSTER_FRACTION = 0.5, 0.4
_OTHER_FAULT_S = 300


class CutFinder:
    """Looks for places without power in one fleet."""

    def __init__(self, fleet: Fleet, absences: Absences, settings: OutageSettings) -> None:
        self.fleet = fleet
        self.absences = absences
        self.settings = settings
        self.levels = static_levels(fleet)
        self._neighbourhoods = neighbourhoods(fleet, settings.neighbour_metres)
        self._first_sorted = np.sort(fleet.first_s)
        self._longer = LongerSilences(fleet, absences)
        self._is_explained = np.zeros(len(absences), dtype=bool)

    def find(self) -> list[CutPlace]:
        """Return all places without power, in order of time."""
        found: list[CutPlace] = []
        for key_s, fault in coincidences(self.absences, self.settings.least_meters, self._longer):
            together = left = fault[~self._is_explained[fault]]
            for level in self.levels:
                left = self._taken(found, key_s, together, left, level)
            longer = self.absences.meter[self._longer.at(key_s)]
            for neighbourhood in self._neighbourhoods:
                near = neighbourhood.level_of(self.absences.meter[together], self.absences.meter[left], longer)
                if near is not None:
                    left = self._taken(found, key_s, together, left, near)
        return found

    def _taken(self, found: list[CutPlace], key_s: int, together: Ints, left: Ints, level: PlaceLevel) -> Ints:
        """Add the places of a level that are without power, and return the absences that they leave."""
        for cut in self._on_level(key_s, together, left, level):
            found.append(cut)
            self._is_explained[cut.absences] = True
            left = np.setdiff1d(left, cut.absences)
        return left

    def _on_level(self, key_s: int, together: Ints, left: Ints, level: PlaceLevel) -> list[CutPlace]:
        """Return the places of a level that are without power, among absences not yet explained."""
        silent = _grouped(left, level.labels[self.absences.meter[left]])
        moment = _Moment(
            self.fleet, self.absences, together, level, key_s, int(np.searchsorted(self._first_sorted, key_s))
        )
        explained = level.labels[self.absences.meter[np.setdiff1d(together, left)]]
        cuts = []
        for place, members in silent.items():
            if place == NOWHERE or members.size < min(self.settings.least_meters, _LEAST_REPORTING):
                continue
            owing = moment.owing[place] - self._away_before(level.members[place], key_s)
            owing -= int((explained == place).sum())  # what lower levels explain says nothing of this one
            cut = self._judged(key_s, level, place, members, owing, moment.background(place, members))
            if cut is not None:
                cuts.append(cut)
        return cuts

    def _judged(
        self, key_s: int, level: PlaceLevel, place: int, members: Ints, owing: int, background: float | None
    ) -> CutPlace | None:
        silent = np.unique(self.absences.meter[members]).size
        owing = max(owing, silent)
        usual = 1.0 if background is None else background
        chance = float(binom.sf(silent - 1, owing, usual))
        reporting = int(self.absences.has_event[members].sum())
        is_reported = reporting >= max(_LEAST_REPORTING, _REPORTING_FRACTION * silent)
        is_silent = silent >= self.settings.least_meters and chance < self.settings.largest_chance
        if silent < self._least_fraction(level, usual) * owing:
            is_silent = False
        if not (is_reported or is_silent):
            return None
        return CutPlace(key_s, level, place, members, owing, round(usual, 4), chance, reporting)

    def _least_fraction(self, level: PlaceLevel, background: float) -> float:
        # Clusters are made of silent meters, so chance alone makes them look silent; places are not.
        # Where hardly anybody else is silent less is enough: meters of other kinds show a short cut in other ways.
        of_clusters = min(1.0, _CLUSTER_FRACTION + background, _QUIET_CLUSTER_FRACTION + 2 * background)
        return max(self.settings.least_place_fraction, of_clusters if level.name == NEIGHBOURS else 0.0)

    def _away_before(self, meters: Ints, key_s: int) -> int:
        """Count the meters that had been away for longer when power was lost."""
        lows = np.searchsorted(self.absences.meter, meters, side="left")
        highs = np.searchsorted(self.absences.meter, meters, side="right")
        begun = key_s - self.fleet.usual_interval_s
        return sum(
            bool(((self.absences.from_s[low:high] < begun) & (self.absences.to_s[low:high] > key_s)).any())
            for low, high in zip(lows.tolist(), highs.tolist(), strict=True)
        )


class _Moment:
    """What is usual at one key: how many of the meters outside a place fell silent too."""

    def __init__(
        self, fleet: Fleet, absences: Absences, together: Ints, level: PlaceLevel, key_s: int, fleet_owing: int
    ) -> None:
        self.labels = level.labels[absences.meter[together]]
        self.to_s = absences.to_s[together]
        self.half_interval_s = fleet.usual_interval_s / 2
        self.fleet_owing = fleet_owing
        places, counts = np.unique(self.labels, return_counts=True)
        self.owing = {place: level.owing(fleet, place, key_s) for place in places.tolist() if place != NOWHERE}
        self.outlying = {
            place
            for place, count in zip(places.tolist(), counts.tolist(), strict=True)
            if place != NOWHERE and count > _OUTLYING_FRACTION * max(self.owing[place], 1)
        }
        self.outlying_owing = sum(self.owing[place] for place in self.outlying)
        self.is_measure = ~np.isin(self.labels, list(self.outlying))
        self._to_s_of_all = absences.to_s

    def background(self, place: int, members: Ints) -> float | None:
        """Return the part of the meters outside that fell silent for as long, or None where too few are outside."""
        shortest = float(np.median(self._to_s_of_all[members])) - self.half_interval_s
        own = 0 if place in self.outlying else self.owing[place]
        outside_owing = self.fleet_owing - self.outlying_owing - own
        if outside_owing < max(_LEAST_OUTSIDE, _LEAST_OUTSIDE_FRACTION * self.fleet_owing):
            return None
        outside_silent = int((self.is_measure & (self.labels != place) & (self.to_s >= shortest)).sum())
        # Half a meter more: among few meters outside, none silent does not prove that none ever is.
        return min(1.0, (outside_silent + 0.5) / (outside_owing + 1))


class LongerSilences:
    """Silences of meters whose intervals are longer than most: power may have failed at any time of the one before."""

    def __init__(self, fleet: Fleet, absences: Absences) -> None:
        length = fleet.interval_s[absences.meter]
        is_longer = absences.can_begin & (length > fleet.usual_interval_s) & (absences.loss_s == UNKNOWN)
        self._of_length: list[tuple[int, Ints, Ints]] = []
        for one in np.unique(length[is_longer]).tolist():
            places = np.flatnonzero(is_longer & (length == one))
            places = places[np.argsort(absences.from_s[places], kind="stable")]
            self._of_length.append((one, absences.from_s[places], places))

    def at(self, key_s: int) -> Ints:
        """Return those before which an interval holds the moment of a key."""
        found = [np.zeros(0, dtype=np.int64)]
        for length, from_s, places in self._of_length:
            low = np.searchsorted(from_s, key_s, side="right")
            high = np.searchsorted(from_s, key_s + length, side="left")
            found.append(places[low:high])
        return np.concatenate(found)


def coincidences(absences: Absences, least_meters: int, longer: LongerSilences) -> Iterator[tuple[int, Ints]]:
    """Give the absences that may share a cause, by key, in order: enough of them, or enough that were reported.

    What meters reported minutes apart are faults of their own, in one interval too; who reported nothing goes with most. Who sends
    longer intervals goes with every key that one of them holds.
    """
    chosen = np.flatnonzero(absences.can_begin)
    if chosen.size == 0:
        return
    order = chosen[np.argsort(absences.key_s[chosen], kind="stable")]
    keys, starts = np.unique(absences.key_s[order], return_index=True)
    reported = absences.has_event
    for key, own in zip(keys.tolist(), np.split(order, starts[1:]), strict=True):
        for fault in _faults(absences, np.union1d(own, longer.at(key))):
            reporting = fault.size >= _LEAST_REPORTING and reported[fault].sum() >= _LEAST_REPORTING
            if fault.size >= least_meters or reporting:
                yield key, np.sort(fault)


def _faults(absences: Absences, together: Ints) -> list[Ints]:
    """Return absences of one key by the times at which their losses were reported."""
    is_reported = absences.loss_s[together] != UNKNOWN
    reported = together[is_reported]
    if reported.size < _LEAST_REPORTING:
        return [together]
    reported = reported[np.argsort(absences.loss_s[reported], kind="stable")]
    later = np.flatnonzero(np.diff(absences.loss_s[reported]) > _OTHER_FAULT_S) + 1
    faults = np.split(reported, later)
    most = max(range(len(faults)), key=lambda one: faults[one].size)
    faults[most] = np.concatenate([faults[most], together[~is_reported]])
    return faults


def _grouped(absent: Ints, labels: Ints) -> dict[int, Ints]:
    order = np.argsort(labels, kind="stable")
    places, starts = np.unique(labels[order], return_index=True)
    return (
        {int(place): np.sort(group) for place, group in zip(places, np.split(absent[order], starts[1:]), strict=True)}
        if absent.size
        else {}
    )
