"""A network asked for some hundred meters at a time, so that a fleet's features never lie in memory at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from meterlake.forecasting.forecaster import QuantileForecast, history_flags, in_order
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.patience import require_patience

_METERS_AT_ONCE = 256


def predict_in_batches(
    history: Panel,
    looked_at: int,
    horizon_intervals: int,
    quantiles: tuple[float, ...],
    answer: Callable[[Panel], tuple[Floats, Floats]],
) -> QuantileForecast:
    """Return a network's forecast for each meter of a panel.

    Args:
        history: What was measured.
        looked_at: How many of the last intervals the network is shown.
        horizon_intervals: How many intervals are forecast.
        quantiles: Levels asked for.
        answer: Gives some meters' quantiles, `(n_meters, n_quantiles, n_intervals)`, and means, in kWh.
    """
    meters = len(history.meter_ids)
    paths = np.empty((meters, len(quantiles), horizon_intervals), np.float32)
    means = np.empty((meters, horizon_intervals), np.float32)
    for places, of_zone in history.last(looked_at).by_zone():
        first = 0
        for some in of_zone.in_batches(_METERS_AT_ONCE):
            require_patience()
            chosen = places[first : first + len(some.meter_ids)]
            paths[chosen], means[chosen] = answer(some)
            first += len(chosen)
    return QuantileForecast(
        quantiles, in_order(paths), means, history_flags(history.energy_kwh, history.intervals_a_day)
    )
