"""A model as the table `models` has it: what it is, what it learned from, how it did, whether it may answer."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from meterlake.lake.errors import BadParameter

PENDING, APPROVED, REJECTED = "PendingApproval", "Approved", "Rejected"
# How the place of a model begins that comes with the package.
SHIPPED = "shipped/"
_JSON_COLUMNS = ("metrics", "parameters", "trained_on")


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model at the end of its training.

    Attributes:
        forecaster: Name of the forecaster that loads it.
        interval_minutes: Length of an interval.
        horizon_intervals: How many it forecasts.
        metrics: How it did in its backtest, and what the gate said.
        parameters: The forecaster's.
        trained_on: What TrainedOn says (forecasting/models/trained_on.py), and which versions or jobs trained it.
    """

    forecaster: str
    interval_minutes: int
    horizon_intervals: int
    metrics: dict[str, Any]
    parameters: dict[str, Any]
    trained_on: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ModelRecord(ModelFacts):
    """One row of the table models, its JSON columns read."""

    name: str
    version: int
    status: str
    artefact: str
    created_at: dt.datetime
    decided_at: dt.datetime | None = None
    notes: str | None = None

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> ModelRecord:
        """Read a row."""
        return cls(**{**row, **{name: json.loads(row[name]) for name in _JSON_COLUMNS}})

    def as_row(self) -> dict[str, Any]:
        """Return the row."""
        return {**vars(self), **{name: json.dumps(getattr(self, name)) for name in _JSON_COLUMNS}}

    @property
    def label(self) -> str:
        """The name and version in words."""
        return f"{self.name} {self.version}"

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with the package."""
        return self.artefact.startswith(SHIPPED)

    @property
    def knows_weather(self) -> bool:
        """Whether temperature is among what the model is shown."""
        return bool(self.trained_on.get("dynamic_features"))

    def horizon_of(self, forecast_days: int | None) -> int:
        """Return how many intervals so many days are; as far as the model goes without.

        Raises:
            BadParameter: If the model does not reach as far.
        """
        day = 1440 // self.interval_minutes
        if forecast_days is None:
            return self.horizon_intervals
        if forecast_days < 1 or forecast_days * day > self.horizon_intervals:
            most = self.horizon_intervals // day
            raise BadParameter(
                "forecast days", forecast_days, f"1 to {most}, which is as far as {self.label} goes", str(most)
            )
        return forecast_days * day
