"""How good quantile forecasts are: weighted quantile loss, scaled error of the median, calibration of a band.

Enters: forecasts and what was then measured. Leaves: sums a meter, so that origins can be added up and meters drawn
again for an interval. An interval that was not measured counts nowhere.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.panels.panel import Floats

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class MeterScores:
    """What forecasts lost, a meter; scores of several origins add up.

    Attributes:
        quantile_loss_kwh: Twice the pinball loss, its mean over the quantiles, summed over intervals, `(n_meters,)`.
        energy_kwh: What was measured in the same intervals, `(n_meters,)`.
        scaled_error: The median's absolute errors over the meter's seasonal error, summed, `(n_meters,)`.
        scaled: How many intervals are in `scaled_error`, `(n_meters,)`.
        inside: How many intervals lay from the first quantile to the last, `(n_meters,)`.
        measured: How many intervals were measured, `(n_meters,)`.
    """

    quantile_loss_kwh: Doubles
    energy_kwh: Doubles
    scaled_error: Doubles
    scaled: Doubles
    inside: Doubles
    measured: Doubles

    def __add__(self, other: MeterScores) -> MeterScores:
        """Return the scores of both."""
        return MeterScores(*(mine + others for mine, others in zip(self._sums(), other._sums(), strict=True)))

    def _sums(self) -> tuple[Doubles, ...]:
        return (
            self.quantile_loss_kwh,
            self.energy_kwh,
            self.scaled_error,
            self.scaled,
            self.inside,
            self.measured,
        )

    @property
    def wql(self) -> float:
        """Mean weighted quantile loss, as GluonTS's MeanWeightedSumQuantileLoss over all meters."""
        return _ratio(self.quantile_loss_kwh, self.energy_kwh)

    @property
    def mase(self) -> float:
        """Mean absolute scaled error of the median (Hyndman and Koehler, Int. J. Forecasting 2006)."""
        return _ratio(self.scaled_error, self.scaled)

    @property
    def coverage(self) -> float:
        """The part of the measured intervals that lay from the first quantile to the last."""
        return _ratio(self.inside, self.measured)


def score_forecast(
    quantiles: tuple[float, ...], forecast_kwh: Floats, measured_kwh: Floats, seasonal_error_kwh: Doubles
) -> MeterScores:
    """Return what one forecast lost, a meter.

    Args:
        quantiles: Levels, ascending, `(n_quantiles,)`; the median is the one nearest to 0.5.
        forecast_kwh: `(n_meters, n_quantiles, n_intervals)`.
        measured_kwh: `(n_meters, n_intervals)`, NaN where nothing was measured.
        seasonal_error_kwh: `seasonal_errors` of the history, `(n_meters,)`.
    """
    measured = np.isfinite(measured_kwh)
    loss = np.zeros(len(measured_kwh))
    for place, level in enumerate(quantiles):
        over = forecast_kwh[:, place].astype(np.float64) - measured_kwh
        loss += 2 * np.nansum(np.where(over >= 0, (1 - level) * over, -level * over), axis=1)
    median = forecast_kwh[:, int(np.argmin(np.abs(np.array(quantiles) - 0.5)))]
    error = np.nansum(np.abs(median.astype(np.float64) - measured_kwh), axis=1)
    can_scale = np.isfinite(seasonal_error_kwh) & (seasonal_error_kwh > 0)
    inside = measured & (measured_kwh >= forecast_kwh[:, 0]) & (measured_kwh <= forecast_kwh[:, -1])
    return MeterScores(
        quantile_loss_kwh=loss / len(quantiles),
        energy_kwh=np.nansum(np.abs(measured_kwh.astype(np.float64)), axis=1),
        scaled_error=np.where(can_scale, error / np.where(can_scale, seasonal_error_kwh, 1.0), 0.0),
        scaled=np.where(can_scale, measured.sum(axis=1), 0).astype(np.float64),
        inside=inside.sum(axis=1).astype(np.float64),
        measured=measured.sum(axis=1).astype(np.float64),
    )


def seasonal_errors(energy_kwh: Floats, season_intervals: int) -> Doubles:
    """Return each meter's mean absolute difference from one season before, kWh; NaN where no pair was measured.

    Args:
        energy_kwh: History, `(n_meters, n_intervals)`, NaN where nothing was measured.
        season_intervals: Length of the season; a day in all of Meterlake's figures.
    """
    steps = np.abs(energy_kwh[:, season_intervals:].astype(np.float64) - energy_kwh[:, :-season_intervals])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a meter without a pair: NaN is the answer
        errors: Doubles = np.nanmean(steps, axis=1) if steps.shape[1] else np.full(len(energy_kwh), np.nan)
    return errors


def bootstrap_ratio(losses: Doubles, against: Doubles, draws: int = 2000, seed: int = 1) -> tuple[float, float, float]:
    """Return the ratio of two forecasters' summed losses, and its 95 % interval by drawing meters with replacement.

    Both lose on the same meters, so a draw takes a meter's two losses together (Efron and Tibshirani, An Introduction
    to the Bootstrap, chapter 6).

    Args:
        losses: One loss a meter, `(n_meters,)`.
        against: The other forecaster's, same meters in the same order.
        draws: How many times meters are drawn.
        seed: Of the draws.
    """
    chosen = np.random.default_rng(seed).integers(0, len(losses), (draws, len(losses)))
    ratios = losses[chosen].sum(axis=1) / against[chosen].sum(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return _ratio(losses, against), float(low), float(high)


def _ratio(over: Doubles, under: Doubles) -> float:
    below = float(under.sum())
    return float(over.sum()) / below if below > 0 else float("nan")
