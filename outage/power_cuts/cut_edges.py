"""When power failed and when it came back, as sharp as the evidence allows.

Enters: the meters of one power cut, and a way to read single intervals of energy. Leaves: start and end. In order:

1. reports: the middle of the meters' last gasps, and of their restorations;
2. energy: a meter that was alive when an interval began sends it with the energy of its powered part, so the last
   interval before the silence holds the fraction r of what was to be expected, and power failed r of the way through it;
3. bounds: the middle of the interval in which it must have been.

What was to be expected of an interval is the mean of the same clock time on up to seven days before and after, scaled
by the square root of how the hour before compared with its own mean. The fraction is taken over all meters together, and drawn
towards one half by as much as the energy of these meters differs from day to day: by 1 / (1 + 4 s²), s² being the variance of
that energy over its mean. A part of the interval that is as likely to be any has the variance 1/12, and the powered third, on average, of
the square of what it used varies with the days. Where too few days are known n meters count as s² = 1.25 / n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from meterlake.outage.evidence.absences import NONE, UNKNOWN, Absences
from meterlake.outage.fleet import Fleet, Floats, Ints
from meterlake.outage.power_cuts.cut_shaping import CutShape

LAST_GASP, RESTORATION = "last_gasp", "restoration"
_DAY_S = 86_400
_DAYS = tuple(day for day in range(-7, 8) if day)
_VARIANCE_OF_A_METER = 1.25
_LEAST_DAYS_FOR_VARIANCE = 4
# Of the meters of a cut so many must have the same length of intervals for it to say when the cut began.
_SHARP_FRACTION = 0.2
_LEAST_METERS_FOR_PARTIAL_RETURN = 10
_PARTIAL_RETURN = 0.7
_LARGEST_SCALE = 2.0
# Beyond any time in seconds, so that meter and time make one number that sorts as the pair does.
_KEY_STEP = 1 << 36


class EnergyReader(Protocol):
    """Reads single intervals."""

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return the energy of intervals in kWh, NaN where there is none.

        Args:
            meters: Places in the fleet, `(n,)`.
            start_s: Starts of the intervals, `(n,)`.
        """
        ...


@dataclass(frozen=True)
class Edge:
    """One end of a power cut: when, how it is known, and the fraction of the energy that was left in the interval."""

    at_s: int
    known_by: str
    energy_fraction: float | None = None


def intervals_needed(fleet: Fleet, absences: Absences, cut: CutShape) -> list[tuple[Ints, Ints]]:
    """Return the meters and starts of the intervals whose energy sharpens a cut, so that they can be read at once."""
    needed = []
    if not (absences.loss_s[cut.absences] != UNKNOWN).any():
        meters, begin = _meters_at_start(fleet, absences, cut)
        needed.append(_wanted(fleet, meters, begin, step=-1))
    ends_lit = _ends_in_a_lit_interval(fleet, absences, cut)
    for end_s in np.unique(cut.to_s[~cut.is_open]).tolist():
        stage = (cut.to_s == end_s) & ~cut.is_open
        is_reported = bool((absences.restored_s[cut.absences[stage]] != UNKNOWN).any())
        if not is_reported and (ends_lit or stage.sum() >= _LEAST_METERS_FOR_PARTIAL_RETURN):
            needed.append(_wanted(fleet, absences.meter[cut.absences][stage], end_s, step=1))
    return [(who.ravel(), starts.ravel()) for who, starts in needed]


