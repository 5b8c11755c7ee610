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
# # 6 · Twelve analyses
#
# What is published of smart meters, a line or two each. Every answer is a table (`.df()`, `.polars()`, `.arrow()`) and most have a
# picture (`.plot()`). The lake is opened to be read: nothing here can change it.

# %%
# %matplotlib inline
import os

os.environ.setdefault("METERLAKE_LAKE", "../.demo/lake")

import matplotlib

import meterlake

matplotlib.rcParams["figure.dpi"] = 50
lake = meterlake.open()
lake

# %% [markdown]
# ## 1 · Profiles
# The mean day of each segment by season (December to February is DJF); the band holds eight of ten meters.

# %%
lake.profiles(by=["segment", "season"], band=(0.1, 0.9)).plot()

# %% [markdown]
# ## 2 · A home by day and hour
# White is what was not measured. Hours are those of the lake's own clock, `lake.tz`.

# %%
home = lake.meters(where="coverage > 0.9").df().meter_id.iloc[0]
lake.heatmap(home).plot()

# %% [markdown]
# ## 3 · Coincident peak
# When all drew the most together. The diversity factor is the sum of the meters' own peaks over that.

# %%
peak = lake.coincident_peak()
peak.plot()

# %%
peak.df().round(2)

# %% [markdown]
# ## 4 · Load duration

# %%
lake.load_duration(by="segment").plot()

# %% [markdown]
# ## 5 · Kinds of days
# k-means over the shapes of whole days, each divided by its mean; 1 is the commonest.

# %%
kinds = lake.cluster_shapes(k=4)
kinds.plot()

# %% [markdown]
# ## 6 · What the cold costs
# A regression on degree days, the base temperature searched. `why_not` says why a home has none.

# %%
costs = lake.degree_days(min_days=60)
costs.plot()

# %%
costs.df().nlargest(3, "r2").round(2)

# %% [markdown]
# ## 7 · Two groups
# Difference in differences: how much more one group changed than the other while a label held. Here the labels are evenings, and
# nothing was done to either group; an interval that holds zero is what to expect.

# %%
import pandas as pd

meters = lake.meters().df()
half = len(meters) // 2
first, last = meters.first_date.min(), meters.last_date.max()
days = pd.date_range(first, last)
evenings = pd.concat(
    [
        pd.DataFrame(
            {"time": days + pd.Timedelta("17h"), "label": ["evening" if day.day % 2 else "Normal" for day in days]}
        ),
        pd.DataFrame({"time": days + pd.Timedelta("20h"), "label": "Normal"}),
    ]
)
lake.compare_groups(treated=meters[:half], control=meters[half:], events=evenings).plot()

# %% [markdown]
# ## 8 · Kinds of weekdays
# Against Mondays of the same cold, with Britain's public holidays.

# %%
lake.day_types(country="GB", subdiv="ENG").plot()

# %% [markdown]
# ## 9 · Base load
# What is drawn at the least; `likely` sorts homes to look at by thresholds of convenience.

# %%
lake.base_load().plot()

# %% [markdown]
# ## 10 · Where and when a fleet was odd
# Severity is how far a day was from expected, in widths of what the meter ordinarily varies. Empty before `meterlake detect`.

# %%
lake.anomalies(min_severity=1).plot()

# %% [markdown]
# ## 11 · Forecasts against what came
# Pinball loss is the mean over nine quantiles; WQL divides it by what was used, MASE the median's error by that of the day before.
# Empty before `meterlake forecast`.

# %%
lake.forecasts().score(by=["model_name"]).df().round(3)

# %% [markdown]
# ## 12 · Everything, elsewhere
# All readings in a Polars frame, and SQL over the lake with a table of one's own.

# %%
lake.readings().polars().head(3)

# %%
mine = meters[["meter_id"]].assign(half=["first" if place < half else "second" for place in range(len(meters))])
lake.sql(
    "SELECT half, round(avg(energy_kwh), 2) AS kwh_a_day FROM consumption_daily JOIN mine USING (meter_id)"
    " WHERE local_date >= $first GROUP BY half ORDER BY half",
    mine=mine,
    first=first.date(),
).df()
