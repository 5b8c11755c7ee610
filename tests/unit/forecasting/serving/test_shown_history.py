from __future__ import annotations

import datetime as dt

from meterlake.forecasting.forecasters.seasonal_naive import FORECASTER
from meterlake.forecasting.models.model_record import PENDING, ModelRecord
from meterlake.forecasting.serving.shown_history import history_start
from meterlake.forecasting.settings import ForecastSettings
from tests.unit.forecasting.household_panel import START, households

RECORD = ModelRecord(
    "seasonal_naive",
    60,
    48,
    {},
    {},
    {},
    name="homes",
    version=1,
    status=PENDING,
    artefact="a/homes/1",
    created_at=START,
)
MAY = dt.datetime(2013, 5, 1, tzinfo=dt.UTC)


def test_a_model_is_shown_all_that_it_looks_at_unless_the_settings_say_otherwise() -> None:
    model = FORECASTER.fit(households(meters=2, days=10), 48)

    assert history_start(model, RECORD, MAY, ForecastSettings()) == MAY - dt.timedelta(days=56)
    assert history_start(model, RECORD, MAY, ForecastSettings(history_days=14)) == MAY - dt.timedelta(days=14)
