"""Places that fell silent with the power on: their totals ran on.

Enters: places that look without power, what totals and stands say of their silences, and single intervals. Leaves: those places whose
meters used as much as was to be expected. A concentrator that dies takes a whole place with it, and only the meters' own totals tell
it from a cut. Of n lost intervals one at most can have been lit in part: beyond the middle between 1 / n and all of what was to be
expected the power was on. Of one interval nothing can be said.
"""

from __future__ import annotations

import numpy as np

from meterlake.outage.evidence.absences import NONE, Absences
from meterlake.outage.evidence.energy_totals import TotalsReader
from meterlake.outage.fleet import Fleet, Ints
from meterlake.outage.power_cuts.cut_edges import EnergyReader, KnownEnergy
from meterlake.outage.power_cuts.cut_places import CutPlace

_DAY_S = 86_400
_OTHER_DAYS = np.array((-7, -1, 1, 7)) * _DAY_S
_MOST_INTERVALS = 48
_LEAST_INTERVALS = 2


def powered_places(fleet: Fleet, absences: Absences, groups: list[list[CutPlace]], totals: TotalsReader) -> list[bool]:
    """Say of each group of places whether its power was on, `(n_groups,)`.

    Args:
        fleet: The meters.
        absences: All absences.
        groups: Places that look without power, those of one fault together.
        totals: Reads what flowed in silences, and single intervals.
    """
    members = [np.concatenate([place.absences for place in group]) for group in groups]
    asked = [_can_be_asked(fleet, absences, one) for one in members]
    everyone = np.concatenate([np.zeros(0, dtype=np.int64), *asked])
    flowed = totals.between(absences.meter[everyone], absences.from_s[everyone], absences.to_s[everyone])
    known = everyone[np.isfinite(flowed)]
    if known.size == 0:
        return [False for _ in groups]
    usual = _usual(fleet, absences, known, totals)
    found, expected = (
        dict(zip(everyone.tolist(), flowed.tolist(), strict=True)),
        dict(zip(known.tolist(), usual, strict=True)),
    )
    verdicts = []
    for own in asked:
        told = [one for one in own.tolist() if np.isfinite(expected.get(one, np.nan))]
        total = sum(expected[one] for one in told)
        lost = float(np.median([_lost(fleet, absences, one) for one in told])) if told else 1.0
        verdicts.append(total > 0 and sum(found[one] for one in told) > (1 + 1 / lost) / 2 * total)
    return verdicts


def _can_be_asked(fleet: Fleet, absences: Absences, members: Ints) -> Ints:
    """Return the silences of a group that totals may speak of; none if its meters reported that the power was gone."""
    if absences.has_event[members].any():
        return members[:0]
    is_whole = absences.has_dark[members] & ~absences.is_open[members] & (absences.zeros[members] == NONE)
    lost = absences.to_s[members] - absences.from_s[members]
    return np.asarray(
        members[is_whole & (lost >= _LEAST_INTERVALS * fleet.interval_s[absences.meter[members]])], dtype=np.int64
    )


def _lost(fleet: Fleet, absences: Absences, one: int) -> int:
    return fleet.whole_intervals(int(absences.meter[one]), int(absences.from_s[one]), int(absences.to_s[one]))


def _usual(fleet: Fleet, absences: Absences, members: Ints, energy: EnergyReader) -> list[float]:
    """Return what was to be expected of silences: at the same clock times of other days, else beside them."""
    times = [_times(fleet, absences, one) for one in members.tolist()]
    meters = absences.meter[members].tolist()
    needed = [(np.full(some.size, meter), some) for meter, pair in zip(meters, times, strict=True) for some in pair]
    known = KnownEnergy(energy, needed)
    usual = []
    for one, meter, (other_days, beside) in zip(members.tolist(), meters, times, strict=True):
        mean = _mean(known, meter, other_days)
        mean = mean if np.isfinite(mean) else _mean(known, meter, beside)
        usual.append(mean * _lost(fleet, absences, one))
    return usual


def _times(fleet: Fleet, absences: Absences, one: int) -> tuple[Ints, Ints]:
    """Return the intervals of other days, and those beside a silence but for the nearest, which may be lit in part."""
    interval, begin = int(fleet.interval_s[int(absences.meter[one])]), int(absences.from_s[one])
    lost = _lost(fleet, absences, one)
    some = np.unique(np.linspace(0, lost - 1, min(lost, _MOST_INTERVALS)).astype(np.int64))
    other_days = ((begin + some * interval)[None, :] + _OTHER_DAYS[:, None]).ravel()
    return other_days, np.array([begin - 2 * interval, int(absences.to_s[one]) + interval], dtype=np.int64)


def _mean(energy: EnergyReader, meter: int, starts: Ints) -> float:
    values = energy.read(np.full(starts.size, meter, dtype=np.int64), starts)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
