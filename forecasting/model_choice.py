"""Where a lake's models come from: the one place that chooses, and what every forecasting job begins with.

Enters: a lake, settings. Leaves: its models, behind which stand the lake's own artefacts or an endpoint.
"""

from __future__ import annotations

from meterlake.forecasting.forecaster import Progress, no_progress
from meterlake.forecasting.models.model_source import LakeModels
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings


def open_models(lake: Lake, settings: ForecastSettings | None = None) -> ModelStore:
    """Return a lake's models; an endpoint answers in their place where the settings name one."""
    chosen = settings or ForecastSettings()
    if not chosen.endpoint:
        return ModelStore(lake, LakeModels(lake), with_shipped=chosen.shipped)
    from meterlake.forecasting.endpoint.endpoint_model import EndpointModels

    return ModelStore(lake, EndpointModels(chosen.endpoint), with_shipped=chosen.shipped)


class ForecastingJob:
    """What a training and a run of forecasts have at hand.

    Args:
        lake_settings: Of the lake; from the environment where absent.
        settings: Of forecasting; from the environment where absent.
        progress: Is told the stage of the work and the part that is done.
    """

    def __init__(
        self,
        lake_settings: LakeSettings | None = None,
        settings: ForecastSettings | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.settings = settings or ForecastSettings()
        self.progress = progress
        self.lake = open_lake(lake_settings or LakeSettings())
        self.store = open_models(self.lake, self.settings)
