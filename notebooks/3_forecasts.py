# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: -all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: jupytext,kernelspec,-all
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3 · Forecasts
#
# What meters will use, hour by hour, with quantiles; judged against seasonal naive on days that no fit has seen.

# %%
# %matplotlib inline
import datetime as dt
import os
import shutil
import tempfile

os.environ.setdefault("METERLAKE_LAKE", "../.demo/lake")

import pandas as pd

from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.training import DEFAULT_FORECASTER, Training, TrainingPlan
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.settings import LakeSettings

# What follows writes. It does so in a copy of the lake, which goes with the kernel: the lake itself is only read.
own = tempfile.TemporaryDirectory()
shutil.copytree(os.environ["METERLAKE_LAKE"], own.name, dirs_exist_ok=True)
lake = open_lake(LakeSettings(lake=own.name))
training = Training(lake.settings)

# %% [markdown]
# ## Train and judge
#
# A forecaster is fitted once on the days before the first origin and forecasts two days from each of several origins.
# The gate is a list of checks that a model must pass before a person is asked: it compares it with seasonal naive (yesterday again)
# and with the model in service.

# %%
trained = training.train(TrainingPlan(model_name="notebook", forecast_days=2))
pd.DataFrame(
    [(one.name, one.found, one.lowest, one.highest, one.has_passed) for one in trained.verdict.checks],
    columns=["check", "found", "wanted from", "to", "passed"],
).round(3)

# %% [markdown]
# WQL is the weighted quantile loss: how far the nine quantiles were off, over what was used. MASE is the median's absolute error over
# that of the same hour a day before. Lower is better; the plain seasonal naive (yesterday again) is 1. `seasonal_naive` below gives
# it quantiles, from how much that day differs from the next.

# %%
from meterlake.plots.calibration import draw_losses

naive = training.backtest(TrainingPlan(forecaster=FORECASTERS.named("seasonal_naive"), forecast_days=2))
losses = {
    DEFAULT_FORECASTER: trained.backtest.scores.wql,
    "seasonal_naive with quantiles": naive.scores.wql,
    "yesterday again": naive.baseline.wql,
}
draw_losses(losses, baseline="yesterday again")

# %%
pd.DataFrame(
    {
        name: {
            "WQL": one.scores.wql,
            "MASE": one.scores.mase,
            "part within 10-90 %": one.scores.coverage,
            "seconds to fit": one.train_seconds,
            "seconds to predict": one.predict_seconds,
        }
        for name, one in ((DEFAULT_FORECASTER, trained.backtest), ("seasonal_naive", naive))
    }
).T.round(3)

# %% [markdown]
# ## Approve and forecast
#
# What passes the gate waits for a person; only what is approved answers.

# %%
from meterlake.forecasting.models.model_record import APPROVED
from meterlake.forecasting.model_choice import open_models

assert trained.model is not None, "the gate did not let the model pass; see the checks above"
store = open_models(lake)
record = store.decide(trained.model.name, trained.model.version, APPROVED, "approved in a notebook")

# %% [markdown]
# A forecast as it would have been a week ago, so that it can be seen beside what came:

# %%
from meterlake.forecasting.serving.forecast_run import ForecastPlan, ForecastRun
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader

loader = PanelLoader(lake)
issued_at = loader.newest_end(record.interval_minutes) - dt.timedelta(days=7)
issued_at = issued_at.replace(hour=0, minute=0)
report = ForecastRun(lake.settings).forecast(ForecastPlan(model_name="notebook", issued_at=issued_at))
pd.Series(report.as_json(), name="run").to_frame()

# %%
import numpy as np

from meterlake.forecasting.serving.meter_forecast import ForecastQuestion, forecast_of_meter
from meterlake.plots.forecast_fan import draw_forecast

meter_id = loader.meter_ids[len(loader.meter_ids) // 2]
found = forecast_of_meter(lake, store, ForecastQuestion(meter_id, record, issued_at))
one = PanelLoader(lake, MeterChoice(meter_id=meter_id))
panel = one.load(issued_at - dt.timedelta(days=7), issued_at + dt.timedelta(days=2), record.interval_minutes)
times = np.datetime64(panel.start.replace(tzinfo=None), "us") + np.arange(panel.intervals) * np.timedelta64(1, "h")
draw_forecast(found.rows, times, panel.energy_kwh[0], time_zone=panel.time_zone, model=record.label)

# %% [markdown]
# ## Calibration
#
# Of what was forecast not to be exceeded eight times in ten, how much was not? On the dotted line the quantiles are honest.

# %%
from meterlake.forecasting.forecaster import QUANTILES
from meterlake.forecasting.evaluation.hindsight import accuracy_of_stored, calibration_of_stored
from meterlake.plots.calibration import draw_calibration

shares = calibration_of_stored(lake, issued_at, issued_at + dt.timedelta(days=2))
draw_calibration(QUANTILES, shares, model=record.label)

# %%
pd.DataFrame(accuracy_of_stored(lake, issued_at, issued_at + dt.timedelta(days=2)))
