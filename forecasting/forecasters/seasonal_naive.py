"""The baseline that everything is measured against: what was measured one day, or one week, before.

With `spread="none"` every quantile is that value, as in the published figures; this is what ratios are taken
against. With `spread="residuals"` the quantiles come from how far the meter itself was from its own seasonal value
in the last four weeks, at that time of day. A missing value is taken from the season before, and so on; of a meter
that never measured that time of day, from the mean of all meters seen in the fit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from meterlake.forecasting.forecaster import (
    QUANTILES,
    FittedModel,
    Forecaster,
    ForecasterParameters,
    Progress,
    QuantileForecast,
    history_flags,
    in_order,
    no_progress,
)
from meterlake.forecasting.panels.measured_quantiles import quantiles_of_measured
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.patience import require_patience

_SPREAD_DAYS = 28
_LEAST_RESIDUALS = 5


class SeasonalNaiveParameters(ForecasterParameters):
    """What can be set of the seasonal naive forecast."""

    season_days: Literal[1, 7] = Field(default=1, description="How many days back the forecast looks.")
    spread: Literal["residuals", "none"] = Field(
        default="residuals",
        description="Quantiles from the meter's own past residuals, or none: all equal, the published baseline.",
    )


class SeasonalNaiveModel(FittedModel):
    """The mean day of the pooled meters, for those that have measured nothing."""

    def __init__(self, parameters: SeasonalNaiveParameters, pooled_day_kwh: Floats) -> None:
        self.parameters = parameters
        self.pooled_day_kwh = pooled_day_kwh

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Repeat the last season of each meter."""
        season = self.parameters.season_days * history.intervals_a_day
        last = _last_seasons(history, season, self.pooled_day_kwh)
        mean = last[:, np.arange(horizon_intervals) % season]
        paths = np.repeat(mean[:, None, :], len(quantiles), axis=1)
        if self.parameters.spread == "residuals":
            paths = paths + _residual_quantiles(history, season, horizon_intervals, quantiles)
        flags = history_flags(history.energy_kwh, history.intervals_a_day)
        return QuantileForecast(quantiles, in_order(paths), mean, flags)

    def save(self, folder: Path) -> None:
        """Write parameters and the pooled day."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "parameters.json").write_text(self.parameters.model_dump_json())
        np.save(folder / "pooled_day_kwh.npy", self.pooled_day_kwh)


class SeasonalNaive(Forecaster):
    """What was measured one season before."""

    name = "seasonal_naive"
    says = "what the meter measured one day (or week) before: the baseline that every other forecaster must beat"
    parameters_type = SeasonalNaiveParameters
    parameters: SeasonalNaiveParameters
    presets = {"published": {"season_days": 1, "spread": "none"}}  # noqa: RUF012 - declared as ClassVar in the base

    def fit(self, panel: Panel, horizon_intervals: int, progress: Progress = no_progress) -> SeasonalNaiveModel:
        """Remember the mean day of all meters, by UTC time of day."""
        slots = (np.arange(panel.intervals) + _slot_of(panel, 0)) % panel.intervals_a_day
        energy = panel.energy_kwh
        sums = np.zeros(panel.intervals_a_day)
        counts = np.zeros(panel.intervals_a_day)
        np.add.at(sums, slots, np.nansum(energy, axis=0, dtype=np.float64))
        np.add.at(counts, slots, np.isfinite(energy).sum(axis=0))
        overall = sums.sum() / max(counts.sum(), 1)
        day = np.where(counts > 0, sums / np.maximum(counts, 1), overall).astype(np.float32)
        progress("fit", 1.0)
        return SeasonalNaiveModel(self.parameters, day)

    def load(self, folder: Path) -> SeasonalNaiveModel:
        """Read parameters and the pooled day."""
        parameters = SeasonalNaiveParameters.model_validate_json((folder / "parameters.json").read_text())
        return SeasonalNaiveModel(parameters, np.load(folder / "pooled_day_kwh.npy"))


FORECASTER = SeasonalNaive()


def _slot_of(panel: Panel, interval: int) -> int:
    start = panel.at(interval)
    return (start.hour * 60 + start.minute) // panel.interval_minutes


def _last_seasons(history: Panel, season: int, pooled_day_kwh: Floats) -> Floats:
    """Return the last season of each meter without a gap, `(n_meters, season)`."""
    end = history.intervals
    filled: Floats = np.full((len(history.energy_kwh), season), np.nan, np.float32)
    # Not further than the widest spread: an older value says little of tomorrow, and a fleet is large.
    for back in range(1, _SPREAD_DAYS * history.intervals_a_day // season + 1):
        first = end - back * season
        if first < 0 and first + season <= 0:
            break
        values = history.energy_kwh[:, max(first, 0) : first + season]
        part = filled[:, season - values.shape[1] :]
        np.copyto(part, values, where=np.isnan(part))
        if np.isfinite(filled).all():
            return filled
    slots = (np.arange(season) + _slot_of(history, end)) % history.intervals_a_day
    return np.where(np.isnan(filled), pooled_day_kwh[slots], filled)


def _residual_quantiles(history: Panel, season: int, horizon: int, quantiles: tuple[float, ...]) -> Floats:
    """Return quantiles of what each meter differed from its value as many seasons before as a step needs.

    Returns:
        `(n_meters, n_quantiles, horizon)` in kWh; zero where a meter has fewer than a handful of differences.
    """
    day, end, energy = history.intervals_a_day, history.intervals, history.energy_kwh
    spread: Floats = np.zeros((len(energy), len(quantiles), horizon), np.float32)
    days_back = np.arange(1, _SPREAD_DAYS + 1)
    for step in range(horizon):
        require_patience()
        lag = (step // season + 1) * season
        # The same time of day in the last weeks, and its neighbours, which are as far from their own values.
        places = (end + step - day * (days_back + step // day)[:, None] + np.arange(-1, 2)[None, :]).ravel()
        places = places[(places >= lag) & (places < end)]
        if not len(places):
            continue
        residuals = energy[:, places] - energy[:, places - lag]
        levels = quantiles_of_measured(residuals, quantiles)
        enough = np.isfinite(residuals).sum(axis=1) >= _LEAST_RESIDUALS
        spread[:, :, step] = np.where(enough[:, None], levels, 0.0)
    return spread
