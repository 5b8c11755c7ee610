"""Scores from a real lake, through the run, the commands and the API."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from urllib.parse import urljoin

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from meterlake.anomaly.detection import DetectionRun
from meterlake.anomaly.detector_lists import Assignment, DetectorLists, MeterChoice, Threshold
from meterlake.anomaly.one_run import run_detector
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake
from meterlake.lake.duckdb_lake import DuckDBLake, connect
from meterlake.lake.errors import BadParameter, NoLake, UnknownMeter
from meterlake.lake.snapshot import SnapshotReader
from meterlake.lake.tables import READINGS, TABLES
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.sqlite_catalogue import Catalogue
from tests.asgi_client import ask
from tests.examples import examples
from tests.lake_fixture import publish
from tests.landing import half_hours, lake_settings, select, take_in, write_london
from tests.meter_days_fixture import FIRST, ordinary_year

SPIKE_DAY = 100


def put_days(root: Path, energy: np.ndarray[tuple[int, int], np.dtype[np.float64]], *, first: dt.date = FIRST) -> None:
    """Write daily sums as an ingest would have left them; NaN takes a day out, as an undo does."""
    catalogue = Catalogue.at(root)
    connection = connect(lake_settings(root))
    rows = [
        (f"M{meter}", "energy", first + dt.timedelta(days=day), float(energy[meter, day]), 48, 48, 1440, 1440, 0, 0, 0)
        for meter in range(energy.shape[0])
        for day in range(energy.shape[1])
    ]
    names = TABLES["consumption_daily"].column_names
    connection.register("d", pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))
    state = SnapshotReader(root).current()["consumption_daily"]
    change = ParquetWriter(root, connection).upsert(state, "d", keep="NOT isnan(energy_kwh)")
    catalogue.commit_changes([change], properties={})


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scored")
    energy = ordinary_year(3)
    energy[0, SPIKE_DAY], energy[1, 200] = 60.0, 0.0
    put_days(root, energy)
    DetectionRun(lake_settings(root)).detect()
    return root


@pytest.fixture
def copied(scored: Path, tmp_path: Path) -> Path:
    # The catalogue holds absolute paths, so a copy would read the original: build it anew.
    root = tmp_path / "lake"
    energy = ordinary_year(3)
    energy[0, SPIKE_DAY], energy[1, 200] = 60.0, 0.0
    put_days(root, energy)
    DetectionRun(lake_settings(root)).detect()
    return root


def test_every_day_of_every_meter_has_a_finite_score(scored: Path) -> None:
    rows = select(
        scored, "SELECT count(*), count(DISTINCT meter_id), bool_and(isfinite(importance)) FROM anomaly_scores"
    )
    assert rows == [(3 * 365, 3, True)]
    assert select(scored, "SELECT DISTINCT anomaly FROM anomaly_scores WHERE anomaly NOT IN (-1, 0, 1)") == []
    spike = FIRST + dt.timedelta(days=SPIKE_DAY)
    assert select(scored, f"SELECT anomaly FROM anomaly_scores WHERE meter_id = 'M0' AND local_date = '{spike}'") == [
        (1,)
    ]


def test_running_again_scores_nothing_and_leaves_every_row(copied: Path) -> None:
    before = select(copied, "SELECT * FROM anomaly_scores ORDER BY ALL")
    report = DetectionRun(lake_settings(copied)).detect().detectors[0]
    assert (report.scored, report.unchanged) == (0, 3 * 365)
    assert select(copied, "SELECT * FROM anomaly_scores ORDER BY ALL") == before


def test_scoring_the_same_days_again_replaces_and_never_empties(copied: Path) -> None:
    DetectionRun(lake_settings(copied)).detect(rescore=True)
    assert select(copied, "SELECT count(*), count(DISTINCT run_id) FROM anomaly_scores") == [(3 * 365, 1)]


def test_new_and_changed_days_and_the_meters_own_after_them_are_scored(copied: Path) -> None:
    put_days(copied, np.array([[9.5, 90.0]]), first=FIRST + dt.timedelta(days=365))
    put_days(copied, np.array([[55.0]]), first=FIRST + dt.timedelta(days=360))
    report = DetectionRun(lake_settings(copied)).detect().detectors[0]
    assert (report.scored, report.unchanged) == (7, 3 * 365 - 5)
    last = FIRST + dt.timedelta(days=366)
    assert select(copied, f"SELECT anomaly FROM anomaly_scores WHERE local_date = '{last}'") == [(1,)]
    assert select(copied, "SELECT count(*) FROM anomaly_scores") == [(3 * 365 + 2,)]


@pytest.mark.parametrize("seed", range(examples(1)))
def test_scores_are_those_of_the_standing_days_however_they_came(tmp_path: Path, seed: int) -> None:
    chance = np.random.default_rng(seed)
    standing = ordinary_year(3)
    came = np.where(chance.random(standing.shape) < 0.97, standing, np.nan)
    put_days(tmp_path / "lake", came[:, :330])
    for length in sorted(chance.integers(331, 366, 3)):
        DetectionRun(lake_settings(tmp_path / "lake")).detect(end=FIRST + dt.timedelta(days=int(length)))
        # Some days are corrected, some come late, some are taken out again; then new ones come.
        came = np.where(chance.random(came.shape) < 0.01, standing * chance.uniform(0.2, 3, came.shape), came)
        came = np.where(chance.random(came.shape) < 0.01, np.nan, came)
        put_days(tmp_path / "lake", came[:, :length])
    DetectionRun(lake_settings(tmp_path / "lake")).detect()

    put_days(tmp_path / "fresh", came[:, :length])
    DetectionRun(lake_settings(tmp_path / "fresh")).detect()

    said = "SELECT * EXCLUDE (run_id) FROM anomaly_scores ORDER BY meter_id, local_date"
    assert select(tmp_path / "lake", said) == select(tmp_path / "fresh", said)
    assert select(
        tmp_path / "lake", "SELECT count(*) FROM anomaly_scores WHERE fit_before <> date_trunc('month', local_date)"
    ) == [(0,)]


def test_days_and_meters_that_are_gone_lose_their_scores(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    put_days(root, ordinary_year(2, 60))
    DetectionRun(lake_settings(root)).detect()
    none = np.full((2, 60), np.nan)
    put_days(root, none[:1, :10], first=FIRST + dt.timedelta(days=50))
    DetectionRun(lake_settings(root)).detect(start=FIRST + dt.timedelta(days=55))
    assert select(root, "SELECT count(*) FROM anomaly_scores WHERE meter_id = 'M0'") == [(55,)]
    DetectionRun(lake_settings(root)).detect()
    assert select(root, "SELECT count(*) FROM anomaly_scores WHERE meter_id = 'M0'") == [(50,)]

    put_days(root, none)
    DetectionRun(lake_settings(root)).detect()

    assert select(root, "SELECT count(*) FROM anomaly_scores") == [(0,)]


def test_another_width_for_one_meter_changes_its_limits_without_a_refit(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threshold = Threshold(meters=("M0",), interval_width=0.5)
    lists = DetectorLists(detectors=(Assignment(detector="fleet_band", thresholds=(threshold,)),))
    count = "SELECT meter_id, sum(abs(anomaly)) FROM anomaly_scores GROUP BY 1 ORDER BY 1"
    before = dict(select(copied, count))

    def no_fit(*_: object) -> None:
        raise AssertionError("a width needs no fit")

    monkeypatch.setattr("meterlake.anomaly.detectors.fleet_band.FleetBand.fit_band", no_fit)
    report = DetectionRun(lake_settings(copied)).detect(lists).detectors[0]
    after = dict(select(copied, count))
    # January has too little before it to be judged.
    assert report.rewidened == 365 - 31 and after["M0"] > before["M0"] + 50 and after["M1"] == before["M1"]


def test_rules_run_from_lists_and_their_rows_say_what_they_found(tmp_path: Path) -> None:
    rows = [row for day in range(1, 9) for row in half_hours("MAC000001", f"2013-01-{day:02d}", [0.25] * 48)]
    rows += half_hours("MAC000002", "2013-01-08", [0.1, 0.2] * 24)
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows))
    root = tmp_path / "lake"
    lists = DetectorLists(detectors=tuple(Assignment(detector=name) for name in ("stuck_value", "sparse_data")))
    report = DetectionRun(lake_settings(root)).detect(lists)
    assert [one.errors for one in report.detectors] == [0, 0]
    found = select(root, "SELECT meter_id, detector, anomaly, verdict FROM anomaly_scores ORDER BY detector, meter_id")
    assert found == [
        ("MAC000001", "sparse_data", -1, "judged"),
        ("MAC000002", "sparse_data", -1, "judged"),
        ("MAC000001", "stuck_value", 1, "judged"),
        ("MAC000002", "stuck_value", 0, "incomplete"),
    ]
    then = run_detector(
        "stuck_value", "MAC000001", moment=dt.datetime(2013, 1, 2, tzinfo=dt.UTC), settings=lake_settings(root)
    )
    assert then.verdict == "incomplete" and then.local_date == dt.date(2013, 1, 1)


def test_a_lake_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoLake):
        DetectionRun(lake_settings(tmp_path / "none")).detect()


def test_a_rule_about_what_a_meter_does_not_measure_says_no_data(scored: Path) -> None:
    answer = run_detector("low_delta_t", "M0", settings=lake_settings(scored))

    assert (answer.anomaly, answer.verdict) == (0, "no_data")


def test_an_unknown_meter_and_detector_are_refused(scored: Path) -> None:
    with pytest.raises(UnknownMeter):
        run_detector("fleet_band", "NO", settings=lake_settings(scored))
    with pytest.raises(BadParameter):
        run_detector("oracle", "M0", settings=lake_settings(scored))


def test_the_published_route_answers_column_by_column(scored: Path) -> None:
    application = create_application(DuckDBLake(lake_settings(scored)), ApiSettings(request_log=False))
    answer = ask(application, "/anomaly/M0?data_start=2013-04-10&data_end=2013-04-13").json()
    assert list(answer) == ["meter_id", "ds", "consumption", "yhat_lower", "yhat_upper", "anomaly", "importance"]
    assert answer["ds"] == {"0": "2013-04-10", "1": "2013-04-11", "2": "2013-04-12"}
    assert answer["consumption"]["1"] == 60.0 and answer["anomaly"]["1"] == 1
    outliers = ask(application, "/anomaly/M0?data_start=2013-04-10&data_end=2013-04-13&outlier_only=1").json()
    assert outliers["ds"] == {"0": "2013-04-11"}
    # (y - upper) / y, as published.
    upper = outliers["yhat_upper"]["0"]
    assert outliers["importance"]["0"] == pytest.approx((60 - upper) / 60, abs=1e-5)


def test_a_day_of_zeros_has_importance_one(scored: Path) -> None:
    application = create_application(DuckDBLake(lake_settings(scored)), ApiSettings(request_log=False))
    day = FIRST + dt.timedelta(days=200)
    answer = ask(application, f"/anomaly/M1?data_start={day}&data_end={day + dt.timedelta(days=1)}").json()
    assert answer["anomaly"] == {"0": -1} and answer["importance"] == {"0": 1.0}


@pytest.mark.parametrize(
    ("target", "parameter"),
    [
        ("/anomaly/M0?data_end=2013-04-13", "data_start"),
        ("/anomaly/M0?data_start=2013-02-30&data_end=2013-04-13", "data_start"),
        ("/anomaly/M0?data_start=2013-04-13&data_end=2013-04-13", "data_end"),
        ("/anomaly/M0?data_start=2013-04-13&data_end=2013-04-14&outlier_only=2", "outlier_only"),
        ("/v1/anomalies?bbox=1,2,3", "bbox"),
        ("/v1/anomalies?by=weight", "by"),
    ],
)
def test_a_bad_parameter_is_a_422_that_names_it(scored: Path, target: str, parameter: str) -> None:
    application = create_application(DuckDBLake(lake_settings(scored)), ApiSettings(request_log=False))
    answer = ask(application, target)
    assert answer.status == 422 and answer.json()["parameter"] == parameter


def test_the_fleet_s_worst_come_first_page_by_page(scored: Path) -> None:
    application = create_application(DuckDBLake(lake_settings(scored)), ApiSettings(request_log=False))
    whole = ask(application, "/v1/anomalies?by=severity").json()["anomalies"]
    assert [one["severity"] for one in whole] == sorted((one["severity"] for one in whole), reverse=True)
    assert {(one["meter_id"], one["local_date"]) for one in whole[:2]} == {("M0", "2013-04-11"), ("M1", "2013-07-20")}
    paged, target = [], "/v1/anomalies?by=severity&limit=2"
    while target:
        page = ask(application, target).json()
        paged += page["anomalies"]
        target = page["next_url"] and urljoin(target, page["next_url"])
    assert paged == whole


def test_the_commands_list_plot_and_run(scored: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    lake = ["--lake", str(scored)]
    worst = runner.invoke(meterlake, [*lake, "anomalies", "--limit", "1", "--format", "json"])
    assert json.loads(worst.stdout)[0]["meter_id"] in {"M0", "M1"}
    picture = tmp_path / "band.png"
    assert runner.invoke(meterlake, [*lake, "plot", "anomaly", "M0", "--out", str(picture)]).exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    ran = runner.invoke(meterlake, [*lake, "run", "fleet_band", "M0", "-t", "2013-04-12T00:00:00Z", "--json"])
    assert json.loads(ran.stdout)["anomaly"] == 1
    quiet = runner.invoke(meterlake, [*lake, "run", "fleet_band", "M2", "-q", "-t", "2013-04-12T00:00:00Z"])
    assert quiet.stdout == ""
    assert runner.invoke(meterlake, [*lake, "detect", "--json"]).exit_code == 0


def test_every_table_of_an_old_lake_is_made_when_scores_are_written(tmp_path: Path) -> None:
    put_days(tmp_path, ordinary_year(1, 60))
    Catalogue.at(tmp_path).drop_table(("meterlake", "anomaly_scores"))
    DetectionRun(lake_settings(tmp_path)).detect()
    assert select(tmp_path, "SELECT count(*) FROM anomaly_scores") == [(60,)]
    assert "anomaly_scores" in TABLES


def test_a_rule_runs_on_the_quantity_that_its_list_names(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    start = dt.datetime(2013, 1, 1, tzinfo=dt.UTC)
    half_hour = dt.timedelta(minutes=30)
    rows = [
        ("S1", "room_temperature", start + n * half_hour, start + (n + 1) * half_hour, 20.5, "actual", "instant", "in1")
        for n in range(336)
    ]
    publish(root, {READINGS: rows})
    choice = MeterChoice(quantity="room_temperature")
    lists = DetectorLists(detectors=(Assignment(detector="stuck_value", meters=choice),))
    DetectionRun(lake_settings(root)).detect(lists)
    assert select(root, "SELECT meter_id, local_date, anomaly FROM anomaly_scores") == [("S1", dt.date(2013, 1, 7), 1)]
