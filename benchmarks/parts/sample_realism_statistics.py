"""The statistics that make readings look like homes.

Enters: readings as a table of half-hours by meters. Leaves: named figures, each a number or a list, and their
relative differences. Statistics over meters are quantiles, for homes differ more than any mean says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
METER_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LAGS = (1, 2, 48, 336)
SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}

Series = NDArray[np.float64]
Figures = dict[str, Any]


@dataclass(frozen=True)
class Readings:
    """Half-hourly readings.

    Attributes:
        energy_kwh: `(n_slots, n_meters)`, NaN where missing; whole days.
        start: the first day, GMT.
    """

    energy_kwh: Series
    start: dt.date

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """The days, `(n_days,)`."""
        return np.datetime64(self.start) + np.arange(len(self.energy_kwh) // 48)

    def is_weekend(self) -> NDArray[np.bool_]:
        """Which days are Saturdays and Sundays, `(n_days,)`."""
        return np.asarray(~np.is_busday(self.dates))

    def is_in(self, season: str) -> NDArray[np.bool_]:
        """Which days lie in a season, `(n_days,)`."""
        months = self.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
        return np.isin(months, SEASONS[season])

    def day_shape_kwh(self, is_wanted: NDArray[np.bool_]) -> Series:
        """Gives the mean day over the wanted days, `(48,)`, kWh a half-hour, each meter's reading counting once."""
        by_day = self.energy_kwh.reshape(-1, 48, self.energy_kwh.shape[1])[is_wanted]
        return np.asarray(np.nanmean(by_day, axis=(0, 2)))

    def mean_daily_kwh(self) -> Series:
        """Gives each meter's mean use a day, `(n_meters,)`, kWh."""
        return np.asarray(np.nanmean(self.energy_kwh, axis=0) * 48)

    def peak_over_mean(self) -> Series:
        """Gives each meter's highest half-hour over its mean one, `(n_meters,)`."""
        return np.asarray(np.nanmax(self.energy_kwh, axis=0) / np.nanmean(self.energy_kwh, axis=0))

    def autocorrelation(self, lag: int) -> Series:
        """Gives each meter's autocorrelation, pairs with a missing half left out.

        Args:
            lag: half-hours.

        Returns:
            `(n_meters,)`, without meters that never change.
        """
        before, after = self.energy_kwh[:-lag], self.energy_kwh[lag:]
        is_pair = np.isfinite(before) & np.isfinite(after)
        pairs = is_pair.sum(axis=0)
        before, after = np.where(is_pair, before, 0), np.where(is_pair, after, 0)
        before_mean, after_mean = before.sum(axis=0) / pairs, after.sum(axis=0) / pairs
        joint = (before * after).sum(axis=0) / pairs - before_mean * after_mean
        spread = ((before**2).sum(axis=0) / pairs - before_mean**2) * ((after**2).sum(axis=0) / pairs - after_mean**2)
        moves = spread > 0
        return np.asarray(joint[moves] / np.sqrt(spread[moves]))


def summarise(readings: Readings) -> Figures:
    """Measures one set of readings.

    Args:
        readings: real or generated.

    Returns:
        Figures by name; kWh where the name says so. A season that the days do not reach is left out.
    """
    energy_kwh = readings.energy_kwh
    reported_kwh = energy_kwh[np.isfinite(energy_kwh)]
    figures: Figures = {
        "mean_kwh": reported_kwh.mean(),
        "zero_share": (reported_kwh == 0).mean(),
        "quantiles_kwh": np.quantile(reported_kwh, QUANTILES),
        "mean_daily_kwh_by_meter": np.quantile(readings.mean_daily_kwh(), METER_QUANTILES),
        "peak_over_mean_by_meter": np.quantile(readings.peak_over_mean(), METER_QUANTILES),
    }
    for lag in LAGS:
        figures[f"autocorrelation_lag_{lag}_by_meter"] = np.quantile(readings.autocorrelation(lag), METER_QUANTILES)
    for season in SEASONS:
        for name, is_kind in (("weekday", ~readings.is_weekend()), ("weekend", readings.is_weekend())):
            is_wanted = is_kind & readings.is_in(season)
            if is_wanted.any():
                figures[f"day_shape_{season}_{name}_kwh"] = readings.day_shape_kwh(is_wanted)
    return figures


def compare_statistics(real: Figures, generated: Figures) -> Figures:
    """Sets two sets of figures side by side.

    Args:
        real: figures of the real readings.
        generated: figures of the sample.

    Returns:
        For each statistic its real and generated value and `relative_difference`, (generated - real) / real. A day
        shape is summed up instead: its largest gap and its mean gap over the real shape's mean.
    """
    compared: Figures = {}
    for name, real_value in real.items():
        ours, theirs = np.atleast_1d(generated[name]), np.atleast_1d(real_value)
        if name.startswith("day_shape"):
            gaps = np.abs(ours - theirs) / theirs.mean()
            compared[name] = {"mean_gap": round(float(gaps.mean()), 3), "largest_gap": round(float(gaps.max()), 3)}
            compared[name]["correlation"] = round(float(np.corrcoef(ours, theirs)[0, 1]), 3)
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            difference = (ours - theirs) / theirs
        compared[name] = {
            "real": np.round(theirs, 4).tolist(),
            "generated": np.round(ours, 4).tolist(),
            "relative_difference": [round(float(d), 3) if np.isfinite(d) else None for d in difference],
        }
    return compared
