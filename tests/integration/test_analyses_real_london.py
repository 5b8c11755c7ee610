"""The twelve analyses on real homes of London: the figures that a data scientist worked out apart, each in a line or two."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

import meterlake
from meterlake.analysis.opened_lake import OpenedLake

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "lcl"
HOMES = 100
KEW = """kind: weather
site_id: {constant: kew}
time: {column: ob_time, format: iso, zone: UTC}
values: [{column: air_temperature, quantity: temperature, unit: degC}]
"""

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data is missing"),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> OpenedLake:
    """The first hundred homes of 2013, with Kew's weather."""
    folder = tmp_path_factory.mktemp("london")
    duckdb.sql(f"""
        COPY (SELECT lclid AS "LCLid", stdortou AS "stdorToU", strftime(ts, '%Y-%m-%d %H:%M:%S.0000000') AS "DateTime",
                     kwh AS "KWH/hh (per half hour) ", acorn AS "Acorn", acorn_grouped AS "Acorn_grouped"
              FROM '{DATA}/lcl_2013_398meters.parquet' AS readings
              JOIN (SELECT * FROM read_csv('{DATA}/meters.csv') ORDER BY lclid LIMIT {HOMES}) AS homes ON lclid = meter_id
              ORDER BY 1, ts) TO '{folder}/london.csv' (HEADER)""")
    (folder / "kew.yaml").write_text(KEW)
    opened = meterlake.open(folder / "lake", read_only=False)
    opened.ingest(folder / "london.csv", tz="Europe/London")
    opened.ingest(DATA / "weather_kew_hourly_2011_2014.csv", mapping=folder / "kew.yaml")
    return meterlake.open(folder / "lake")


def test_the_peak_of_a_hundred_homes_was_on_a_sunday_evening_in_january(lake: OpenedLake) -> None:
    peak = lake.coincident_peak().df().iloc[0]

    assert peak.peak_at == pd.Timestamp("2013-01-13 19:30", tz="Europe/London")
    assert (round(peak.peak_kw, 1), round(peak.diversity_factor, 2), round(peak.admd_kw, 2)) == (87.6, 4.96, 0.88)


def test_a_home_with_electric_heating_follows_the_cold(lake: OpenedLake) -> None:
    best = lake.degree_days().df().nlargest(3, "r2").iloc[0]

    assert (best.base_c, round(best.r2, 2), round(best.kwh_per_hdd, 2)) == (13.5, 0.81, 1.73)


def test_a_high_price_lowers_and_a_low_price_raises_what_is_used(lake: OpenedLake) -> None:
    tariffs = pd.read_csv(DATA / "tariffs_2013.csv", names=["t", "price"], header=0)
    tariffs["t"] = pd.to_datetime(tariffs.t, dayfirst=True).dt.tz_localize(
        "Europe/London", ambiguous="NaT", nonexistent="NaT"
    )

    found = (
        lake.compare_groups(
            treated=lake.meters(tariff="ToU"),
            control=lake.meters(tariff="Std"),
            events=tariffs.dropna(),
            time="t",
            label="price",
            baseline="Normal",
        )
        .df()
        .set_index("label")
    )

    assert (found.treated.High, found.control.High) == (15, 85)
    assert (round(100 * found.effect.High, 1), round(100 * found.effect.Low, 1)) == (-10.5, 7.2)


def test_the_other_sketches_run_as_they_stand(lake: OpenedLake) -> None:
    profiles = lake.profiles(by=["segment", "season"], band=(0.1, 0.9))
    assert profiles.plot() and profiles.df().query("season == 'DJF' and segment == 'Affluent'")[
        "mean"
    ].max() == pytest.approx(0.74, abs=0.03)
    assert lake.heatmap("MAC000003", "2013", "2014").plot() and lake.load_duration().plot()
    kinds = lake.cluster_shapes(k=6)
    assert kinds.plot() and kinds.centroids.df().cluster.max() == 6
    assert lake.day_types(country="GB", subdiv="ENG").df().r2.iloc[0] == pytest.approx(0.81, abs=0.02)
    both = lake.base_load().df().merge(lake.degree_days().df())
    assert round(both.base_kw.median(), 3) == 0.073 and (both.likely == "storage heating").sum() == 3
    assert (
        len(lake.anomalies(min_severity=1).df()) == 0 and len(lake.forecasts(issued_at="2013-12-20T00:00Z").df()) == 0
    )
    rows = lake.readings().polars()
    assert rows.height == 1_659_760 and rows.schema["interval_start"].time_zone == "Europe/London"
    mine = pd.DataFrame({"meter_id": ["MAC000003"], "boiler": ["storage"]})
    text = "SELECT boiler, avg(energy_kwh) AS kwh FROM consumption_daily JOIN mine USING (meter_id) WHERE local_date >= $first GROUP BY 1"
    assert lake.sql(text, mine=mine, first="2013-10-01").df().boiler.tolist() == ["storage"]
