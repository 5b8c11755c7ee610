"""The band model fitted for all meters at once: trend with changepoints, seasons, weekends, holidays.

Enters: daily energy of any number of meters. Leaves: a band for each. Meters whose histories begin and end on
the same days share one design matrix (meterlake.anomaly.days.band_fit); single missing days inside take their fitted value.
In multiplicative mode the model adds up on a logarithmic scale, so that its parts multiply.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from threadpoolctl import threadpool_limits

from meterlake.anomaly.days.band import Band
from meterlake.anomaly.days.band_design import Floats, SeasonOptions, calendar_columns, day_numbers, trend_columns
from meterlake.anomaly.days.band_detector import BandDetector
from meterlake.anomaly.days.band_fit import FitOptions, Priors, SharedDesign
from meterlake.anomaly.days.meter_days import MeterDays

# Of a busy day's energy (the 75 % quantile); keeps the logarithm's small values from shouting.
_OFFSET_SHARE = 0.08
_LEAST_BUSY_DAY_KWH = 0.5
_LOG_NOISE_FLOOR = 0.25
# A season is only told from the trend where enough of a year was seen.
_YEARLY_NEEDS_DAYS = 180
_GAPS_TO_FILL = 0.15


class FleetBand(BandDetector):
    """Finds days outside the band of the meter's own trend and seasons; fits the whole fleet at once."""

    name = "fleet_band"
    says = "a day above or below the band of the meter's trend, seasons, weekends and holidays"

    mode: Literal["multiplicative", "additive"] = "multiplicative"
    n_changepoints: int = Field(default=25, ge=0, le=100)
    changepoint_range: float = Field(default=0.8, gt=0, le=1)
    changepoint_prior_scale: float = Field(default=0.05, gt=0)
    yearly_order: int = Field(default=10, ge=0, le=20)
    weekly_order: int = Field(default=3, ge=0, le=3)
    country: str = Field(default="GB", description="ISO code of the country whose public holidays count.")
    use_temperature: bool = False
    clip_sigmas: float = Field(default=5.0, gt=0, description="Residuals beyond so many noises count as that many.")
    iterations: int = Field(default=60, ge=10)
    fill_gaps: bool = Field(default=True, description="Share a design between histories that differ in single days.")

    @property
    def needs_temperature(self) -> bool:
        """Whether the parameters say so; see meterlake.anomaly.days.band_detector."""
        return self.use_temperature

    def fit_band(self, days: MeterDays) -> Band:
        """Fit every meter; see meterlake.anomaly.days.band_detector."""
        training = self.training_kwh(days)
        offset = _offset_kwh(training) if self.mode == "multiplicative" else None
        floor = _LOG_NOISE_FLOOR if offset is not None else 0.0
        empty = Band(np.full(training.shape, np.nan), np.full(training.shape[0], np.nan), offset, floor)
        values = empty.on_scale(training)
        centre, noise = empty.centre, empty.noise
        # These matrices are small: threads would wait for each other longer than they work.
        with threadpool_limits(limits=1, user_api="blas"):
            for history, places in self._histories(values):
                centre[places], noise[places] = self._fit_together(days, values[places], history)
        return Band(centre, noise, offset, floor)

    def _histories(self, values: Floats) -> list[tuple[NDArray[np.bool_], list[int]]]:
        """Group meters by the days that their fit sees; meters with too few days are left out."""
        groups: dict[bytes, list[int]] = defaultdict(list)
        is_present: NDArray[np.bool_] = np.isfinite(values)
        for place in range(values.shape[0]):
            present = np.asarray(is_present[place])
            seen = np.flatnonzero(present)
            if seen.size < self.least_history_days:
                continue
            span = np.zeros_like(present)
            span[seen[0] : seen[-1] + 1] = True
            is_nearly_whole = seen.size >= (1 - _GAPS_TO_FILL) * span.sum()
            groups[(span if self.fill_gaps and is_nearly_whole else present).tobytes()].append(place)
        return [(np.frombuffer(key, dtype=bool), places) for key, places in groups.items()]

    def _fit_together(self, days: MeterDays, values: Floats, history: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Fit meters that share a history; return what is expected on all days, and the noise."""
        numbers = day_numbers(days.dates)
        seen = numbers[history]
        yearly = self.yearly_order if seen[-1] - seen[0] >= _YEARLY_NEEDS_DAYS else 0
        options = SeasonOptions(yearly, self.weekly_order, self.country)
        calendar, _ = calendar_columns(days.dates, options)
        if self.use_temperature and days.temperature_c is not None:
            calendar = np.column_stack([calendar, _temperature_column(days.temperature_c)])
        trend = trend_columns(
            numbers, history, n_changepoints=self.n_changepoints, changepoint_range=self.changepoint_range
        )
        columns = np.column_stack([trend.columns, calendar])
        fit = FitOptions(
            iterations=self.iterations,
            clip_sigmas=self.clip_sigmas if self.clip_sigmas < 1e6 else float("inf"),
        )
        priors = Priors(changepoint=self.changepoint_prior_scale)
        design = SharedDesign(columns[history], trend.n_changepoints, priors, fit.penalty)
        known = values[:, history]
        largest = np.nanmax(np.abs(known), axis=1)
        largest[largest == 0] = 1.0
        fitted = design.fit(known / largest[:, None], fit)
        return (fitted.coefficients @ columns.T) * largest[:, None], fitted.noise * largest


def _offset_kwh(energy_kwh: Floats) -> Floats:
    """Return the offset of each meter's logarithm, from its 75 % quantile (the lower of the days round it)."""
    in_order = np.sort(energy_kwh, axis=1)  # missing days go last
    known = np.isfinite(energy_kwh).sum(axis=1)
    place = np.maximum(0.75 * (known - 1), 0).astype(int)
    busy = np.nan_to_num(np.take_along_axis(in_order, place[:, None], axis=1)[:, 0])
    return np.asarray(_OFFSET_SHARE * np.maximum(busy, _LEAST_BUSY_DAY_KWH))


def _temperature_column(temperature_c: Floats) -> Floats:
    """Return degrees below 15.5 C, the base of British degree days, scaled to about 1; 0 where unknown."""
    return np.nan_to_num(np.maximum(15.5 - temperature_c, 0.0) / 10.0)


DETECTOR = FleetBand()
