"""A band round what was expected, and what it says of each day: inside, above, below, and how much it matters.

Enters: the expected value and the noise of every meter and day. Leaves: limits in kWh, anomaly -1, 0 or 1,
importance as published, and severity, by which days of different meters are ranked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.lake.codes.verdicts import Verdict

Floats = NDArray[np.float64]
Signs = NDArray[np.int64]

# Below this a day is not judged: what is missing could have held too much of it.
LEAST_COMPLETENESS = 0.75
# A missing hour may be the evening's, which holds about 2.5 times an even share of a home's day, or the night's.
_LARGEST_SHARE, _SMALLEST_SHARE = 2.5, 0.3
_NEIGHBOUR_DAYS = 7
_PRECEDENT_WEIGHT = 0.5
# Where only earlier days are known, they are all there is to tell the usual from the new.
_EARLIER_WEIGHT = 0.8


@dataclass(frozen=True)
class Ranking:
    """What a day's distance is held against, where days of different meters are ranked.

    Attributes:
        scatter: What the distance on the model's scale is divided by, `(n_meters, n_days)`.
        farthest: How far from what is expected of a day the meter went on earlier days, above and below, in scatters,
            `(2, n_meters, n_days)`.
    """

    scatter: Floats
    farthest: Floats


@dataclass(frozen=True)
class Band:
    """What a model expects.

    Attributes:
        centre: Expected value on the model's scale, `(n_meters, n_days)`; NaN where the model says nothing.
        noise: Standard deviation round it on that scale, `(n_meters,)` or, where days differ, `(n_meters, n_days)`.
        offset_kwh: Where the scale is log(1 + kWh / offset), the offsets, shaped as the noise; None where it is kWh.
        noise_floor: Added in quadrature to the noise for ranking alone: the scatter below which a day is no news.
        ranking: What severity is counted by; None where it is to be taken from the days that are judged.
        days_missing: How many whole days more are needed before a day can be judged, `(n_meters, n_days)`; None where
            the model does not say.
    """

    centre: Floats
    noise: Floats
    offset_kwh: Floats | None = None
    noise_floor: float = 0.0
    ranking: Ranking | None = None
    days_missing: Floats | None = None

    def without_first(self, days: int) -> Band:
        """Return the band but for so many days at the beginning."""

        def later(values: Floats) -> Floats:
            return values if values.ndim == 1 or values.shape[-1] == 1 else values[..., days:]

        return replace(
            self,
            centre=later(self.centre),
            noise=later(self.noise),
            offset_kwh=None if self.offset_kwh is None else later(self.offset_kwh),
            ranking=self.ranking and Ranking(later(self.ranking.scatter), later(self.ranking.farthest)),
            days_missing=None if self.days_missing is None else later(self.days_missing),
        )

    def on_scale(self, energy_kwh: Floats) -> Floats:
        """Return energy on the model's scale."""
        if self.offset_kwh is None:
            return energy_kwh
        return np.asarray(np.log1p(np.maximum(energy_kwh, 0.0) / by_day(self.offset_kwh)))

    def in_kwh(self, values: Floats) -> Floats:
        """Return values of the model's scale as energy."""
        if self.offset_kwh is None:
            return values
        return np.maximum(by_day(self.offset_kwh) * np.expm1(np.minimum(values, 50.0)), 0.0)

    def for_day_lengths(self, day_lengths: Floats) -> Band:
        """Return the band for days of other lengths than the 24 hours that it was made for.

        Args:
            day_lengths: The length of each day in days of 24 hours, `(n_meters, n_days)`.
        """
        whole = self.in_kwh(self.centre) if self.offset_kwh is not None else self.centre
        longer = self.on_scale(whole * day_lengths)
        return replace(self, centre=np.where(day_lengths == 1.0, self.centre, longer))


def by_day(values: Floats) -> Floats:
    """Return one value a meter, or one a meter and day, so that it stands against `(n_meters, n_days)`."""
    return values[:, None] if values.ndim == 1 else values


@dataclass(frozen=True)
class Judgement:
    """What a band says of each day; every array is `(n_meters, n_days)`.

    Attributes:
        band: What was expected.
        width_sigmas: Half the band's width in noises, `(n_meters,)`.
        expected_kwh: Like the limits, for the part of the day that was measured; NaN where nothing is said.
        lower_kwh: The lower limit.
        upper_kwh: The upper limit.
        anomaly: 1 above the upper limit, -1 below the lower, else 0.
        importance: (y - upper) / y above, (lower - y) / y below, 1 where nothing was consumed, else 0.
        severity: How far from expected, in noises, less half of the farthest the meter went to that side at
            other times: what never happened before ranks above what happens every month.
        verdict: A Verdict a day.
    """

    band: Band
    width_sigmas: Floats
    expected_kwh: Floats
    lower_kwh: Floats
    upper_kwh: Floats
    anomaly: Signs
    importance: Floats
    severity: Floats
    verdict: NDArray[np.str_]


