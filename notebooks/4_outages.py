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
# # 4 · Outages
#
# Where the power was out, since when, how many meters, how sure; and what only looked like an outage.

# %%
# %matplotlib inline
import os
import shutil
import tempfile

os.environ.setdefault("METERLAKE_LAKE", "../.demo/lake")

import pandas as pd

from meterlake.lake.engine_choice import open_lake
from meterlake.lake.settings import LakeSettings
from meterlake.outage.outage_run import OutageRun

# What follows writes. It does so in a copy of the lake, which goes with the kernel: the lake itself is only read.
own = tempfile.TemporaryDirectory()
shutil.copytree(os.environ["METERLAKE_LAKE"], own.name, dirs_exist_ok=True)
lake = open_lake(LakeSettings(lake=own.name))
report = OutageRun(lake.settings).find()
pd.Series(report.by_cause, name="outages").to_frame()

# %% [markdown]
# A power cut is a place whose meters fall silent, or report, together while nobody outside does. The head end is the system that
# collects what meters send: what it loses takes meters all over; a meter that stops, or has a gap, does so alone.

# %%
from meterlake.outage.stored_outages import stored_outages

outages = stored_outages(lake)
columns = ["cause", "started_at", "ended_at", "meters", "customer_minutes", "confidence", "transformer_id"]
cuts = outages.to_pandas().query("cause == 'power_cut'").sort_values("customer_minutes", ascending=False)
cuts[columns].head(10)

# %% [markdown]
# ## Where and when

# %%
from meterlake.plots.outage_map import draw_outages

draw_outages(outages, lake.ask("meters_page", after_meter_id="", page_size=1_000_000))

# %% [markdown]
# ## On what evidence
#
# What speaks for the largest cut. `chance` is how likely so many meters are silent together by accident; a tiny number says that it
# was none.

# %%
import json

pd.Series(json.loads(cuts.iloc[0]["evidence"]) if len(cuts) else {}, name="evidence", dtype=object).to_frame()

# %% [markdown]
# ## How reliable supply was
#
# SAIDI, SAIFI and CAIDI after IEEE Std 1366; `meterlake reliability` has the others.

# %%
from meterlake.outage.reliability.reliability import reliability_in_lake
from meterlake.plots.reliability_months import draw_reliability

rows = [row.as_json() for row in reliability_in_lake(lake)]
pd.DataFrame(rows).query("site_id == '*'").round(3)

# %%
draw_reliability(rows)
