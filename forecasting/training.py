"""Readings to a registered model: fit, backtest, gate, register.

Enters: a lake and what to train. Leaves: a model that waits for approval, with everything that is needed to train it
again to the same figures, or the gate's reasons why not. The model in service goes on answering meanwhile.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from meterlake.forecasting.evaluation.backtest import BacktestReport, backtest
from meterlake.forecasting.evaluation.gate import GateVerdict, judge_model
from meterlake.forecasting.evaluation.origins import backtest_origins
from meterlake.forecasting.forecaster import AlreadyFitted, Forecaster
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.model_choice import ForecastingJob
from meterlake.forecasting.models.model_record import ModelFacts, ModelRecord
from meterlake.forecasting.models.shipped_models import name_of_shipped
from meterlake.forecasting.models.trained_on import TrainedOn
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.panel_loading import EVERY_METER, MeterChoice, PanelLoader, require_readings
from meterlake.lake.errors import BadParameter, NoModel, UnknownModel
from meterlake.lake.tables import READINGS

DEFAULT_FORECASTER = "quantile_network"


@dataclass(frozen=True)
class TrainingPlan:
    """What to train.

    Attributes:
        model_name: Under which it is kept.
        forecaster: With its parameters.
        interval_minutes: Length of an interval, 30 or 60.
        forecast_days: How far it forecasts.
        meters: Which meters it learns from.
        start: The first moment it may see; the lake's first where absent.
        end: The end of what it may see, test days included; the newest reading where absent.
    """

    model_name: str = "household"
    forecaster: Forecaster = field(default_factory=lambda: FORECASTERS.named(DEFAULT_FORECASTER))
    interval_minutes: int = 60
    forecast_days: int = 7
    meters: MeterChoice = EVERY_METER
    start: dt.datetime | None = None
    end: dt.datetime | None = None


@dataclass(frozen=True)
class TrainingReport:
    """What a training found, and the model it registered, if the gate let it pass.

    Attributes:
        backtest: How it did.
        verdict: The gate's.
        model: What was registered.
        wql_over_shipped: Its loss over that of the model that ships; None where that one does not answer.
        is_proposed: Whether it beat the model that ships; if not, a person may approve it all the same.
    """

    backtest: BacktestReport
    verdict: GateVerdict
    model: ModelRecord | None
    wql_over_shipped: float | None = None
    is_proposed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        model = self.model and {"name": self.model.name, "version": self.model.version, "status": self.model.status}
        compared = {"wql_over_shipped": self.wql_over_shipped, "proposed": self.is_proposed}
        return {"model": model, "gate": self.verdict.as_json(), **compared, "backtest": self.backtest.as_json()}


class Training(ForecastingJob):
    """Trains and judges models on one lake."""

    def train(self, plan: TrainingPlan) -> TrainingReport:
        """Fit, judge, and register what passes.

        Raises:
            BadParameter: If there is too little history.
        """
        readings_version = self.lake.version_of(READINGS.name)
        panel = self._panel(plan)
        report = self._judge(plan.forecaster, panel, plan)
        _require_something_to_beat(report)
        verdict = judge_model(
            self.settings,
            wql=report.scores.wql,
            coverage=report.scores.coverage,
            naive_wql=report.baseline.wql,
            service_wql=self._wql_of(plan.model_name, plan, panel),
        )
        if not verdict.has_passed:
            return TrainingReport(report, verdict, None)
        shipped_wql = self._wql_of(name_of_shipped(plan.interval_minutes), plan, panel)
        over_shipped = shipped_wql and report.scores.wql / shipped_wql
        trained_on = TrainedOn.of(panel, test_days=self.settings.test_days, readings_version=readings_version)
        versions = {"meterlake_version": version("meterlake"), "forecaster_version": plan.forecaster.version}
        facts = ModelFacts(
            forecaster=plan.forecaster.name,
            interval_minutes=plan.interval_minutes,
            horizon_intervals=report.horizon_intervals,
            metrics={**report.as_json(), "gate": verdict.as_json(), "wql_over_shipped": over_shipped},
            parameters=plan.forecaster.parameters.model_dump(mode="json"),
            trained_on={**trained_on.model_dump(), **versions},
        )
        model = self.store.register(plan.model_name, report.model, facts)
        is_proposed = over_shipped is None or over_shipped <= self.settings.gate_shipped_ratio
        return TrainingReport(report, verdict, model, over_shipped, is_proposed)

    def backtest(self, plan: TrainingPlan) -> BacktestReport:
        """Fit and judge without registering anything."""
        return self._judge(plan.forecaster, self._panel(plan), plan)

    def _judge(self, forecaster: Forecaster, panel: Panel, plan: TrainingPlan) -> BacktestReport:
        horizon = plan.forecast_days * panel.intervals_a_day
        train_end, origins = backtest_origins(panel, horizon, self.settings.test_days, self.settings.origins)
        return backtest(forecaster, panel, horizon, origins, train_end, self.progress)

    def _panel(self, plan: TrainingPlan) -> Panel:
        self.progress("reading the lake", 0.0)
        loader = PanelLoader(self.lake, plan.meters, country=self.settings.country)
        end = plan.end or loader.newest_end(plan.interval_minutes)
        start = plan.start or loader.first_start()
        panel = loader.load(start, end, plan.interval_minutes)
        require_readings(panel)
        return panel

    def _wql_of(self, name: str, plan: TrainingPlan, panel: Panel) -> float | None:
        """Return what the model in service under a name loses on the same days, or None."""
        try:
            record = self.store.in_service(name, plan.interval_minutes)
        except (NoModel, UnknownModel):
            return None
        if record.horizon_intervals < plan.forecast_days * panel.intervals_a_day:
            return None
        served = AlreadyFitted("served", self.store.fitted(record))
        return self._judge(served, panel, plan).scores.wql


def _require_something_to_beat(report: BacktestReport) -> None:
    """Refuse a fleet that yesterday forecasts without an error.

    Raises:
        BadParameter: If no reading of the backtest differs from the one a day before, or all are zero.
    """
    if not report.baseline.wql > 0:
        found = "every reading as it was a day before" if report.scores.energy_kwh.sum() else "nothing but zeros"
        raise BadParameter(
            "readings",
            found,
            "meters whose use changes; seasonal_naive forecasts these without an error",
            "two months of homes",
        )
