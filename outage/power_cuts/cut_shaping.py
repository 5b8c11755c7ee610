"""Which part of whose absence belongs to a power cut: stragglers, early goers and lost tails.

Enters: places without power that are one fault. Leaves: for each meter the part of its absence that the cut explains,
and what is left over before and after, which something else explains. Power comes back in stages, so several ends may
be right; an end that one meter has alone, without a report, is that meter's own trouble.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from meterlake.outage.evidence.absences import UNKNOWN, Absences
from meterlake.outage.fleet import Flags, Fleet, Ints
from meterlake.outage.power_cuts.cut_places import CutPlace, absences_in

_STAGE_METERS = 3
_STAGE_FRACTION = 0.1


@dataclass(frozen=True)
class CutShape:
    """The meters of one power cut, `(n,)` each.

    Attributes:
        places: The places without power.
        absences: Which absences.
        from_s: Start of the first interval lost to the cut, so to_s the end of the last.
        is_open: Whether the meter is still without power.
    """

    places: list[CutPlace]
    absences: Ints
    from_s: Ints
    to_s: Ints
    is_open: Flags


@dataclass(frozen=True)
class Remainder:
    """A part of an absence that a power cut does not explain."""

    absence: int
    from_s: int
    to_s: int
    is_open: bool


def shape_cuts(
    fleet: Fleet, absences: Absences, groups: list[list[CutPlace]], head_end: list[tuple[int, int]]
) -> tuple[list[CutShape], list[Remainder]]:
    """Return the shapes of all cuts and what is left over.

    Args:
        fleet: The meters.
        absences: All absences.
        groups: The places without power of each cut.
        head_end: Start and usual end of each head-end loss.
    """
    taken = absences_in(absences, groups)
    shapes: list[CutShape] = []
    remainders: list[Remainder] = []
    for places in groups:
        shape, left = _shape_cut(fleet, absences, places, taken, head_end)
        taken[shape.absences] = True  # what joins one cut joins no other
        shapes.append(shape)
        remainders += left
    return shapes, remainders


def _shape_cut(
    fleet: Fleet, absences: Absences, places: list[CutPlace], taken: Flags, head_end: list[tuple[int, int]]
) -> tuple[CutShape, list[Remainder]]:
    """Return the shape of one cut and what is left over; `taken` says which absences belong to a cut already."""
    members = np.unique(np.concatenate([place.absences for place in places]))
    ends = _stages(absences, members, head_end)
    begins, counts = np.unique(absences.from_s[members], return_counts=True)
    begin = int(begins[np.argmax(counts)])
    begin_length = max(_sharpness(fleet, absences, one) for one in members[absences.from_s[members] == begin].tolist())
    every = np.concatenate([members, _joiners(fleet, absences, places, members, begin, ends, taken)])
    own_from, own_to = absences.from_s[every].copy(), absences.to_s[every].copy()
    own_open = absences.is_open[every].copy()
    left: list[Remainder] = []
    for place, absence in enumerate(every.tolist()):
        length = _sharpness(fleet, absences, absence)
        end = _end_of(absences, absence, ends, length)
        if end < own_to[place]:
            left.append(Remainder(absence, end, int(own_to[place]), bool(own_open[place])))
            own_to[place], own_open[place] = end, False
        is_early = own_from[place] <= begin - max(length, begin_length)
        if is_early and begin < own_to[place] and absences.loss_s[absence] == UNKNOWN:
            left.append(Remainder(absence, int(own_from[place]), begin, False))
            own_from[place] = begin
    left = [one for one in left if absences.has_dark[one.absence]]
    return CutShape(places, every, own_from, own_to, own_open), left


def _stages(absences: Absences, members: Ints, head_end: list[tuple[int, int]]) -> list[int]:
    """Return the ends at which power came back, ordered: those that several meters share, or that meters reported."""
    ends = Counter(absences.to_s[members].tolist())
    enough = max(_STAGE_METERS, _STAGE_FRACTION * members.size)
    shared = sorted(end for end, meters in ends.items() if meters >= enough)
    # What the head-end system lost just after the cut looks like a second stage.
    late = {end for begin, end in head_end if any(begin <= one < end for one in shared)}
    reported = set(absences.to_s[members[absences.restored_s[members] != UNKNOWN]].tolist())
    return sorted(set(shared) - late | reported) or [int(np.sort(absences.to_s[members])[members.size // 2])]


def _sharpness(fleet: Fleet, absences: Absences, absence: int) -> int:
    """Return up to how far apart the borders of silences with one cause may be: an interval of the longer kind."""
    if not absences.has_dark[absence]:
        return 1
    return max(int(fleet.interval_s[absences.meter[absence]]), fleet.usual_interval_s)


def _end_of(absences: Absences, absence: int, ends: list[int], length: int) -> int:
    """Return when a member's share in the cut ends: with its own report, or with the last stage before it came back."""
    end = int(absences.to_s[absence])
    if absences.restored_s[absence] != UNKNOWN:
        return end
    own = max((one for one in ends if one <= end), default=end)
    return end if end - own < length else own


def _joiners(
    fleet: Fleet,
    absences: Absences,
    places: list[CutPlace],
    members: Ints,
    begin: int,
    ends: list[int],
    taken: Flags,
) -> Ints:
    """Return absences of the same places that began at another time but ended with the cut: silent for a second reason."""
    inside = np.concatenate([place.level.members[place.place] for place in places])
    lows = np.searchsorted(absences.meter, inside, side="left")
    highs = np.searchsorted(absences.meter, inside, side="right")
    candidates = np.concatenate([np.arange(low, high) for low, high in zip(lows.tolist(), highs.tolist(), strict=True)])
    candidates = np.setdiff1d(candidates, members).astype(np.int64)
    length = np.maximum(fleet.interval_s[absences.meter[candidates]], fleet.usual_interval_s)
    to_s = absences.to_s[candidates]
    came_back = np.zeros(candidates.size, dtype=bool)
    for end in ends:
        came_back |= np.abs(to_s - end) < length
    fits = (
        ~taken[candidates]
        & ~absences.is_open[candidates]
        & absences.can_begin[candidates]
        & (absences.loss_s[candidates] == UNKNOWN)
        & (absences.from_s[candidates] <= begin + length)
        & (to_s > begin)
        & came_back
    )
    return np.asarray(candidates[fits], dtype=np.int64)
