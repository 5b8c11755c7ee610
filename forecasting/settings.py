"""How forecasts are made, judged and served; read from METERLAKE_FORECAST_* once."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings


class ForecastSettings(MeterlakeSettings):
    """Settings of forecasting; each is the environment variable METERLAKE_FORECAST_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_FORECAST_")

    country: str = Field(default="GB", description="ISO code whose public holidays the meters keep; empty for none.")
    history_days: int | None = Field(
        default=None, ge=7, description="Days before a forecast that a model is shown; unset: all that it looks at."
    )
    test_days: int = Field(default=28, ge=2, description="Days at the end that a fit does not see, for the backtest.")
    origins: int = Field(default=7, ge=1, description="Moments in those days from which the backtest forecasts.")
    gate_naive_ratio: float = Field(
        default=1.0, gt=0, description="Most that a model's WQL may be of seasonal naive's to pass the gate."
    )
    gate_service_ratio: float = Field(
        default=1.02, gt=0, description="Most that it may be of the WQL of the model in service."
    )
    shipped: bool = Field(
        default=True, description="Whether the model that ships answers until one of the lake's own is approved."
    )
    gate_shipped_ratio: float = Field(
        default=1.0,
        gt=0,
        description="Most that it may be of the WQL of the model that ships to be proposed.",
    )
    gate_coverage_low: float = Field(
        default=0.7, ge=0, le=1, description="Least share of values that the 10-90 % band must hold."
    )
    gate_coverage_high: float = Field(default=0.9, ge=0, le=1, description="Most that it may hold.")
    fresh_hours: float = Field(
        default=24.0, ge=0, description="Age, against the newest reading, up to which a stored forecast is served."
    )
    stopped_days: int = Field(
        default=42, ge=1, description="A meter that has sent nothing for so many days is left out of a run, and named."
    )
    batch_meters: int = Field(default=500, ge=1, description="Meters that are forecast at once.")
    endpoint: str = Field(
        default="", description="SageMaker endpoint that answers in place of a model of this machine; empty for none."
    )
