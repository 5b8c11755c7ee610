"""Single meters whose own report puts them into a power cut that was found without them.

Enters: power cuts and absences with reports that belong to none. Leaves: the same cuts with these meters. The service point
of such a meter is not known, or it is alone in its place; what it says, to the minute, is what the others say. One half of a pair
that cost no interval needs more: to be near, and readings that leave room for the whole cut.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meterlake.outage.evidence.absences import UNKNOWN, Absences
from meterlake.outage.fleet import Fleet, Ints
from meterlake.outage.places.neighbours import distance_metres
from meterlake.outage.power_cuts.cut_places import CutPlace, absences_in, loss_moment

_SAME_LOSS_S = 120
_SAME_RETURN_S = 300


def join_reporters(
    fleet: Fleet, absences: Absences, groups: list[list[CutPlace]], district_metres: float
) -> list[list[CutPlace]]:
    """Return the places of each cut, the first place of a cut with the single reporters that belong to it.

    Args:
        fleet: The meters.
        absences: All absences.
        groups: The places of each cut.
        district_metres: How far a reporter with known coordinates may be from the cut.
    """
    moments = []
    for group in groups:
        members = np.concatenate([place.absences for place in group])
        back = absences.restored_s[members]
        back = back[back != UNKNOWN]
        moments.append((loss_moment(absences, members), float(np.median(back)) if back.size else None, members))
    known = [number for number, (loss, back, _) in enumerate(moments) if loss is not None or back is not None]
    joined = [list(group) for group in groups]
    for one in np.flatnonzero(~absences_in(absences, groups) & absences.has_event).tolist():
        for number in known:
            loss, back, members = moments[number]
            if absences.is_loose[one] and not _leaves_room(fleet, absences, one, loss, back):
                continue
            if _says_the_same(absences, one, loss, back) and _is_near(fleet, absences, one, members, district_metres):
                first = joined[number][0]
                joined[number][0] = replace(first, absences=np.sort(np.append(first.absences, one)))
                break
    return joined


def _says_the_same(absences: Absences, one: int, loss: float | None, back: float | None) -> bool:
    own_loss, own_back = int(absences.loss_s[one]), int(absences.restored_s[one])
    if own_loss != UNKNOWN and loss is not None:
        return abs(own_loss - loss) <= _SAME_LOSS_S
    return own_back != UNKNOWN and back is not None and abs(own_back - back) <= _SAME_RETURN_S


def _leaves_room(fleet: Fleet, absences: Absences, one: int, loss: float | None, back: float | None) -> bool:
    """Say whether a meter that reported one half may have been without power for all of a cut."""
    if loss is None or back is None or not fleet.has_coordinates(absences.meter[[one]])[0]:
        return False
    return bool(absences.from_s[one] - _SAME_LOSS_S <= loss and back <= absences.to_s[one] + _SAME_RETURN_S)


def _is_near(fleet: Fleet, absences: Absences, one: int, members: Ints, district_metres: float) -> bool:
    meter, others = int(absences.meter[one]), absences.meter[members]
    others = others[fleet.has_coordinates(others)]
    if not np.isfinite(fleet.latitude[meter]) or others.size == 0:
        return True
    here = (fleet.latitude[meter], fleet.longitude[meter])
    return bool((distance_metres(fleet.latitude[others], fleet.longitude[others], *here) <= district_metres).any())
