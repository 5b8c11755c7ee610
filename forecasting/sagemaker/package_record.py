"""What is kept of a model package beside the model's files, and what runs need of the model in service.

A record outlives its run: it is read by every later deployment, so its names are only ever added to.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from meterlake.forecasting.models.trained_on import TrainedOn
from meterlake.forecasting.panels.categories import Categories
from meterlake.forecasting.sagemaker.document import Document

Approval = Literal["PendingManualApproval", "Approved", "Rejected"]


class NaiveFigures(Document):
    """How seasonal naive did at the same moments."""

    model_config = ConfigDict(extra="allow")

    wql: float | None


class Figures(Document):
    """What a backtest found; the gate reads what is named here, the rest is handed on as it is."""

    model_config = ConfigDict(extra="allow")

    wql: float | None
    coverage_10_90: float | None
    seasonal_naive: NaiveFigures


class JudgedFigures(Figures):
    """The same, with what the gate said of it."""

    gate: dict[str, Any]
    service_wql: float | None


class PackageRecord(Document):
    """All that is known of a model package.

    Attributes:
        record: Where this lies.
        run: The execution that made it.
        model_name: The model's name.
        forecaster: What it was fitted by.
        interval_minutes: Length of an interval.
        horizon_intervals: How far it forecasts.
        history_days: Days before a forecast that it is sent.
        endpoint_instance_type: The machine that serves it.
        model_data: Where its files lie.
        training_job: What trained it.
        metrics: How it did.
        parameters: The hyperparameters that were its own.
        trained_on: What it learned from.
        approval: As it was when this was written.
        model_package_arn: Absent until the package is made.
    """

    record: str
    run: str
    model_name: str
    forecaster: str
    interval_minutes: int
    horizon_intervals: int
    history_days: int
    endpoint_instance_type: str
    model_data: str
    training_job: str
    metrics: JudgedFigures
    parameters: dict[str, str]
    trained_on: TrainedOn
    approval: Approval
    model_package_arn: str | None = None

    @property
    def package(self) -> str:
        """The package's ARN.

        Raises:
            ValueError: If it was not made yet.
        """
        if self.model_package_arn is None:
            raise ValueError(f"the package of {self.record} was not made")
        return self.model_package_arn


class ServiceModel(Document):
    """What a run needs of an approved package, and the SageMaker model that answers for it."""

    record: str
    model_name: str
    model_package_arn: str
    interval_minutes: int
    horizon_intervals: int
    categories: Categories
    dynamic_features: int
    model: str
