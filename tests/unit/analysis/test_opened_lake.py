"""A lake as a notebook asks it; expected numbers are worked out by hand from the rows below."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pytest

import meterlake
from meterlake.analysis.opened_lake import OpenedLake
from meterlake.lake.errors import BadParameter, BadQuery, NoLake, ReadOnlyLake, UnknownMeter

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"


def half_hours(meter: str, tariff: str, day: dt.date, kwh: float, count: int = 48) -> str:
    start = dt.datetime.combine(day, dt.time())
    times = (start + place * dt.timedelta(minutes=30) for place in range(count))
    return "".join(f"{meter},{tariff},{time:%Y-%m-%d %H:%M:%S}.0000000, {kwh} ,ACORN-A,Affluent\n" for time in times)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two meters of Berlin: M1 with 1 and 2 January whole at 0.5 and 0.25 kWh, M2 with half of 1 January at 1 kWh."""
    folder = tmp_path_factory.mktemp("analysis")
    raw = folder / "raw.csv"
    raw.write_text(
        HEADER
        + half_hours("M1", "Std", dt.date(2013, 1, 1), 0.5)
        + half_hours("M1", "Std", dt.date(2013, 1, 2), 0.25)
        + half_hours("M2", "ToU", dt.date(2013, 1, 1), 1.0, 24)
        + "M2,ToU,2013-01-01 12:10:00.0000000,Null,ACORN-A,Affluent\n"
    )
    opened = meterlake.open(folder / "lake", read_only=False)
    account = opened.ingest(raw, raw, folder / "raw.csv").df()
    assert account[["outcome", "rows_read", "rows_stored", "quarantined"]].values.tolist() == [
        ["taken in", 121, 120, 1]
    ]
    return folder / "lake"


@pytest.fixture
def lake(root: Path) -> OpenedLake:
    return meterlake.open(root)


def test_days_hold_what_was_used_and_which_part_was_measured(lake: OpenedLake) -> None:
    days = lake.consumption("M1", "2013-01-01", "2013-01-03").df()

    assert list(days.columns) == [
        "meter_id",
        "local_date",
        "kwh",
        "intervals_present",
        "intervals_expected",
        "coverage",
        "minutes_present",
        "minutes_expected",
        "estimated_share",
        "edited_share",
        "suspect_share",
        "missing_share",
    ]
    assert days["kwh"].tolist() == [24.0, 12.0]
    assert days["local_date"].tolist() == [pd.Timestamp("2013-01-01"), pd.Timestamp("2013-01-02")]
    assert lake.consumption(["M2"]).df()[["kwh", "coverage"]].values.tolist() == [[24.0, 0.5]]
    assert lake.consumption(by="month").df()["kwh"].tolist() == [36.0, 24.0]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2013-01-01T06:00", "2013-01-01T08:00"),
        (dt.datetime(2013, 1, 1, 6), dt.datetime(2013, 1, 1, 8, tzinfo=dt.UTC)),
        (pd.Timestamp("2013-01-01 06:00", tz="UTC"), "2013-01-01T09:00+01:00"),
    ],
)
def test_a_range_is_half_open_however_it_is_written(lake: OpenedLake, start: object, end: object) -> None:
    assert lake.readings("M1", start, end).df()["kwh"].tolist() == [0.5] * 4


def test_years_and_months_are_ranges(lake: OpenedLake) -> None:
    assert len(lake.readings("M1", "2013", "2014")) == 96
    assert len(lake.readings("M1", "2013-01", "2013-02")) == 96
    assert len(lake.readings("M1", dt.date(2013, 1, 2))) == 48
    assert len(lake.readings("M1", "2014")) == 0


