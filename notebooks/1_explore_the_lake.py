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
# # 1 · Explore the lake
#
# What is in it, when homes use energy, what the cold costs, and what was not measured.
#
# One setting says which lake: `METERLAKE_LAKE`, a folder or `s3://bucket/prefix`. Without it these notebooks look at
# the lake that `make demo` leaves.

# %%
# %matplotlib inline
import datetime as dt
import os

os.environ.setdefault("METERLAKE_LAKE", "../.demo/lake")

import pandas as pd

from meterlake.lake.engine_choice import open_lake

lake = open_lake()
pd.Series(lake.row_counts(), name="rows").to_frame()

# %% [markdown]
# Every question is a file in `lake/queries`; `lake.ask` answers it as an Arrow table. The meters that have energy, the
# range of their days, and the zone whose days they are (`meterlake ingest --time-zone` sets it where files say none):

# %%
meters = lake.ask("meters_with_energy", first_meter_id="", last_meter_id="\U0010ffff").to_pandas()
first, last = meters["first_date"].min(), meters["last_date"].max()
start = dt.datetime.combine(first, dt.time(), dt.UTC)
end = dt.datetime.combine(last, dt.time(), dt.UTC) + dt.timedelta(days=1)
time_zone = meters["time_zone"].mode().iloc[0] if meters["time_zone"].notna().any() else "UTC"
print(f"{len(meters)} meters from {first} to {last}, days of {time_zone}")
meters.groupby(["segment", "tariff"], dropna=False).size().unstack(fill_value=0)

# %% [markdown]
# ## When energy is used

# %%
from meterlake.plots.load_shape import draw_load_shapes

draw_load_shapes(lake.ask("load_by_segment", start=start, end=end), time_zone=time_zone)

# %% [markdown]
# ## What the cold costs
#
# Days of which every interval was measured, against the day's mean temperature. The line bends at the temperature below which it costs
# more, found by trying those from 8 to 20 °C. Temperatures are those of UTC's days; `meterlake.open().weather()` has local ones.

# %%
from meterlake.plots.weather_response import draw_weather_response

days = lake.ask("daily_by_segment", start_date=first, end_date=last + dt.timedelta(days=1))
weather = lake.ask("weather_by_day", start_date=str(start), end_date=str(end))
draw_weather_response(days, weather)

# %% [markdown]
# ## What was not measured
#
# Missing is missing in this lake: nothing is filled in. A column of gaps is a slot that the head-end lost, or a place
# without power; notebook 4 tells them apart.

# %%
from meterlake.plots.completeness import draw_completeness

draw_completeness(lake.ask("completeness_of_fleet", start_date=first, end_date=last + dt.timedelta(days=1)))

# %% [markdown]
# ## What was set aside
#
# Rows that were read and not stored, with the reason; each kept its file, line and text.

# %%
lake.ask("quarantine_by_reason").to_pandas()
