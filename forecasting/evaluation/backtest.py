"""Rolling-origin backtest: fit once before the first origin, forecast from each, score against what then came.

Enters: a panel with the past and what followed. Leaves: a report. Nothing after an origin reaches the forecast
made there: the history is cut at the origin, and weather is left out unless it is an archive of forecasts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from meterlake.forecasting.evaluation.accuracy import MeterScores, score_forecast, seasonal_errors
from meterlake.forecasting.forecaster import QUANTILES, FittedModel, Forecaster, Progress, QuantileForecast, no_progress
from meterlake.forecasting.forecasters.seasonal_naive import SeasonalNaive, SeasonalNaiveParameters
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.errors import BadParameter

Weather = Literal["left out", "forecast"]

# The published baseline: the value one day before, for every quantile.
BASELINE = SeasonalNaive(SeasonalNaiveParameters(season_days=1, spread="none"))


@dataclass(frozen=True)
class BacktestReport:
    """What a backtest found.

    Attributes:
        forecaster: Name of the forecaster.
        horizon_intervals: Intervals a forecast.
        interval_minutes: Length of an interval.
        origins: Start of the first forecast interval of each origin, ISO.
        weather: Whether weather was left out, or was a forecast as known at each origin.
        scores: Of the forecaster, summed over origins.
        baseline: Of the plain seasonal naive (one day before, all quantiles equal) at the same origins.
        meter_ids: The meters of both.
        train_seconds: Wall time of the fit.
        predict_seconds: Wall time of all predictions.
        train_cpu_seconds: Processor time of the fit, all threads of this process.
        predict_cpu_seconds: The same of all predictions.
        model: The fitted model, so that a caller need not fit it again.
    """

    forecaster: str
    horizon_intervals: int
    interval_minutes: int
    origins: tuple[str, ...]
    weather: Weather
    scores: MeterScores
    baseline: MeterScores
    meter_ids: tuple[str, ...]
    train_seconds: float
    predict_seconds: float
    train_cpu_seconds: float
    predict_cpu_seconds: float
    model: FittedModel = field(repr=False)

    @property
    def wql_over_baseline(self) -> float:
        """Weighted quantile loss over the plain seasonal naive's."""
        return self.scores.wql / self.baseline.wql if self.baseline.wql > 0 else float("nan")

    def as_json(self, meters: bool = False) -> dict[str, Any]:
        """Return the figures as plain values.

        Args:
            meters: Whether each meter's loss is among them.
        """
        figures: dict[str, Any] = {
            "forecaster": self.forecaster,
            "interval_minutes": self.interval_minutes,
            "horizon_intervals": self.horizon_intervals,
            "origins": list(self.origins),
            "meters": len(self.meter_ids),
            "weather": self.weather,
            "wql": _plain(self.scores.wql),
            "mase": _plain(self.scores.mase),
            "coverage_10_90": _plain(self.scores.coverage),
            "train_seconds": round(self.train_seconds, 3),
            "predict_seconds": round(self.predict_seconds, 3),
            "train_cpu_seconds": round(self.train_cpu_seconds, 3),
            "predict_cpu_seconds": round(self.predict_cpu_seconds, 3),
            "seasonal_naive": {"wql": _plain(self.baseline.wql), "mase": _plain(self.baseline.mase)},
            "wql_over_seasonal_naive": _plain(self.wql_over_baseline),
        }
        if meters:
            losses = self.scores.quantile_loss_kwh.tolist()
            figures["quantile_loss_kwh"] = dict(zip(self.meter_ids, losses, strict=True))
        return figures


def backtest(
    forecaster: Forecaster,
    panel: Panel,
    horizon_intervals: int,
    origins: Sequence[int],
    train_end: int,
    progress: Progress = no_progress,
    weather: Weather = "left out",
) -> BacktestReport:
    """Fit on what was measured before `train_end`, forecast from each origin, and score.

    Args:
        forecaster: What is judged.
        panel: The past and what followed.
        horizon_intervals: Intervals a forecast.
        origins: Places in the panel of the first forecast interval, ascending, none before `train_end`; each with
            a whole horizon after it in the panel.
        train_end: Place of the first interval that the fit does not see.
        progress: Is told the stage and the part that is done.
        weather: "forecast" only if the panel's temperatures are what was forecast before the origins; otherwise
            the temperatures are taken away, since measured ones would tell the future.

    Raises:
        BadParameter: If there is no origin, or one is before the end of training or too near the panel's end.
    """
    _check_origins(origins, train_end, panel.intervals - horizon_intervals)
    seen = panel if weather == "forecast" else replace(panel, temperature_c=None)
    learned_from = seen.between(0, train_end)
    training, predicting = _Clock(), _Clock()
    with training.running():
        model = forecaster.fit(learned_from, horizon_intervals, lambda stage, done: progress(stage, 0.8 * done))
    baseline_model = BASELINE.fit(learned_from, horizon_intervals)
    scores: list[MeterScores] = []
    baseline: list[MeterScores] = []
    for count, origin in enumerate(origins):
        history = seen.between(0, origin)
        with predicting.running():
            forecast = model.predict(history, horizon_intervals, QUANTILES)
        measured = panel.energy_kwh[:, origin : origin + horizon_intervals]
        scores.append(_score(forecast, history, measured))
        baseline.append(_score(baseline_model.predict(history, horizon_intervals, QUANTILES), history, measured))
        progress("backtest", 0.8 + 0.2 * (count + 1) / len(origins))
    return BacktestReport(
        forecaster=forecaster.name,
        horizon_intervals=horizon_intervals,
        interval_minutes=panel.interval_minutes,
        origins=tuple(panel.at(origin).isoformat() for origin in origins),
        weather="left out" if seen.temperature_c is None else "forecast",
        scores=sum(scores[1:], scores[0]),
        baseline=sum(baseline[1:], baseline[0]),
        meter_ids=panel.meter_ids,
        train_seconds=training.seconds,
        predict_seconds=predicting.seconds,
        train_cpu_seconds=training.cpu_seconds,
        predict_cpu_seconds=predicting.cpu_seconds,
        model=model,
    )


class _Clock:
    """Wall and processor time, added up over what runs within."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - wall
        self.cpu_seconds += time.process_time() - processor


def _score(forecast: QuantileForecast, history: Panel, measured_kwh: Floats) -> MeterScores:
    errors = seasonal_errors(history.energy_kwh, history.intervals_a_day)
    return score_forecast(forecast.quantiles, forecast.energy_kwh, measured_kwh, errors)


def _check_origins(origins: Sequence[int], train_end: int, last: int) -> None:
    if not origins or min(origins) < max(train_end, 1) or max(origins) > last:
        raise BadParameter(
            "origins", list(origins), f"places from {train_end} (end of training) to {last} (one horizon left)", "last"
        )


def _plain(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None