def test_times_are_read_and_shown_on_the_clock_of_most_meters(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text(HEADER + half_hours("B1", "Std", dt.date(2013, 7, 1), 0.5))
    berlin = meterlake.open(tmp_path / "lake", read_only=False)
    berlin.ingest(raw, tz="Europe/Berlin")

    first = berlin.readings("B1", "2013-07-01T02:00", "2013-07-01T02:30").df()

    assert berlin.tz == "Europe/Berlin"
    assert first["interval_start"].tolist() == [pd.Timestamp("2013-07-01 02:00", tz=ZoneInfo("Europe/Berlin"))]


def test_the_first_ingest_says_whose_days_were_taken_and_how_to_set_them(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text(HEADER + half_hours("B1", "Std", dt.date(2013, 7, 1), 0.5))

    said, told = (
        meterlake.open(tmp_path / name, read_only=False).ingest(raw, tz=zone).attrs["assumed"]
        for name, zone in (("one", None), ("two", "Europe/London"))
    )

    assert said.startswith("the days of new meters are those of UTC") and "--time-zone Europe/London" in said
    assert told is None


def test_meters_are_named_by_a_frame_a_table_or_an_answer(lake: OpenedLake) -> None:
    on_tariff = lake.meters(tariff="ToU")

    assert on_tariff.df()["meter_id"].tolist() == ["M2"]
    for meters in (on_tariff, on_tariff.df(), on_tariff.arrow(), pd.Series(["M2"]), ("M2", "M2")):
        assert len(lake.readings(meters)) == 24


def test_sql_takes_frames_answers_and_values_by_name(lake: OpenedLake) -> None:
    mine = pd.DataFrame({"meter_id": ["M1", "M2"], "rooms": [4, 2]})
    text = "SELECT rooms, sum(kwh) AS kwh FROM days JOIN mine USING (meter_id) WHERE rooms > $most GROUP BY rooms"

    assert lake.sql(text, days=lake.consumption(), mine=mine, most=3).df().values.tolist() == [[4, 36.0]]


def test_an_answer_goes_through_arrows_stream(lake: OpenedLake) -> None:
    answer = lake.quality(by="day")

    assert pa.table(answer).to_pylist()[0] | {"coverage": 0.75} == {
        "local_date": dt.date(2013, 1, 1),
        "meters": 2,
        "meters_expected": 2,
        "intervals_present": 72,
        "intervals_expected": 96,
        "minutes_present": 2160,
        "minutes_expected": 2880,
        "coverage": 0.75,
    }
    assert answer.columns[-1] == "coverage" and len(answer.head(1)) == 1
    assert "2 of 2 rows" in answer._repr_html_()


def test_an_answer_goes_into_files_and_frames_of_any_kind(lake: OpenedLake, tmp_path: Path) -> None:
    polars, xarray = pytest.importorskip("polars"), pytest.importorskip("xarray")
    answer = lake.readings("M1", "2013-01-01", "2013-01-02")

    assert [batch.num_rows for batch in answer.batches(20)] and answer.to_parquet(tmp_path / "a.parquet") == 48
    assert answer.to_csv(tmp_path / "a.csv") == 48
    assert pd.read_parquet(tmp_path / "a.parquet").equals(answer.df())
    assert (tmp_path / "a.csv").read_text().count("\n") == 49
    assert lake.readings("M1").polars().join(lake.sql("SELECT * FROM readings").pl(), on="interval_start").height == 120
    assert isinstance(answer.pl(), polars.DataFrame) and answer.attrs["unit"] == "kWh"
    cube = lake.consumption().xarray()
    assert isinstance(cube, xarray.Dataset) and cube.kwh.sel(meter_id="M2", local_date="2013-01-01") == 24
    assert answer.df(dtype_backend="pyarrow").dtypes["kwh"] == "double[pyarrow]"
    with pytest.raises(BadParameter, match="path"):
        answer.to_parquet(tmp_path / "none" / "a.parquet")


def test_rows_become_wide_and_are_asked_in_sql_of_their_own(lake: OpenedLake) -> None:
    wide = lake.consumption().wide().df()

    assert wide.columns.tolist() == ["local_date", "M1", "M2"]
    assert wide["M1"].tolist() == [24.0, 12.0] and wide["M2"].tolist()[0] == 24.0 and pd.isna(wide["M2"][1])
    assert lake.consumption().sql(
        "SELECT sum(kwh) AS kwh FROM self WHERE kwh > $least", least=20
    ).df().kwh.tolist() == [48.0]
    with pytest.raises(BadQuery):
        len(lake.consumption().sql("DROP TABLE self"))


def test_a_table_is_an_ibis_expression_that_can_only_read(lake: OpenedLake) -> None:
    days = lake.table("consumption_daily")

    assert days.filter(days.meter_id == "M1").energy_kwh.sum().execute() == 36.0
    with pytest.raises(BadParameter, match="Did you mean 'readings'"):
        lake.table("reading")


def test_meters_are_chosen_by_a_condition_and_say_which_days_they_sent(lake: OpenedLake) -> None:
    found = lake.meters(where="coverage < 0.75").df()

    assert found["meter_id"].tolist() == ["M2"] and found["first_date"].tolist() == [pd.Timestamp("2013-01-01")]


def test_what_was_set_aside_is_counted_by_reason(lake: OpenedLake) -> None:
    assert lake.quality(by="reason").df().values.tolist() == [["missing_value", 1]]


def test_nothing_found_is_an_empty_answer_with_its_columns(lake: OpenedLake) -> None:
    assert (
        len(lake.anomalies())
        == len(lake.outages(None, "2013", "2014", cause="power_cut"))
        == len(lake.forecasts("M1"))
        == 0
    )
    assert "p50_kwh" in lake.forecasts().columns and "severity" in lake.anomalies("M1", "2013").columns


def test_a_wrong_word_is_answered_with_the_nearest(lake: OpenedLake) -> None:
    with pytest.raises(UnknownMeter, match=r"no meter 'm1'.*Nearest: M1"):
        lake.readings("m1")
    with pytest.raises(BadParameter, match="nearest: tariff"):
        lake.meters(tarif="ToU")
    with pytest.raises(BadParameter, match="start: expected a year, a month, a day"):
        lake.readings("M1", "01/02/2013")
    with pytest.raises(BadParameter, match="quantity"):
        lake.consumption(quantity="enegry")
    with pytest.raises(BadParameter, match="detector"):
        lake.anomalies(detector="fleetband")
    with pytest.raises(BadQuery):
        lake.sql("COPY readings TO 'here.csv'").df()


def test_a_lake_that_is_read_is_not_written_and_one_that_is_not_there_is_not_made(
    lake: OpenedLake, tmp_path: Path
) -> None:
    with pytest.raises(ReadOnlyLake, match="read_only=False"):
        lake.ingest(tmp_path)
    with pytest.raises(NoLake):
        meterlake.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_the_lake_says_what_it_holds(lake: OpenedLake) -> None:
    assert lake.tables["readings"] == 120
    assert "120 readings of 2 meters, zone UTC" in repr(lake)
    card = lake._repr_html_()
    assert "<td>consumption_daily</td><td>3</td>" in card and "75.0%" not in card
    assert "<th>measured</th><td>83.3% of the intervals that were due</td>" in card and "to read</td>" in card


def test_importing_the_name_loads_no_library() -> None:
    code = "import sys, meterlake; dir(meterlake); print([name for name in ('duckdb', 'pyarrow', 'pandas', 'pydantic', 'numpy') if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
    assert meterlake.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        meterlake.opne  # noqa: B018
