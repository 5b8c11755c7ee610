"""The default: a band round what a meter's own earlier days say of a day, for all meters at once.

Enters: daily energy of any number of meters. Leaves: a band for each day, made of days before it alone. The calendar
(weekday, holiday, season) is fitted once a month on the days before the month (meterlake.anomaly.days.calendar_fit); within
it a level follows from day to day (meterlake.anomaly.days.following_level). All that is said of a day is a function of the
meter's own days from a fixed number of days before its month, so it is the same however it is asked for: alone or in a
fleet, one day or a history, now or later.
In multiplicative mode the model adds up on a logarithmic scale, so that its parts multiply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field, field_validator
from threadpoolctl import threadpool_limits

from meterlake.anomaly.days.anchored_detector import AnchoredBandDetector, months_of
from meterlake.anomaly.days.band import Band, Ranking
from meterlake.anomaly.days.band_spread import beside_usual, farthest_before, noise_of_days, ranking_scatter
from meterlake.anomaly.days.calendar_design import CalendarDesign, Floats, calendar_design
from meterlake.anomaly.days.calendar_fit import fit_calendar
from meterlake.anomaly.days.following_level import follow_level
from meterlake.anomaly.days.meter_days import MeterDays

# Of a busy day's energy (the 75 % quantile); keeps the logarithm's small values from shouting.
_OFFSET_SHARE = 0.08
_LEAST_BUSY_DAY_KWH = 0.5
_LOG_NOISE_FLOOR = 0.25
# A band is never narrower than a meter counts, nor than so much of the day's energy.
_RESOLUTION_KWH = 0.005
_LEAST_NOISE_SHARE = 0.02
# How far before the month the level begins, and what is looked at for noise and precedents.
_FOLLOWED_DAYS = 365


@dataclass(frozen=True)
class _Month:
    """Where a month lies among the days: [window, first) is what its fit sees, [first, end) what is judged."""

    window: int
    first: int
    end: int


class FleetBand(AnchoredBandDetector):
    """Finds days outside the band of the meter's own earlier days; fits the whole fleet at once."""

    name = "fleet_band"
    says = "a day above or below the band of the meter's own earlier days: level, weekdays, holidays, season"
    version = "2"

    history_days: int = Field(default=730, ge=28, description="How far before a month its fit looks.")
    mode: Literal["multiplicative", "additive"] = "multiplicative"
    yearly_order: int = Field(default=3, ge=0, le=20)
    country: str = Field(default="GB", description="ISO code of the country whose public holidays count.")
    use_temperature: bool = False
    clip_sigmas: float = Field(default=2.5, gt=0, description="Residuals beyond so many noises count as that many.")

    @field_validator("country")
    @classmethod
    def _is_known_country(cls, country: str) -> str:
        import holidays  # takes a moment to import, and the default needs no look

        if country and country not in holidays.list_supported_countries():
            raise ValueError("an ISO code of two letters of a country whose holidays are known, such as GB, or nothing")
        return country

    @property
    def needs_temperature(self) -> bool:
        """Whether the parameters say so; see meterlake.anomaly.days.band_detector."""
        return self.use_temperature

    def fit_band(self, days: MeterDays) -> Band:
        """Judge every month by a fit of the days before it; see meterlake.anomaly.days.band_detector."""
        energy = self.training_kwh(days) / days.day_lengths
        is_log = self.mode == "multiplicative"
        centre, noise, offset, scatter = np.full((4, *energy.shape), np.nan)
        farthest = np.zeros((2, *energy.shape))
        design = calendar_design(
            days.dates,
            yearly_order=self.yearly_order,
            country=self.country,
            temperature_c=days.temperature_c if self.use_temperature else None,
        )
        # These matrices are small: threads would wait for each other longer than they work.
        with threadpool_limits(limits=1, user_api="blas"):
            for first, end in months_of(days.dates, days.judged_from):
                month = _Month(max(first - self.history_days, 0), first, end)
                if np.isfinite(energy[:, month.window : first]).any():
                    within = (slice(None), slice(first, end))
                    parts = self._band_of_month(energy, design, month)
                    centre[within], noise[within], offset[within], scatter[within] = parts[:4]
                    farthest[:, :, first:end] = parts[4]
        missing = self._days_missing(energy, centre)
        centre[missing > 0] = np.nan
        ranking = Ranking(np.nan_to_num(scatter, nan=1.0), farthest)
        band = Band(centre, noise, offset if is_log else None, ranking=ranking, days_missing=missing)
        return band.for_day_lengths(days.day_lengths)

    def _band_of_month(
        self, energy_kwh: Floats, design: CalendarDesign, month: _Month
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return centre, noise, offset, scatter and the farthest before, of the days of a month."""
        seen, until = slice(month.window, month.first), slice(month.window, month.end)
        busy = _busy_day_kwh(energy_kwh[:, seen])
        is_log = self.mode == "multiplicative"
        offset = _OFFSET_SHARE * busy
        scale = Band(energy_kwh, busy, offset if is_log else None)
        # In kWh a busy day counts as 1, so that the same priors hold.
        unit = np.ones_like(busy)[:, None] if is_log else busy[:, None]
        values = scale.on_scale(energy_kwh[:, until]) / unit
        known = month.first - month.window
        fit = fit_calendar(values[:, :known], design.of_days(seen), self.clip_sigmas)
        fitted = fit.coefficients @ design.columns[until].T
        start = max(known - _FOLLOWED_DAYS, 0)
        days_seen = np.isfinite(values[:, :known]).sum(axis=1)
        followed = follow_level((values - fitted)[:, start:], beside_usual(fit.noise, days_seen))
        before = known - start
        centre = (fitted[:, known:] + followed.level[:, before:]) * unit
        centre[days_seen < self.least_history_days // 2] = np.nan
        least = self._least_noise(np.maximum(scale.in_kwh(centre), 0.0), offset)
        noise = np.fmax(noise_of_days(followed, before)[:, before:] * unit, least)
        scatter = ranking_scatter(noise, _LOG_NOISE_FLOOR if is_log else 0.0, days_seen)
        farthest = farthest_before(followed, before) * unit / scatter
        return centre, noise, offset[:, None], scatter, farthest

    def _least_noise(self, expected_kwh: Floats, offset_kwh: Floats) -> Floats:
        """Return the noise on the model's scale below which no band goes, `(n_meters, n_days)`."""
        least_kwh = np.maximum(_LEAST_NOISE_SHARE * expected_kwh, _RESOLUTION_KWH)
        if self.mode == "additive":
            return least_kwh
        return np.asarray(least_kwh / (expected_kwh + offset_kwh[:, None]))

    def _days_missing(self, energy_kwh: Floats, centre: Floats) -> Floats:
        """Return how many whole days more are needed before a day can be judged, 0 where it can be."""
        is_whole = np.isfinite(energy_kwh)
        before = np.cumsum(is_whole, axis=1) - is_whole
        missing = np.maximum(self.least_history_days - before, 0).astype(float)
        return np.where((missing == 0) & ~np.isfinite(centre), 1.0, missing)


def _busy_day_kwh(energy_kwh: Floats) -> Floats:
    """Return each meter's 75 % quantile (the lower of the days round it), at least half a kWh."""
    in_order = np.sort(energy_kwh, axis=1)  # missing days go last
    known = np.isfinite(energy_kwh).sum(axis=1)
    place = np.maximum(0.75 * (known - 1), 0).astype(int)
    busy = np.nan_to_num(np.take_along_axis(in_order, place[:, None], axis=1)[:, 0])
    return np.asarray(np.maximum(busy, _LEAST_BUSY_DAY_KWH))


DETECTOR = FleetBand()
