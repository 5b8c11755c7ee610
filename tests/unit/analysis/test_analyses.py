"""The analyses against numbers that other libraries make of the same rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import meterlake
from meterlake.analysis.opened_lake import OpenedLake
from meterlake.lake.errors import BadParameter, UnknownMeter

ZONE = "Europe/London"
METERS = ("A1", "A2", "B1", "B2", "B3", "N1")
GROUP_OF = {"A1": "ACORN-A,Affluent", "A2": "ACORN-A,Affluent", "B1": "ACORN-P,Adversity", "B2": "ACORN-P,Adversity"}


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """Six meters' half-hours of 60 days round a clock change, colder days dearer, with two gaps."""
    moments = pd.date_range("2013-03-01", periods=60 * 48, freq="30min", tz="UTC")
    draws = np.random.default_rng(5)
    days = day_numbers(moments)
    hour = moments.tz_convert(ZONE).hour.to_numpy()
    parts = []
    for place, meter in enumerate(METERS):
        cold = np.maximum(12 - temperature(days), 0)
        kwh = 0.1 + 0.02 * place + 0.01 * place * cold + 0.3 * (hour == 17 + place) + 0.05 * draws.random(len(moments))
        parts.append(pd.DataFrame({"meter_id": meter, "t": moments, "kwh": kwh.round(6)}))
    frame = pd.concat(parts, ignore_index=True)
    gap = (frame.meter_id == "A2") & (frame.t >= "2013-03-10T06:00Z") & (frame.t < "2013-03-10T09:00Z")
    late = (frame.meter_id == "B3") & (frame.t < "2013-04-20T00:00Z")
    frame = frame[~gap & ~late].reset_index(drop=True)
    local = frame.t.dt.tz_convert(ZONE)
    return frame.assign(
        kw=2 * frame.kwh,
        local=local,
        date=local.dt.date,
        hour=local.dt.hour + local.dt.minute / 60,
        month=local.dt.month,
    )


def day_numbers(moments: pd.DatetimeIndex) -> np.ndarray[Any, Any]:
    """Return the local days of moments, counted from the first of March."""
    return np.asarray((moments.tz_convert(ZONE).tz_localize(None).normalize() - pd.Timestamp("2013-03-01")).days)


