"""The plainest band: the median of the meter's days and their median absolute deviation; what others must beat."""

from __future__ import annotations

import numpy as np

from meterlake.anomaly.days.band import Band
from meterlake.anomaly.days.band_detector import BandDetector
from meterlake.anomaly.days.meter_days import MeterDays

# Of a normal distribution: its standard deviation over its median absolute deviation.
_SIGMA_OVER_MAD = 1.4826


class RobustZScore(BandDetector):
    """Knows no season: every day is held against the meter's median day."""

    name = "robust_zscore"
    says = "a day far from the meter's median day, whatever the season"

    def fit_band(self, days: MeterDays) -> Band:
        """Return median and scaled median absolute deviation; see meterlake.anomaly.days.band_detector."""
        energy = self.training_kwh(days)
        enough = np.isfinite(energy).sum(axis=1) >= self.least_history_days
        known = np.where(enough[:, None], energy, 0.0)
        median = np.nanmedian(known, axis=1)
        noise = _SIGMA_OVER_MAD * np.nanmedian(np.abs(known - median[:, None]), axis=1)
        centre = np.where(enough, median, np.nan)[:, None].repeat(energy.shape[1], axis=1)
        return Band(centre, np.maximum(noise, 1e-3))


DETECTOR = RobustZScore()
