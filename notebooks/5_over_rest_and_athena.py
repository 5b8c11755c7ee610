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
# # 5 · The same over REST and through Athena
#
# What notebooks 1 to 4 asked the lake directly, as a program elsewhere would ask it. `METERLAKE_API` names an API that is
# running, with `METERLAKE_API_KEY` where it needs one; without it this notebook starts one for itself.

# %%
# %matplotlib inline
import io
import os
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

os.environ.setdefault("METERLAKE_LAKE", "../.demo/lake")
server = None
if "METERLAKE_API" not in os.environ:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-c", "from meterlake.cli.main import main; main()", "serve", "--port", port]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    os.environ["METERLAKE_API"] = f"http://127.0.0.1:{port}"


def ask(path: str) -> bytes:
    """Return the body of an answer; wait for a server that is still starting."""
    request = Request(
        os.environ["METERLAKE_API"] + path, headers={"x-api-key": os.environ.get("METERLAKE_API_KEY", "")}
    )
    for _ in range(100):
        try:
            with urlopen(request) as answer:
                return answer.read()
        except URLError as error:
            if getattr(error, "code", None):
                raise
            time.sleep(0.2)
    raise TimeoutError(path)


import json

json.loads(ask("/v1/health"))["rows"]

# %% [markdown]
# ## One meter's consumption
#
# The published route gives lists; `/v1` says unit, interval and time zone, and gives Parquet as well as JSON.

# %%
import pandas as pd

meter_id = json.loads(ask("/v1/meters?limit=20"))["meters"][-1]["meter_id"]
first, last = (
    next(one for one in json.loads(ask(f"/v1/meters/{meter_id}"))["quantities"] if one["quantity"] == "energy")[name]
    for name in ("first_date", "last_date")
)
body = ask(f"/v1/meters/{meter_id}/consumption?interval=P1D&start={first}T00:00:00Z&end={last}T00:00:00Z&f=parquet")
days = pd.read_parquet(io.BytesIO(body))
days.head()

# %%
from meterlake.plots.style import BLUE, finish_axes, new_figure

figure = new_figure(11, 3.5)
axes = figure.subplots()
axes.step(days["interval_start"], days["value"], where="post", color=BLUE, linewidth=1)
axes.set_ylim(bottom=0)
finish_axes(axes, f"{meter_id} used {days['value'].mean():.1f} kWh a day on average", "kWh a day")
figure

# %% [markdown]
# ## Pages
#
# A long list comes in pages; `next_url` is where to go on, seen from the page.

# %%
path, pages, meters = "/v1/meters?limit=10", 0, []
while path:
    page = json.loads(ask(path))
    meters += page["meters"]
    path, pages = page["next_url"] and urljoin(path, page["next_url"]), pages + 1
print(f"{len(meters)} meters in {pages} pages")

# %% [markdown]
# ## Quality, anomalies and outages

# %%
pd.DataFrame(json.loads(ask("/v1/quality?by=reason"))["quality"]).dropna(axis=1, how="all").head()

# %%
pd.DataFrame(json.loads(ask("/v1/anomalies?limit=5"))["anomalies"]).dropna(axis=1, how="all")

# %%
collection = json.loads(ask("/v1/outages?limit=5"))
pd.DataFrame(feature["properties"] for feature in collection["features"])

# %%
if server:
    server.terminate()
    server.wait()

# %% [markdown]
# ## Through Athena
#
# A lake on S3 has the same tables in Athena: with awswrangler as a data frame, with PyAthena as any database cursor.

# %%
if os.environ["METERLAKE_LAKE"].startswith("s3://"):
    import awswrangler
    import boto3
    from pyathena import connect

    from meterlake.lake.aws.athena_settings import AthenaSettings

    athena = AthenaSettings()
    session = boto3.Session(region_name=athena.region)
    sql = "SELECT local_date, sum(energy_kwh) AS energy_kwh FROM consumption_daily GROUP BY local_date ORDER BY local_date"
    where = {"database": athena.database, "workgroup": athena.workgroup, "s3_output": athena.output}
    # Without a table made for the answer (ctas_approach), which only large answers are worth.
    fleet = awswrangler.athena.read_sql_query(sql, ctas_approach=False, boto3_session=session, **where)
    display(fleet.head())  # noqa: F821

    where = {"schema_name": athena.database, "work_group": athena.workgroup, "s3_staging_dir": athena.output or ""}
    with connect(session=session, **where).cursor() as cursor:
        rows = cursor.execute("SELECT count(*) FROM readings WHERE meter_id = %(meter_id)s", {"meter_id": meter_id})
        print(f"{meter_id}: {rows.fetchall()[0][0]} readings")
else:
    print(f"The lake {os.environ['METERLAKE_LAKE']} is a folder; there is no Athena to ask.")
