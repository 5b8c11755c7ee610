"""A forecast whose band is that of the series' own last days: what the model would have said of them, beside what they were.

Enters: a fitted model, a panel of one series. Leaves: its forecast, each quantile where as much of the last two weeks lay below it as it
says, in widths of the model's band then. A sum of many meters is steadier than any model of single ones says, and by how much
depends on the meters; the series itself tells.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.forecaster import QUANTILES, FittedModel, QuantileForecast, in_order
from meterlake.forecasting.panels.panel import Floats, Panel

# So many days are compared; with fewer the model's own band counts for the rest.
DAYS_COMPARED = 14
# So far ahead: what is said of days farther off is wider by itself.
_DAYS_AHEAD = 2
_LEAST_KNOWN_DAYS = 7
_MIDDLE = QUANTILES.index(0.5)
_LEAST_WIDTH = 1e-6


def earlier_days(horizon_intervals: int, intervals_a_day: int) -> int:
    """Return from how many days before a panel's end the model is asked, so that each step that is compared is so on as many."""
    return DAYS_COMPARED + math.ceil(_steps_compared(horizon_intervals, intervals_a_day) / intervals_a_day) - 1


def _steps_compared(horizon_intervals: int, intervals_a_day: int) -> int:
    return min(horizon_intervals, _DAYS_AHEAD * intervals_a_day)


def forecast_by_own_days(model: FittedModel, panel: Panel, horizon_intervals: int) -> QuantileForecast:
    """Return a series' forecast, with the band of its own last days."""
    said = model.predict(panel, horizon_intervals)
    errors = _errors(model, panel, horizon_intervals)
    days = len(errors)
    if not np.isfinite(errors).any():
        return said
    part = min(1.0, days / earlier_days(horizon_intervals, panel.intervals_a_day))
    paths = said.energy_kwh[0].astype(np.float64)
    middle, width = paths[_MIDDLE], _width(paths)
    own = np.nanquantile(errors, QUANTILES)[:, None]
    moved = part * own + (1 - part) * (paths - middle) / width
    mean = middle + width * part * np.nanmean(errors) + (1 - part) * (said.mean_kwh[0] - middle)
    return QuantileForecast(
        QUANTILES,
        in_order((middle + width * moved)[None].astype(np.float32)),
        np.maximum(mean, 0.0)[None].astype(np.float32),
        said.flags,
    )


def _errors(model: FittedModel, panel: Panel, horizon_intervals: int) -> Floats:
    """Return how far what was measured lay from the median, in widths of the band, `(n_days, n_steps)`."""
    day, energy = panel.intervals_a_day, panel.energy_kwh[0]
    steps = _steps_compared(horizon_intervals, day)
    rows = []
    for days in range(1, earlier_days(horizon_intervals, day) + 1):
        origin = panel.intervals - days * day
        if np.isfinite(energy[: max(origin, 0)]).sum() < _LEAST_KNOWN_DAYS * day:
            break
        paths = model.predict(panel.between(0, origin), steps).energy_kwh[0].astype(np.float64)
        then = np.full(steps, np.nan)
        known = energy[origin : origin + steps]
        then[: len(known)] = known
        rows.append((then - paths[_MIDDLE]) / _width(paths))
    return np.array(rows, np.float32).reshape(len(rows), steps)


def _width(paths: NDArray[np.float64]) -> NDArray[np.float64]:
    width: NDArray[np.float64] = np.maximum(paths[-1] - paths[0], _LEAST_WIDTH)
    return width