def temperature(days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(9 + 6 * np.sin(days / 5))


@pytest.fixture(scope="module")
def root(truth: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analyses")
    rows = truth.assign(
        tariff=np.where(truth.meter_id.isin(["A1", "B1", "N1"]), "ToU", "Std"),
        time=truth.t.dt.strftime("%Y-%m-%d %H:%M:%S.0000000"),
        group=truth.meter_id.map(GROUP_OF).fillna(","),
    )
    header = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
    lines = rows.meter_id + "," + rows.tariff + "," + rows.time + ", " + rows.kwh.astype(str) + " ," + rows.group
    (folder / "raw.csv").write_text(header + "\n".join(lines) + "\n")
    hours = pd.date_range("2013-02-28", periods=63 * 24, freq="h", tz="UTC")
    degrees = temperature(day_numbers(hours))
    weather = pd.DataFrame({"time": hours.strftime("%Y-%m-%dT%H:%M:%SZ"), "temperature": degrees})
    weather[weather.time.str.slice(0, 13) < "2013-04-29T20"].to_csv(folder / "weather.csv", index=False)
    account = meterlake.open(folder / "lake", read_only=False).ingest(
        folder / "raw.csv", folder / "weather.csv", tz=ZONE
    )
    assert account.df()["outcome"].tolist() == ["taken in", "taken in"]
    return folder / "lake"


@pytest.fixture(scope="module")
def lake(root: Path) -> OpenedLake:
    return meterlake.open(root)


def test_profiles_are_means_and_quantiles_over_the_mean_days_of_meters(lake: OpenedLake, truth: pd.DataFrame) -> None:
    found = lake.profiles(by=["segment", "season"], band=(0.1, 0.9)).df()

    of_meters = truth.groupby(["meter_id", "hour"]).kw.mean().reset_index()
    of_b = of_meters[of_meters.meter_id.isin(["B1", "B2"])].groupby("hour").kw
    mine = found[found.segment == "Adversity"].set_index("hour")
    np.testing.assert_allclose(mine["mean"], of_b.mean())
    np.testing.assert_allclose(mine["low"], of_b.quantile(0.1))
    np.testing.assert_allclose(mine["high"], of_b.quantile(0.9))
    assert set(mine.meters) == {2} and list(found.segment.unique()) == ["Adversity", "Affluent", "unlabelled"]
    assert found.season.cat.categories.tolist() == ["DJF", "MAM", "JJA", "SON"] and found.season.cat.ordered


def test_a_normalised_profile_has_the_mean_one(lake: OpenedLake) -> None:
    assert lake.profiles("A1", by=(), normalise=True).df()["mean"].mean() == pytest.approx(1)


def test_a_heat_map_has_a_cell_a_half_hour_and_none_where_nothing_was_sent(
    lake: OpenedLake, truth: pd.DataFrame
) -> None:
    cells = lake.heatmap("A2").df().set_index(["local_date", "hour"]).kw

    own = truth[truth.meter_id == "A2"].groupby(["date", "hour"]).kw.mean()
    np.testing.assert_allclose(cells, own)
    assert len(cells.loc["2013-03-31"]) == 46 and len(cells.loc["2013-03-10"]) == 42
    assert lake.heatmap(agg="mean").df().meters.max() == 6
    with pytest.raises(BadParameter, match="agg='mean'"):
        lake.heatmap()


def test_the_coincident_peak_is_that_of_windows_in_which_nearly_all_sent(lake: OpenedLake, truth: pd.DataFrame) -> None:
    row = lake.coincident_peak().df().iloc[0]

    together = truth.groupby("t").kw.agg(["sum", "count"])
    together = together[together["count"] >= 0.95 * 6]
    assert row.peak_kw == pytest.approx(together["sum"].max()) and row.meters_at_peak == 6
    assert row.peak_at == together["sum"].idxmax()
    own = truth.groupby("meter_id").kw.max().sum()
    assert row.sum_of_peaks_kw == pytest.approx(own)
    assert row.diversity_factor == pytest.approx(own / together["sum"].max())
    assert row.admd_kw == pytest.approx(row.peak_kw / 6)


def test_peaks_by_group_are_those_of_the_group_alone(lake: OpenedLake) -> None:
    by = lake.coincident_peak(by="segment").df().set_index("segment")
    alone = lake.coincident_peak(["A1", "A2"]).df().iloc[0]

    assert by.loc["Affluent", "peak_kw"] == pytest.approx(alone.peak_kw) and set(by.index) >= {"unlabelled"}


def test_windows_of_an_hour_hold_two_half_hours_and_none_of_which_one_is_missing(
    lake: OpenedLake, truth: pd.DataFrame
) -> None:
    hourly = lake.load_duration("A2", freq="h").df()

    sums = truth[truth.meter_id == "A2"].groupby(truth.t.dt.floor("h")).kwh.agg(["sum", "count"])
    np.testing.assert_allclose(hourly.kw, sums[sums["count"] == 2]["sum"].sort_values(ascending=False))
    assert hourly.share.iloc[-1] == 1


def test_load_duration_a_meter_divides_by_those_that_sent(lake: OpenedLake, truth: pd.DataFrame) -> None:
    found = lake.load_duration(by="tariff").df()

    of_tou = truth[truth.meter_id.isin(["A1", "B1", "N1"])].groupby("t").kw.mean().sort_values(ascending=False)
    np.testing.assert_allclose(found[found.tariff == "ToU"].kw, of_tou)


def test_clusters_are_those_of_scikit_learn_and_the_largest_is_the_first(lake: OpenedLake, truth: pd.DataFrame) -> None:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    answer = lake.cluster_shapes(k=3)
    found = answer.df()

    wide = truth.pivot_table(index=["meter_id", "date"], columns="hour", values="kw", aggfunc=["mean", "count"])
    whole = wide["mean"][(wide["count"].sum(axis=1) == 48) & (wide["mean"].notna().all(axis=1))]
    shapes = whole.div(whole.mean(axis=1), axis=0)
    mine = found.set_index(["meter_id", found.local_date.dt.date]).cluster
    assert list(mine.index) == list(shapes.index)
    assert adjusted_rand_score(KMeans(3, n_init=10, random_state=1).fit_predict(shapes), mine) > 0.9
    sizes = answer.centroids.df().groupby("cluster").days.first()
    assert sizes.is_monotonic_decreasing and sizes.sum() == len(found)
    first = answer.centroids.df().query("cluster == 1").value
    np.testing.assert_allclose(first, shapes[(mine == 1).to_numpy()].mean(), rtol=1e-3)
    assert len(lake.cluster_shapes(k=2, level="meter").df()) == 6


def test_degree_days_are_the_regression_of_statsmodels_at_the_best_base(lake: OpenedLake, truth: pd.DataFrame) -> None:
    import statsmodels.api as sm

    row = lake.degree_days(min_days=30).df().set_index("meter_id").loc["B2"]

    own = truth[truth.meter_id == "B2"].groupby("date").kwh.agg(["sum", "count"])
    days = own.index.map(lambda day: (day - dt.date(2013, 3, 1)).days).to_numpy()
    warm = temperature(days)
    kept = own["count"].isin([46, 48]).to_numpy() & (own.index < dt.date(2013, 4, 30))
    fits = {
        base: sm.OLS(own["sum"][kept].to_numpy(), sm.add_constant(np.maximum(base - warm[kept], 0))).fit()
        for base in np.arange(8, 20.5, 0.5)
    }
    best = max(fits, key=lambda base: fits[base].rsquared)
    assert row.base_c == best == 12 and row.days == kept.sum()
    assert row.base_kwh == pytest.approx(fits[best].params[0]) and row.kwh_per_hdd == pytest.approx(
        fits[best].params[1]
    )
    assert row.r2 == pytest.approx(fits[best].rsquared)
    assert row.cvrmse == pytest.approx(np.sqrt(fits[best].mse_resid) / own["sum"][kept].mean())


def test_a_home_without_a_fit_says_why_not(lake: OpenedLake) -> None:
    assert lake.degree_days("B3", min_days=30).df().why_not.tolist() == ["9 days of 30"]


def test_day_types_are_the_regression_of_statsmodels(lake: OpenedLake, truth: pd.DataFrame) -> None:
    import statsmodels.formula.api as smf

    found = lake.day_types(["A1", "B1", "B2", "N1"], country="GB", subdiv="ENG").df().set_index("day_type")

    chosen = truth[truth.meter_id.isin(["A1", "B1", "B2", "N1"])]
    daily = chosen.groupby(["meter_id", "date"]).kwh.sum().groupby("date").mean().reset_index()
    daily = daily[daily.date < dt.date(2013, 4, 30)]
    days = daily.date.map(lambda day: (day - dt.date(2013, 3, 1)).days).to_numpy()
    easter = (dt.date(2013, 3, 29), dt.date(2013, 4, 1))
    daily["kind"] = [
        (["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.weekday()] if day not in easter else "holiday")
        for day in daily.date
    ]
    daily["cold"], daily["log"] = np.maximum(12 - temperature(days), 0), np.log(daily.kwh)
    fit = smf.ols("log ~ C(kind, Treatment('Mon')) + cold", daily).fit()
    for kind in ("Tue", "Sun", "holiday"):
        name = f"C(kind, Treatment('Mon'))[T.{kind}]"
        assert found.loc[kind, "effect"] == pytest.approx(np.expm1(fit.params[name]))
        assert found.loc[kind, "effect_low"] == pytest.approx(np.expm1(fit.conf_int().loc[name, 0]))
        assert found.loc[kind, "p"] == pytest.approx(fit.pvalues[name])
    assert found.r2.iloc[0] == pytest.approx(fit.rsquared) and found.loc["holiday", "days"] == 2


def test_compared_groups_are_welch_s_t_of_the_homes_logarithms(lake: OpenedLake, truth: pd.DataFrame) -> None:
    from scipy.stats import ttest_ind

    starts = pd.date_range("2013-03-01", periods=60 * 4, freq="6h", tz="UTC")
    labels = np.where(np.arange(len(starts)) % 7 == 0, "High", "Normal")
    events = pd.DataFrame({"t": starts, "price": labels})

    found = lake.compare_groups(
        treated=lake.meters(tariff="ToU"), control=["A2", "B2"], events=events, time="t", label="price"
    ).df()

    marked = truth.assign(price=labels[((truth.t - starts[0]) // pd.Timedelta("6h")).to_numpy()])
    cells = marked.groupby(["meter_id", "month", "hour", "price"]).kw.mean().unstack().dropna()
    homes = cells.groupby("meter_id").mean()
    logs = np.log(homes.High / homes.Normal)
    test = ttest_ind(logs[["A1", "B1", "N1"]], logs[["A2", "B2"]], equal_var=False)
    row = found.iloc[0]
    assert (row.label, row.treated, row.control) == ("High", 3, 2)
    assert row.effect == pytest.approx(np.expm1(logs[["A1", "B1", "N1"]].mean() - logs[["A2", "B2"]].mean()))
    assert row.effect_low == pytest.approx(np.expm1(test.confidence_interval().low))
    assert row.treated_change == pytest.approx(np.expm1(logs[["A1", "B1", "N1"]].mean()))
    with pytest.raises(BadParameter, match="Did you mean 'Normal'"):
        lake.compare_groups(treated="A1", control="A2", events=events, time="t", label="price", baseline="Normall")
    with pytest.raises(BadParameter, match="share no meter"):
        lake.compare_groups(treated="A1", control="A1", events=events, time="t", label="price")


def test_base_load_is_a_quantile_and_a_night_is_of_the_local_clock(lake: OpenedLake, truth: pd.DataFrame) -> None:
    row = lake.base_load("B1", high_kw=0.8).df().iloc[0]

    own = truth[truth.meter_id == "B1"]
    night = own[own.hour < 6]
    assert row.base_kw == pytest.approx(own.kw.quantile(0.05)) and row.night_kw == pytest.approx(night.kw.mean())
    assert row.night_share == pytest.approx(night.kw.sum() / own.kw.sum())
    assert row.nights_over_kw == night[night.kw > 0.8].date.nunique()


def test_weather_is_by_local_day_with_the_hours_that_it_rests_on(lake: OpenedLake) -> None:
    found = lake.weather().df().set_index("local_date")

    assert found.loc["2013-03-31", "hours"] == 23 and found.loc["2013-04-10", "temperature_c"] == pytest.approx(
        float(temperature(np.array([40]))[0])
    )
    assert found.index.max() == pd.Timestamp("2013-04-29") and lake.weather(min_hours=24).df().hours.min() == 24


def test_days_of_consumption_have_their_weather_and_their_kind(lake: OpenedLake) -> None:
    found = lake.consumption("A2", "2013-03-10", "2013-04-02", weather=True, calendar=True, complete=0.9).df()

    assert pd.Timestamp("2013-03-10") not in found.local_date.tolist()
    easter = found[found.local_date == "2013-03-29"].iloc[0]
    assert (easter.day_type, easter.holiday, easter.hours) == ("holiday", "Good Friday", 24)


def test_a_selector_has_a_clock_of_its_own_and_passes_over_what_is_missing_only_if_told(lake: OpenedLake) -> None:
    first = lake.readings("A1", "2013-03-05", "2013-03-06", tz="Asia/Tokyo").df()

    assert first.interval_start.iloc[0] == pd.Timestamp("2013-03-05", tz="Asia/Tokyo") and len(first) == 48
    with pytest.raises(UnknownMeter, match="Nearest: A1"):
        lake.profiles(["A1", "A11"])
    assert lake.profiles(["A1", "A11"], missing="ignore").df().meters.max() == 1
    with pytest.raises(BadParameter, match="Europe/London"):
        lake.profiles(tz="Europe/Londn")
    with pytest.raises(BadParameter, match="Did you mean 'segment'"):
        lake.profiles(by="segmnt")
    with pytest.raises(BadParameter, match="freq"):
        lake.profiles(freq="7min")


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda lake: lake.profiles(by=["segment", "season"]), "the band of 10% to 90% of the meters"),
        (lambda lake: lake.heatmap("A2"), "A2: 2013-03-01 to 2013-04-30"),
        (lambda lake: lake.coincident_peak(), "times as much"),
        (lambda lake: lake.load_duration(), "A tenth of the time"),
        (lambda lake: lake.cluster_shapes(k=2), "in 2 kinds, by k-means"),
        (lambda lake: lake.degree_days(min_days=30), "homes with a fit"),
        (lambda lake: lake.degree_days(), "No home has a fit"),
        (lambda lake: lake.day_types(), "Against Mon; holidays of GB"),
        (lambda lake: lake.base_load(), "Base load: median"),
        (lambda lake: lake.anomalies(), "fleet_band flagged no day"),
        (lambda lake: lake.outages(), "no meter has a place"),
        (lambda lake: lake.readings("A2"), "energy of A2"),
    ],
)
def test_each_analysis_has_a_picture_that_says_what_is_shown(lake: OpenedLake, draw: Any, says: str) -> None:
    figure = draw(lake).plot()

    titles = [figure.get_suptitle(), *(axes.get_title(loc="left") for axes in figure.axes)]
    assert any(says in title for title in titles), titles