def start_of(fleet: Fleet, absences: Absences, cut: CutShape, energy: EnergyReader) -> Edge:
    """Return when power failed."""
    losing = cut.absences[absences.loss_s[cut.absences] != UNKNOWN]
    if losing.size:
        # A meter that was lost twice was lost with the others the first time.
        order = losing[np.lexsort((absences.loss_s[losing], absences.meter[losing]))]
        first = order[np.unique(absences.meter[order], return_index=True)[1]]
        return Edge(round(float(np.median(absences.loss_s[first]))), LAST_GASP)
    meters, begin = _meters_at_start(fleet, absences, cut)
    if meters.size == 0:
        return Edge(begin, "interval")
    interval = int(np.median(fleet.interval_s[meters]))
    if fleet.sends_at_end and not _is_zeros(absences, cut):
        return Edge(begin + interval // 2, "interval")
    left = _energy_left(fleet, energy, meters, begin, step=-1)
    if left is None:
        return Edge(begin - interval // 2, "interval")
    return Edge(round(begin - interval + left.drawn * interval), "energy", round(left.fraction, 3))


def _meters_at_start(fleet: Fleet, absences: Absences, cut: CutShape) -> tuple[Ints, int]:
    """Return the meters that fell silent with the cut and for no other reason, and when: those that say it most sharply."""
    length = fleet.interval_s[absences.meter[cut.absences]]
    lengths, counts = np.unique(length, return_counts=True)
    is_sharp = length == lengths[counts >= min(_SHARP_FRACTION * length.size, counts.max())].min()
    begin = int(np.median(cut.from_s[is_sharp]))
    whole = is_sharp & (cut.from_s == begin) & (absences.from_s[cut.absences] == cut.from_s)
    return absences.meter[cut.absences][whole], begin


def end_of(fleet: Fleet, absences: Absences, cut: CutShape, end_s: int, energy: EnergyReader) -> Edge:
    """Return when power came back to the meters whose last lost interval ends at a time."""
    stage = (cut.to_s == end_s) & ~cut.is_open
    reported = absences.restored_s[cut.absences[stage]]
    reported = reported[reported != UNKNOWN]
    if reported.size:
        return Edge(round(float(np.median(reported))), RESTORATION)
    meters = absences.meter[cut.absences][stage]
    interval = int(np.median(fleet.interval_s[meters]))
    if _ends_in_a_lit_interval(fleet, absences, cut):
        left = _energy_left(fleet, energy, meters, end_s, step=1)
        if left is None:
            return Edge(end_s + interval // 2, "interval")
        return Edge(round(end_s + (1 - left.drawn) * interval), "energy", round(left.fraction, 3))
    if meters.size >= _LEAST_METERS_FOR_PARTIAL_RETURN:
        left = _energy_left(fleet, energy, meters, end_s, step=1)
        if left is not None and left.fraction < _PARTIAL_RETURN:
            return Edge(round(end_s + (1 - left.fraction) * interval), "energy", round(left.fraction, 3))
    return Edge(end_s - interval // 2, "interval")


def _is_zeros(absences: Absences, cut: CutShape) -> bool:
    """Say whether most of a cut's intervals came as zeros."""
    return bool(np.median(absences.zeros[cut.absences] != NONE) > 0)


def _ends_in_a_lit_interval(fleet: Fleet, absences: Absences, cut: CutShape) -> bool:
    """Say whether power came back in the first interval after those that are lost, and not in the last of them."""
    return fleet.sends_at_end or _is_zeros(absences, cut)


@dataclass(frozen=True)
class _EnergyLeft:
    """The energy of an interval over what was to be expected of it, and how much that varies from day to day."""

    fraction: float
    variance: float

    @property
    def drawn(self) -> float:
        """The part of the interval that most likely had power."""
        weight = 1 / (1 + 4 * self.variance)
        return weight * min(max(self.fraction, 0.0), 1.0) + (1 - weight) / 2


def _wanted(fleet: Fleet, meters: Ints, border_s: int, *, step: int) -> tuple[Ints, Ints]:
    """Return meters and starts of three intervals beside a border, on the day itself and on others, `(n, 3, 15)` each."""
    offsets = np.array([-1, -2, -3]) if step < 0 else np.array([0, 1, 2])
    starts = border_s + offsets[None, :] * fleet.interval_s[meters][:, None]
    wanted = starts[:, :, None] + (np.array((0, *_DAYS)) * _DAY_S)[None, None, :]
    return np.ascontiguousarray(np.broadcast_to(meters[:, None, None], wanted.shape)), wanted


def _energy_left(fleet: Fleet, energy: EnergyReader, meters: Ints, border_s: int, *, step: int) -> _EnergyLeft | None:
    """Return the energy of the interval next to a silence over what was to be expected of it; None without a history.

    Args:
        fleet: The meters.
        energy: Reads intervals.
        meters: Those that lost power, `(n,)`.
        border_s: Where the silence begins (step -1) or ends (step 1).
        step: On which side of the border to look.
    """
    who, wanted = _wanted(fleet, meters, border_s, step=step)
    found = energy.read(who.ravel(), wanted.ravel()).reshape(wanted.shape)
    measured, others = found[:, :, 0], found[:, :, 1:]
    counts = np.isfinite(others).sum(axis=2)
    usual = np.where(counts > 0, np.nansum(others, axis=2) / np.maximum(counts, 1), np.nan)
    usable = np.isfinite(measured).all(axis=1) & np.isfinite(usual).all(axis=1)
    if not usable.any():
        return None
    totals, usuals = measured[usable].sum(axis=0), usual[usable].sum(axis=0)
    if usuals[0] <= 0:
        return None
    nearby = totals[1:].sum() / usuals[1:].sum() if usuals[1:].sum() > 0 else 1.0
    scale = np.sqrt(np.clip(nearby, 1 / _LARGEST_SCALE, _LARGEST_SCALE))
    return _EnergyLeft(float(totals[0] / (usuals[0] * scale)), _variance(others[usable, 0], usual[usable, 0]))


def _variance(others: Floats, usual: Floats) -> float:
    """Return the variance of meters' energy together from day to day, over its mean.

    Args:
        others: Their energy of the same clock time on other days, `(n_meters, n_days)`.
        usual: Its mean, `(n_meters,)`.
    """
    expected = np.where(np.isfinite(others), usual[:, None], 0.0).sum(axis=0)
    known = expected > 0
    if known.sum() < _LEAST_DAYS_FOR_VARIANCE:
        return _VARIANCE_OF_A_METER / usual.size
    return float(np.var(np.nansum(others, axis=0)[known] / expected[known], ddof=1))


class KnownEnergy:
    """Intervals that were read at once and are now looked up; an EnergyReader."""

    def __init__(self, energy: EnergyReader, needed: list[tuple[Ints, Ints]]) -> None:
        pairs = np.unique(
            np.concatenate([np.column_stack(one) for one in needed] or [np.zeros((0, 2), dtype=np.int64)]), axis=0
        )
        self._keys = self._key(pairs[:, 0], pairs[:, 1])
        self._values = energy.read(pairs[:, 0], pairs[:, 1])

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return the energy of intervals in kWh, NaN where there is none; see EnergyReader."""
        keys = self._key(meters, start_s)
        if self._keys.size == 0:
            return np.full(keys.shape, np.nan)
        places = np.minimum(np.searchsorted(self._keys, keys), self._keys.size - 1)
        return np.where(self._keys[places] == keys, self._values[places], np.nan)

    @staticmethod
    def _key(meters: Ints, start_s: Ints) -> Ints:
        return np.asarray(meters * _KEY_STEP + start_s, dtype=np.int64)
