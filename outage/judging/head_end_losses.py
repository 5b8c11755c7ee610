"""Intervals that meters all over miss at once: the head-end system lost them, and nobody was without power.

Enters: absences that no power cut explains. Leaves: groups of those that begin together, and each as an outage. How many
begin together by chance is known from the other intervals: absences of single meters arrive like a Poisson process. A
group must also come from several places, where places are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.absences import ALL, Absences
from meterlake.outage.fleet import Flags, Fleet, Ints
from meterlake.outage.judged_outages import Outage, OutagePart
from meterlake.outage.places.place_grouping import NOWHERE, PlaceLevel

# Over all intervals together, so many groups may be found by chance.
_FALSE_GROUPS = 1e-3
_LEAST_PLACES = 3
_PLAIN_COUNT = 3
_PLACES_KNOWN, _PLACES_UNKNOWN, _NOBODY_LEFT = 0.95, 0.8, 0.6
_ALMOST_ALL = 0.9


@dataclass(frozen=True)
class HeadEndLoss:
    """Meters all over that miss the same intervals.

    Attributes:
        key_s: Start of the first interval that they miss.
        absences: Which absences.
        chance: How likely so many begin together by chance.
        places: Over how many places they are spread; 0 where no place is known.
        owing: Meters that owed the interval.
    """

    key_s: int
    absences: Ints
    chance: float
    places: int
    owing: int


def find_head_end_losses(
    fleet: Fleet, absences: Absences, unexplained: Flags, places: PlaceLevel, least_meters: int
) -> list[HeadEndLoss]:
    """Return the losses among some absences, in order of time.

    Args:
        fleet: The meters.
        absences: All absences.
        unexplained: Which of them no power cut explains, `(n_absences,)`.
        places: Which meters hang on the same wire.
        least_meters: How many must miss an interval together.
    """
    # A meter that reported the loss of its power was not lost by the head-end system.
    free = np.flatnonzero(unexplained & ~absences.has_event & (absences.zeros < ALL))
    if free.size == 0:
        return []
    order = np.argsort(absences.key_s[free], kind="stable")
    keys, starts, counts = np.unique(absences.key_s[free][order], return_index=True, return_counts=True)
    intervals = max(1, (fleet.newest_s - int(fleet.first_s.min())) // fleet.usual_interval_s)
    # What begins alone or nearly alone says how often absences begin; a loss must not raise its own measure.
    plain = counts[counts <= max(_PLAIN_COUNT, np.quantile(counts, 0.9))].sum()
    rate = max(plain / intervals, 1e-9)
    chances = poisson.sf(counts - 1, rate)
    losses = []
    for place in np.flatnonzero((counts >= least_meters) & (chances * intervals < _FALSE_GROUPS)).tolist():
        together = np.sort(free[order[starts[place] : starts[place] + counts[place]]])
        found = _spread(fleet, absences, together, places, int(keys[place]), float(chances[place]))
        if found is not None and found.absences.size >= least_meters:
            losses.append(found)
    return losses


def _spread(
    fleet: Fleet, absences: Absences, together: Ints, places: PlaceLevel, key_s: int, chance: float
) -> HeadEndLoss | None:
    """Return a group without those that stayed away much longer, if it comes from several places."""
    away_s = absences.to_s[together] - absences.from_s[together]
    typical = float(np.median(away_s))
    members = together[away_s <= max(2 * typical, typical + fleet.usual_interval_s)]
    labels = places.labels[absences.meter[members]]
    named = np.unique(labels[labels != NOWHERE]).size
    unnamed = int((labels == NOWHERE).sum())
    if named + unnamed < min(_LEAST_PLACES, len(places.members) + unnamed):
        return None
    owing = int((fleet.first_s <= key_s).sum())
    return HeadEndLoss(key_s, members, chance, named, owing)


def head_end_outage(fleet: Fleet, absences: Absences, loss: HeadEndLoss) -> Outage:
    """Return a head-end loss as an outage."""
    parts = tuple(
        OutagePart(
            int(absences.meter[one]),
            int(absences.from_s[one]),
            None if absences.is_open[one] else int(absences.to_s[one]),
            int(absences.from_s[one]),
            fleet.whole_intervals(int(absences.meter[one]), int(absences.from_s[one]), int(absences.to_s[one])),
            str(absences.codes[one]),
        )
        for one in sorted(loss.absences.tolist(), key=lambda one: int(absences.meter[one]))
    )
    fraction = len(parts) / max(1, loss.owing)
    confidence = _PLACES_KNOWN if loss.places else _PLACES_UNKNOWN
    if fraction > _ALMOST_ALL:  # nobody is left to tell a lost delivery from a blackout
        confidence = _NOBODY_LEFT
    evidence = {
        "meters_owing": loss.owing,
        "silent_fraction": round(fraction, 4),
        "places": loss.places,
        "chance": float(f"{loss.chance:.1e}"),
    }
    ends = [part.ended_s for part in parts]
    ended = None if None in ends else max(end for end in ends if end is not None)
    return Outage(Cause.HEAD_END_LOSS, loss.key_s, ended, parts, confidence, evidence)
