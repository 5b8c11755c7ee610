"""A place without power: what the steps of judging a cut hand on.

Enters: nothing; this is the shape. Leaves: which absences such places explain, and when their meters lost power.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from meterlake.outage.evidence.absences import UNKNOWN, Absences
from meterlake.outage.fleet import Flags, Ints
from meterlake.outage.places.place_grouping import PlaceLevel


@dataclass(frozen=True)
class CutPlace:
    """One place without power.

    Attributes:
        key_s: The key that its absences share.
        level: What kind of place it is.
        place: Its number on that level.
        absences: Which absences, ordered.
        owing: Meters of the place that owed the interval.
        background: Part of the meters outside that fell silent for as long.
        chance: How likely so many are if the place means nothing.
        reporting: How many of the meters reported a loss or a return of power.
    """

    key_s: int
    level: PlaceLevel
    place: int
    absences: Ints
    owing: int
    background: float
    chance: float
    reporting: int

    @property
    def fraction(self) -> float:
        """Part of the place's meters that is away."""
        return min(1.0, self.absences.size / max(1, self.owing))


def absences_in(absences: Absences, groups: Iterable[Iterable[CutPlace]]) -> Flags:
    """Say which absences belong to a place without power, `(n_absences,)`."""
    belongs = np.zeros(len(absences), dtype=bool)
    for group in groups:
        for place in group:
            belongs[place.absences] = True
    return belongs


def loss_moment(absences: Absences, members: Ints) -> float | None:
    """Return the middle of the times at which meters reported their loss, or None where none did."""
    known = absences.loss_s[members]
    known = known[known != UNKNOWN]
    return float(np.median(known)) if known.size else None
