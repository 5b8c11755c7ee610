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
# # 2 · Anomalies
#
# The fleet's worst days, the band that each meter left, and why a day was flagged. `meterlake detect` writes the scores;
# running it again scores what is new or changed and nothing else.

# %%
# %matplotlib inline
import datetime as dt
import os
import shutil
import tempfile

os.environ.setdefault("METERLAKE_LAKE", "../.demo/lake")

from meterlake.anomaly.detection import DetectionRun
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.open_bounds import EVERYWHERE, FROM_THE_WORST
from meterlake.lake.settings import LakeSettings

# What follows writes. It does so in a copy of the lake, which goes with the kernel: the lake itself is only read.
own = tempfile.TemporaryDirectory()
shutil.copytree(os.environ["METERLAKE_LAKE"], own.name, dirs_exist_ok=True)
lake = open_lake(LakeSettings(lake=own.name))
report = DetectionRun(lake.settings).detect()
for one in report.detectors:
    print(f"{one.detector}: {one.meters} meters, {one.scored} days scored, {one.unchanged} unchanged")

# %% [markdown]
# ## The fleet's worst days
#
# Ranked by severity, as `meterlake anomalies` does: how far from expected, and from all that the meter did at other times. The REST
# API ranks by importance where it is not told otherwise, the part of the day beyond its limit, so that its first day is another.

# %%
every_day = {"start_date": None, "end_date": None}
bounds = {**every_day, **EVERYWHERE, **FROM_THE_WORST}
worst = lake.ask("worst_anomalies", detector="fleet_band", by_severity=True, **bounds, page_size=12).to_pandas()
worst[["meter_id", "local_date", "consumption_kwh", "expected_kwh", "lower_kwh", "upper_kwh", "severity"]].round(2)

# %% [markdown]
# ## The band of the worst meter

# %%
from meterlake.plots.anomaly_days import draw_anomalies

meter_id, day = worst.iloc[0][["meter_id", "local_date"]]
draw_anomalies(lake.ask("anomalies_of_meter", meter_id=meter_id, detector="fleet_band", **every_day))

# %% [markdown]
# ## Why that day was flagged
#
# Its half-hours over those of the four weeks before. The usual day here is the median of those weeks; what the band expects follows
# the meter's level, its weekdays and its seasons, so that the two need not be equal.

# %%
from meterlake.plots.flagged_day import HISTORY_DAYS, draw_flagged_day

time_zone = lake.ask("meter", meter_id=meter_id).to_pylist()[0]["time_zone"] or "UTC"
day = day if isinstance(day, dt.date) else day.date()
end = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(days=2)
readings = lake.ask(
    "readings_of_meter",
    meter_id=meter_id,
    quantity="energy",
    start=end - dt.timedelta(days=HISTORY_DAYS + 2),
    end=end,
    page_size=100_000,
)
draw_flagged_day(readings, meter_id=meter_id, day=day, time_zone=time_zone)

# %% [markdown]
# ## Other ways to be odd
#
# Every detector can be asked about one meter at any moment; nothing is written. A detector of days judges the whole days before the
# moment, by the meter's own earlier days.

# %%
from meterlake.anomaly.one_run import run_detector
from meterlake.anomaly.registry import DETECTORS

moment = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(days=1)
for name in DETECTORS.names:
    if name != "prophet_band":  # takes seconds, and an extra library
        answer = run_detector(name, meter_id, moment=moment, settings=lake.settings)
        print(f"{name:24} {answer.anomaly:+d}  {answer.verdict:14} {answer.detail}")
