"""What a forecaster is, for all of them: a name, what it says, parameters, a fit over all meters, and a prediction.

A forecaster holds its parameters. It is fitted once on a panel of meters; the fitted model then answers for any meter, one
that it has never seen among them, as long as it is given what history there is. Adding one is one module in
forecasting/forecasters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.given_parameters import parameters_from

QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
# The columns of the table forecasts that hold them.
QUANTILE_COLUMNS = tuple(f"p{round(level * 100)}_kwh" for level in QUANTILES)

# Stage of the work in words, and the part of it that is done, 0 to 1.
Progress = Callable[[str, float], None]


def no_progress(stage: str, done: float) -> None:
    """Show nothing."""


class ForecasterParameters(BaseModel):
    """What can be set of a forecaster; an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=1, ge=0, description="The same seed on the same readings gives the same model.")


@dataclass(frozen=True)
class QuantileForecast:
    """What a model says of the intervals after a panel.

    Attributes:
        quantiles: Levels, ascending, `(n_quantiles,)`.
        energy_kwh: `(n_meters, n_quantiles, n_intervals)`; never below zero, never falling from one quantile
            to the next, always finite.
        mean_kwh: `(n_meters, n_intervals)`.
        flags: For each meter ok, short_history (under a week was measured) or no_history, `(n_meters,)`.
    """

    quantiles: tuple[float, ...]
    energy_kwh: Floats
    mean_kwh: Floats
    flags: tuple[str, ...]


class FittedModel(ABC):
    """A fitted forecaster."""

    @abstractmethod
    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Forecast the intervals after a panel's end, for each of its meters.

        Args:
            history: What was measured; meters need not be those of the fit. Where it holds temperatures beyond
                its end, they are taken as the weather forecast.
            horizon_intervals: How many intervals; up to what the model was fitted for.
            quantiles: Levels in (0, 1), ascending.

        Raises:
            QueryTooLong: If whoever asked has gone or waited long enough; what takes more than a moment calls
                `require_patience` of lake/patience.py between its steps.
        """

    def history_intervals(self, intervals_a_day: int) -> int:
        """Return how many of a history's last intervals a forecast looks at; more change nothing."""
        return 56 * intervals_a_day

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything that `Forecaster.load` needs into a folder."""


class Forecaster(ABC):
    """A way to forecast: its name, what it says, what can be set, and what is set.

    Attributes:
        name: Its module's.
        says: What it does, in a sentence.
        version: Raised when it forecasts otherwise from the same readings.
        parameters_type: What can be set.
        presets: Parameters under a name, such as DeepAR's published ones.
        parameters: What is set.
    """

    name: str
    says: str
    version: str = "1"
    parameters_type: type[ForecasterParameters] = ForecasterParameters
    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    parameters: ForecasterParameters

    def __init__(self, parameters: ForecasterParameters | None = None) -> None:
        self.parameters = parameters or self.parameters_type()

    def with_parameters(self, given: Mapping[str, Any] | None = None, preset: str = "") -> Self:
        """Return the forecaster with other parameters: the defaults, then a preset's, then those given.

        Raises:
            BadParameter: If the preset, a name or a value is not one of the forecaster's.
        """
        if preset and preset not in self.presets:
            raise BadParameter("preset", preset, f"one of {', '.join(self.presets) or 'none'}", "no preset")
        wanted = {**self.presets.get(preset, {}), **(given or {})}
        configured = copy(self)
        configured.parameters = parameters_from(self.parameters_type, wanted, self.name)
        return configured

    @abstractmethod
    def fit(self, panel: Panel, horizon_intervals: int, progress: Progress = no_progress) -> FittedModel:
        """Learn from a panel to forecast so many intervals after its end."""

    @abstractmethod
    def load(self, folder: Path) -> FittedModel:
        """Read a model that `FittedModel.save` wrote."""


class AlreadyFitted(Forecaster):
    """A fitted model in the place of a forecaster, so that the backtest scores it as it scores all others."""

    says = "a model that is fitted already"

    def __init__(self, name: str, model: FittedModel) -> None:
        super().__init__()
        self.name, self.model = name, model

    def fit(self, panel: Panel, horizon_intervals: int, progress: Progress = no_progress) -> FittedModel:
        """Return the model as it is."""
        return self.model

    def load(self, folder: Path) -> FittedModel:
        """Return the model as it is."""
        return self.model


def history_flags(energy_kwh: Floats, intervals_a_day: int) -> tuple[str, ...]:
    """Say how much of each meter was measured in the last four weeks.

    Args:
        energy_kwh: `(n_meters, n_intervals)`, NaN where nothing was measured.
        intervals_a_day: How many intervals a day has.
    """
    measured = np.isfinite(energy_kwh[:, -28 * intervals_a_day :]).sum(axis=1)
    return tuple(
        "no_history" if count == 0 else "short_history" if count < 7 * intervals_a_day else "ok"
        for count in measured.tolist()
    )


def in_order(energy_kwh: Floats) -> Floats:
    """Return quantile paths that are never below zero and never cross, by sorting each interval's values.

    Chernozhukov, Fernández-Val and Galichon, "Quantile and probability curves without crossing", Econometrica 2010.

    Args:
        energy_kwh: `(n_meters, n_quantiles, n_intervals)`.
    """
    ordered: NDArray[np.float32] = np.sort(np.maximum(energy_kwh, 0.0), axis=1)
    return ordered