def half_width_sigmas(interval_width: float) -> float:
    """Return how many standard deviations a central normal interval of this probability reaches to each side."""
    return NormalDist().inv_cdf((1 + interval_width) / 2)


def judge(days: MeterDays, band: Band, width_sigmas: Floats) -> Judgement:
    """Hold days against a band.

    Args:
        days: What was measured.
        band: What was expected; a refit is not needed where only widths change.
        width_sigmas: Half the band's width in noises, `(n_meters,)`.
    """
    reach = width_sigmas[:, None] * by_day(band.noise)
    missing_part = 1.0 - days.completeness
    least, most = 1.0 - _LARGEST_SHARE * missing_part, 1.0 - _SMALLEST_SHARE * missing_part
    lower = band.in_kwh(band.centre - reach) * np.maximum(least, 0.0)
    upper = band.in_kwh(band.centre + reach) * most
    expected = band.in_kwh(band.centre) * days.completeness
    verdict = np.full(days.energy_kwh.shape, Verdict.JUDGED.value, dtype="U13")
    verdict[~np.isfinite(band.centre)] = Verdict.SHORT_HISTORY.value
    verdict[days.completeness < LEAST_COMPLETENESS] = Verdict.INCOMPLETE.value
    verdict[~np.isfinite(days.energy_kwh)] = Verdict.NO_DATA.value
    is_judged = verdict == Verdict.JUDGED.value
    energy = np.where(is_judged, days.energy_kwh, 0.0)
    anomaly = np.where(is_judged, (energy > upper).astype(int) - (energy < lower).astype(int), 0)
    severity = np.where(is_judged, _severity(days, band, is_judged), 0.0)
    importance = importance_of(energy, lower, upper, anomaly)
    return Judgement(band, width_sigmas, expected, lower, upper, anomaly, importance, severity, verdict)


def importance_of(energy_kwh: Floats, lower_kwh: Floats, upper_kwh: Floats, anomaly: Signs) -> Floats:
    """Return how much each anomaly matters, as published, finite always: 1 where nothing was consumed."""
    consumed = np.where(energy_kwh > 0, energy_kwh, 1.0)
    beyond = np.where(anomaly > 0, energy_kwh - upper_kwh, lower_kwh - energy_kwh)
    with np.errstate(over="ignore"):
        share = np.where(energy_kwh > 0, beyond / consumed, 1.0)
    return np.asarray(np.where(anomaly == 0, 0.0, np.nan_to_num(share, nan=0.0, posinf=1e6, neginf=-1e6)))


def _severity(days: MeterDays, band: Band, is_judged: NDArray[np.bool_]) -> Floats:
    ranking = band.ranking
    scatter = np.hypot(by_day(band.noise), band.noise_floor) if ranking is None else ranking.scatter
    whole = days.energy_kwh / np.maximum(days.completeness, LEAST_COMPLETENESS)
    away = np.where(is_judged, (band.on_scale(whole) - band.centre) / np.maximum(scatter, 1e-12), 0.0)
    distance = np.abs(np.nan_to_num(away, posinf=1e6, neginf=-1e6))
    if ranking is None:
        precedent = _PRECEDENT_WEIGHT * _farthest_elsewhere(away)
    else:
        precedent = _EARLIER_WEIGHT * np.where(away >= 0, ranking.farthest[0], ranking.farthest[1])
    return np.asarray(np.maximum(distance - precedent, 1e-6 * distance))


def _farthest_elsewhere(away: Floats) -> Floats:
    """Return for each day how far the meter went to the same side on days more than a week off."""
    farthest = np.zeros((2, *away.shape))
    gap = _NEIGHBOUR_DAYS + 1
    for place, side in enumerate((1, -1)):
        reached = np.maximum(side * np.nan_to_num(away), 0.0)
        before = np.maximum.accumulate(reached, axis=1)
        after = np.maximum.accumulate(reached[:, ::-1], axis=1)[:, ::-1]
        farthest[place, :, gap:] = before[:, :-gap]
        farthest[place, :, :-gap] = np.maximum(farthest[place, :, :-gap], after[:, gap:])
    return np.asarray(np.where(away >= 0, farthest[0], farthest[1]))
