"""What a run of *train* or *forecast* was asked for: the published pipeline parameters, checked.

Enters: an execution's input. Leaves: RunParameters. The names are the published ones; those after ModelName's line are ours.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.given_parameters import parameters_from


class RunParameters(BaseModel):
    """Parameters of a run; an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    Meter_start: int = Field(default=1, ge=1)
    Meter_end: int | None = Field(default=None, ge=1)
    Data_start: dt.date | None = None
    Data_end: dt.date | None = None
    Batch_size: int = Field(default=25, ge=1)
    Forecast_period: int = Field(default=7, ge=1, le=60)
    ModelName: str = Field(default="household", pattern=r"^[A-Za-z0-9_-]{1,100}$")
    Endpoint_instance_type: str | None = Field(default=None, pattern=r"^ml\.\w+\.\w+$")
    Interval_minutes: Literal[30, 60] = 60
    Forecaster: str | None = Field(default=None, pattern=r"^\w{1,50}$")
    Hyperparameters: dict[str, str | int | float | bool] = Field(default_factory=dict)

    @property
    def start(self) -> str | None:
        """The first moment of the readings that are used, as ISO text; None for the lake's first."""
        return f"{self.Data_start}T00:00:00+00:00" if self.Data_start else None

    @property
    def end(self) -> str | None:
        """The end of the readings that are used, as ISO text; None for the newest reading."""
        return f"{self.Data_end}T00:00:00+00:00" if self.Data_end else None


def read_parameters(given: dict[str, Any]) -> RunParameters:
    """Check an execution's input.

    Raises:
        BadParameter: If a name is unknown, or a value is malformed or out of range.
    """
    # Empty texts are how consoles and schedules leave a parameter out.
    wanted = {name: value for name, value in given.items() if value not in ("", None)}
    parameters = parameters_from(RunParameters, wanted, "a run", "100")
    if parameters.Meter_end is not None and parameters.Meter_end < parameters.Meter_start:
        raise BadParameter("Meter_end", parameters.Meter_end, f"Meter_start ({parameters.Meter_start}) or more", "100")
    if parameters.Data_start and parameters.Data_end and parameters.Data_end <= parameters.Data_start:
        raise BadParameter(
            "Data_end", parameters.Data_end, f"a day after Data_start ({parameters.Data_start})", "2014-01-01"
        )
    return parameters
