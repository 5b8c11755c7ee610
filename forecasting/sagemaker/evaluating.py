"""What a candidate answered about the test days, held against what was measured: the Glue stage after the batch transform.

Enters: a plan's address; the test channel, the answers. Leaves: the evaluation: the same figures that the backtest of a
laptop gives, of the candidate, of seasonal naive and of the model in service, all at the same moments.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from meterlake.forecasting.endpoint.series_lines import BadAnswer, energy_of, forecast_of
from meterlake.forecasting.evaluation.backtest import BacktestReport, backtest
from meterlake.forecasting.forecaster import QUANTILES, AlreadyFitted, FittedModel, QuantileForecast, history_flags
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.sagemaker.package_record import Figures
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.training_documents import Evaluation, TrainingNotes, TrainingRunPlan

# What a backtest says of its own clock says nothing here.
_OWN_CLOCK = ("train_seconds", "predict_seconds", "train_cpu_seconds", "predict_cpu_seconds")


def evaluate(plan_location: str) -> dict[str, Any]:
    """Write the evaluation of a plan's candidate.

    Raises:
        BadAnswer: If a transform's answers are not as DeepAR's, or some are missing.
    """
    files = RunFiles()
    plan = files.read_document(plan_location, TrainingRunPlan)
    notes = files.read_document(plan.notes, TrainingNotes)
    panel = _panel(files, plan, notes)
    report = judge_answers(panel, list(files.lines(plan.forecasts + "/")), notes, plan.package.forecaster)
    figures = {name: value for name, value in report.as_json().items() if name not in _OWN_CLOCK}
    figures["weather"] = "known at each origin" if notes.learned.dynamic_features else "left out"
    service_wql = None
    if plan.service:
        answers = list(files.lines(plan.service.forecasts + "/"))
        service_wql = judge_answers(panel, answers, notes, "model in service").scores.wql
    files.write_document(plan.evaluation, Evaluation(backtest=Figures.read(figures), service_wql=service_wql))
    return {
        "wql": figures["wql"],
        "wql_over_seasonal_naive": figures["wql_over_seasonal_naive"],
        "service_wql": service_wql,
    }


def judge_answers(panel: Panel, answers: list[bytes], notes: TrainingNotes, name: str) -> BacktestReport:
    """Score a transform's answers as a backtest scores a model.

    Args:
        panel: What was measured, test days included.
        answers: A line a meter, all meters at one origin after the other.
        notes: From which moments was forecast, and how far.
        name: Of the forecaster, for the report.
    """
    meters = len(panel.meter_ids)
    if len(answers) != meters * len(notes.origins):
        raise BadAnswer(f"{len(answers)} answers to {meters * len(notes.origins)} questions.")
    answered = {}
    for number, origin in enumerate(notes.origins):
        history = panel.between(0, origin)
        lines = answers[number * meters : (number + 1) * meters]
        flags = history_flags(history.energy_kwh, panel.intervals_a_day)
        answered[history.end] = forecast_of(lines, notes.horizon_intervals, flags)
    forecaster = AlreadyFitted(name, _Answers(answered))
    return backtest(forecaster, panel, notes.horizon_intervals, notes.origins, notes.train_end)


def _panel(files: RunFiles, plan: TrainingRunPlan, notes: TrainingNotes) -> Panel:
    learned = notes.learned
    return Panel(
        notes.meter_ids,
        dt.datetime.fromisoformat(learned.start),
        plan.readings.interval_minutes,
        energy_of(files.lines(plan.test)),
        learned.time_zone,
        learned.country,
    )


class _Answers(FittedModel):
    """A model that has answered already: its forecasts, by the moment of their issue."""

    def __init__(self, answered: dict[dt.datetime, QuantileForecast]) -> None:
        self.answered = answered

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Return the answer from the history's end; the backtest asks for its whole horizon and all quantiles."""
        return self.answered[history.end]

    def save(self, folder: Path) -> None:
        """Write the paths; the model itself is SageMaker's."""
        for issued_at, forecast in self.answered.items():
            np.save(folder / f"{issued_at:%Y%m%dT%H%M}.npy", forecast.energy_kwh)
