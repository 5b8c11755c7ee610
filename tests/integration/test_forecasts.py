"""From readings to forecasts that are judged, approved, stored, served and held against what came."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from click.testing import CliRunner

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake
from meterlake.forecasting.endpoint.inference import model_fn
from meterlake.forecasting.endpoint.invocations import create_endpoint
from meterlake.forecasting.endpoint.served_model import served_from
from meterlake.forecasting.model_choice import open_models
from meterlake.forecasting.sagemaker.training import train as train_in_container
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.landing import lake_settings, select, take_in, write_london
from tests.running_server import running

DAYS = 50
METERS = 6


def write_fleet(folder: Path) -> Path:
    """Write meters that use little at night and more in the evening, each at its own scale, with some noise."""
    noise = np.random.default_rng(1)
    rows: list[tuple[str, str, object]] = []
    for meter in range(1, METERS + 1):
        for day in range(DAYS):
            date = dt.date(2013, 1, 1) + dt.timedelta(days=day)
            for slot in range(48):
                if meter == 3 and 10 <= slot < 14:
                    continue  # a gap every day, at the same time
                kwh = meter * (0.1 + (0.4 if 34 <= slot < 44 else 0.0)) * noise.uniform(0.8, 1.2)
                rows.append((f"M{meter}", f"{date} {slot // 2:02d}:{slot % 2 * 30:02d}", round(kwh, 3)))
    return write_london(folder / "fleet.csv", rows)


def run(root: Path, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(meterlake, ["--lake", str(root), *words], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one approved model and the forecast that it issued at the newest reading."""
    folder = tmp_path_factory.mktemp("forecasts")
    take_in(folder / "lake", write_fleet(folder))
    trained, out, err = run(
        folder / "lake", "train", "--forecaster", "seasonal_naive", "--forecast-period", "2", "--json"
    )
    assert trained == 0, err
    assert json.loads(out)["model"] == {"name": "household", "version": 1, "status": "PendingApproval"}
    assert run(folder / "lake", "models", "approve", "household", "1", "--notes", "as good as it gets")[0] == 0
    assert run(folder / "lake", "forecast")[0] == 0
    return folder / "lake"


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[httpx.Client]:
    with running(create_application(DuckDBLake(lake_settings(root)), ApiSettings(request_log=False))) as opened:
        yield opened


def test_the_model_keeps_what_is_needed_to_train_it_again(root: Path) -> None:
    shown = json.loads(run(root, "models", "show", "household")[1])

    assert shown["status"] == "Approved" and shown["notes"] == "as good as it gets"
    assert shown["metrics"]["gate"]["passed"] is True
    assert shown["metrics"]["weather"] == "left out"
    assert shown["parameters"]["seed"] == 1
    assert {"start", "end", "readings_version", "code_hash", "meterlake_version"} <= set(shown["trained_on"])


def test_training_again_gives_the_same_figures(root: Path) -> None:
    again = json.loads(run(root, "backtest", "--forecaster", "seasonal_naive", "--forecast-period", "2", "--json")[1])

    kept = json.loads(run(root, "models", "show", "household", "1")[1])["metrics"]
    assert {name: again[name] for name in ("wql", "mase", "coverage_10_90")} == {
        name: kept[name] for name in ("wql", "mase", "coverage_10_90")
    }


def test_a_parameter_is_set_by_its_name_and_the_figures_are_explained(root: Path) -> None:
    words = ("backtest", "--forecaster", "seasonal_naive", "--forecast-period", "2", "--set", "season_days=7")

    code, weekly, _ = run(root, *words)

    daily = run(root, *words[:-2])[1]
    of_both = [[line for line in shown.splitlines() if line.startswith("WQL ")] for shown in (weekly, daily)]
    assert code == 0 and len(of_both[0]) == 1 and of_both[0] != of_both[1]
    assert "WQL: weighted quantile loss" in weekly and "MASE: mean absolute scaled error" in weekly
    listed = run(root, "models", "list")[1]
    assert "WQL: weighted quantile loss" in listed and "coverage_10_90: the share of readings" in listed


def test_a_forecast_run_again_replaces_itself(root: Path) -> None:
    counts = "SELECT count(*), count(DISTINCT (meter_id, issued_at, interval_start)) FROM forecasts"
    before = select(root, counts)

    assert run(root, "forecast")[0] == 0

    assert select(root, counts) == before == [(METERS * 48, METERS * 48)]


def test_every_stored_quantile_is_above_the_one_below_and_none_below_zero(root: Path) -> None:
    falls = " OR ".join(f"p{percent}_kwh > p{percent + 10}_kwh" for percent in range(10, 90, 10))

    assert select(root, f"SELECT count(*) FROM forecasts WHERE p10_kwh < 0 OR {falls}") == [(0,)]


def test_the_published_forecast_begins_at_data_end_in_epoch_milliseconds(client: httpx.Client) -> None:
    answer = client.get(
        "/forecast/M1", params={"data_start": "2013-02-01", "data_end": "2013-02-20", "quantiles": "0.1,0.9"}
    )

    body = answer.json()
    assert answer.status_code == 200
    assert list(body) == ["consumption", "0.1", "0.9"]
    assert list(body["consumption"])[:2] == ["1361318400000", "1361322000000"]
    assert len(body["consumption"]) == 48
    assert all(body["0.1"][hour] <= body["consumption"][hour] <= body["0.9"][hour] for hour in body["consumption"])


def test_a_forecast_from_a_past_day_is_made_on_the_spot_and_not_stored(client: httpx.Client, root: Path) -> None:
    stored = client.get("/v1/meters/M2/forecasts").json()
    past = client.get("/v1/meters/M2/forecasts", params={"issued_at": "2013-02-01T00:00:00Z"}).json()

    assert (stored["source"], stored["issued_at"]) == ("stored", "2013-02-20T00:00:00+00:00")
    assert (past["source"], past["forecasts"][0]["interval_start"]) == ("model", "2013-02-01T00:00:00+00:00")
    assert select(root, "SELECT count(DISTINCT issued_at) FROM forecasts") == [(1,)]


def test_readings_after_the_issue_change_no_forecast_made_on_the_spot(client: httpx.Client) -> None:
    params = {"data_start": "2013-01-10", "data_end": "2013-02-01"}
    body = client.get("/forecast/M1", params=params).json()["consumption"]

    # The day before, hour by hour, from the readings route: seasonal naive's median lies near its value.
    before = client.get(
        "/v1/meters/M1/readings",
        params={"start": "2013-01-31T00:00:00Z", "end": "2013-02-01T00:00:00Z", "interval": "PT1H"},
    ).json()["readings"]
    assert np.corrcoef(list(body.values())[:24], [row["value"] for row in before])[0, 1] > 0.9


@pytest.mark.parametrize(
    ("target", "status", "kind"),
    [
        ("/forecast/M1?data_start=2013-02-01&data_end=2013-02-01", 422, "bad-parameter"),
        ("/forecast/M1?data_start=2013-02-01&data_end=2013-02-20&quantiles=0.95", 422, "bad-parameter"),
        ("/forecast/M1?data_start=2013-02-01&data_end=2013-02-20&ml_endpoint_name=a%20b", 422, "bad-parameter"),
        ("/forecast/M1?data_start=2013-02-01&data_end=2013-02-20&ml_endpoint_name=nix", 404, "not-found"),
        ("/forecast/M1?data_start=2013-02-01&data_end=2013-02-20&ml_endpoint_name=household:9", 404, "not-found"),
        ("/forecast/M99?data_start=2013-02-01&data_end=2013-02-20", 404, "unknown-meter"),
        ("/v1/meters/M99/forecasts", 404, "unknown-meter"),
        ("/v1/meters/M1/forecasts?model=nix", 404, "not-found"),
        ("/v1/meters/M1/forecasts?issued_at=2013-02-01T00:17:00Z", 422, "bad-parameter"),
        ("/forecast/M1?data_start=1900-01-01&data_end=1900-02-01", 422, "bad-parameter"),
        ("/forecast/M1?data_start=2150-01-01&data_end=2150-02-01", 422, "bad-parameter"),
        ("/v1/meters/M1/forecasts?issued_at=1900-02-01T00:00:00Z", 422, "bad-parameter"),
        ("/v1/meters/M1/forecasts?issued_at=2150-02-01T00:00:00Z", 422, "bad-parameter"),
        ("/v1/meters/M1/forecasts?issued_at=2013-02-01T00:00:00", 422, "bad-parameter"),
    ],
)
def test_what_cannot_be_forecast_is_refused_by_name(client: httpx.Client, target: str, status: int, kind: str) -> None:
    answer = client.get(target)

    assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (status, kind)


def test_without_an_approved_model_the_answer_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_FORECAST_SHIPPED", "false")
    take_in(tmp_path / "lake", write_fleet(tmp_path))
    run(tmp_path / "lake", "train", "--forecaster", "seasonal_naive", "--forecast-period", "2")
    with running(
        create_application(DuckDBLake(lake_settings(tmp_path / "lake")), ApiSettings(request_log=False))
    ) as asked:
        waiting = asked.get("/v1/meters/M1/forecasts")
        assert waiting.status_code == 409
        assert "household 1" in waiting.json()["detail"] and "models approve" in waiting.json()["detail"]

        run(tmp_path / "lake", "models", "approve", "household", "1")
        assert asked.get("/v1/meters/M1/forecasts").json()["model_version"] == 1

        run(
            tmp_path / "lake",
            "train",
            "--forecaster",
            "seasonal_naive",
            "--forecast-period",
            "2",
            "--set",
            "seed=2",
        )
        assert (
            asked.get("/v1/meters/M1/forecasts").json()["model_version"] == 1
        )  # the old one until the new is approved
        run(tmp_path / "lake", "models", "approve", "household", "2")
        assert asked.get("/v1/meters/M1/forecasts").json()["model_version"] == 2

        run(tmp_path / "lake", "models", "reject", "household", "2")
        assert asked.get("/v1/meters/M1/forecasts").json()["model_version"] == 1


def test_a_model_that_the_gate_stops_is_not_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(tmp_path / "lake", write_fleet(tmp_path))
    monkeypatch.setenv("METERLAKE_FORECAST_GATE_NAIVE_RATIO", "0.01")

    code, out, err = run(tmp_path / "lake", "train", "--forecaster", "seasonal_naive", "--forecast-period", "2")

    assert code == 1
    assert "FAIL  wql_to_seasonal_naive" in out and "nothing was registered" in err
    assert select(tmp_path / "lake", "SELECT count(*) FROM models") == [(0,)]


def test_stored_forecasts_are_scored_as_readings_arrive(tmp_path: Path) -> None:
    folder, lake = tmp_path, tmp_path / "lake"
    take_in(lake, write_fleet(folder))
    run(lake, "train", "--forecaster", "seasonal_naive", "--forecast-period", "2")
    run(lake, "models", "approve", "household", "1")
    run(lake, "forecast")
    run(lake, "forecast", "--data-end", "2013-02-10", "--forecast-period", "1", "--meter-end", "2")

    rows = json.loads(run(lake, "forecasts", "accuracy", "--format", "json")[1])

    past, newest = sorted(rows, key=lambda row: str(row["issued_at"]))
    assert (past["meters"], past["intervals_forecast"], past["intervals_measured"]) == (2, 48, 48)
    assert 0 < past["wql"] < 0.5 and 0 <= past["coverage_10_90"] <= 1
    assert (newest["intervals_measured"], newest["wql"]) == (0, None)


def test_too_little_history_says_how_much_is_needed(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_fleet(tmp_path))

    done = CliRunner().invoke(
        meterlake,
        ["--lake", str(tmp_path / "lake"), "train", "--forecaster", "seasonal_naive", "--data-start", "2013-02-10"],
    )

    assert "at least 42 days" in str(done.exception)


@pytest.fixture(scope="module")
def endpoint(root: Path) -> Iterator[httpx.Client]:
    lake = DuckDBLake(LakeSettings(lake=str(root)))
    store = open_models(lake)
    record = store.in_service()
    served = served_from(record, store.fitted(record))
    with running(create_endpoint(served)) as opened:
        yield opened


def test_the_endpoint_answers_as_sagemaker_s_deepar_does(endpoint: httpx.Client) -> None:
    day = [0.1] * 17 + [0.5] * 5 + [0.1] * 2
    question = {
        "instances": [
            {"start": "2013-03-01 00:00:00", "target": day * 3, "cat": [0, 0]},
            {"start": "2013-03-02 00:00:00", "target": [*day, *(["NaN"] * 4), *day[4:]]},
        ],
        "configuration": {
            "num_samples": 5,
            "output_types": ["mean", "quantiles", "samples"],
            "quantiles": ["0.1", "0.5", "0.9"],
        },
    }

    assert endpoint.get("/ping").status_code == 200
    first, second = endpoint.post("/invocations", json=question).json()["predictions"]

    assert first["mean"][:24] == pytest.approx(day)
    assert second["mean"][:24] == pytest.approx(day)  # what is missing comes from the day before
    assert [len(first["quantiles"][level]) for level in ("0.1", "0.5", "0.9")] == [48, 48, 48]
    assert np.array(first["samples"]).shape == (5, 48)


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (b"{}", {"content-type": "application/json"}, "instances"),
        (b"start,target", {"content-type": "text/csv"}, "application/json"),
        (b'{"instances":[{"start":"x","target":[1]}]}', {"content-type": "application/json"}, "instances.0.start"),
        (
            b'{"instances":[{"start":"2013-01-01","target":[1],"dynamic_feat":[[1,2]]}]}',
            {"content-type": "application/json"},
            "1 features; the model takes 0",
        ),
    ],
)
def test_the_endpoint_refuses_a_bad_request_with_the_reason(
    endpoint: httpx.Client, body: bytes, headers: dict[str, str], says: str
) -> None:
    answer = endpoint.post("/invocations", content=body, headers=headers)

    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_the_training_shell_leaves_a_model_that_the_inference_shell_serves(tmp_path: Path) -> None:
    channel = tmp_path / "train"
    channel.mkdir()
    day = [0.1] * 17 + [0.5] * 5 + [0.1] * 2
    series: list[dict[str, Any]] = [
        {"start": "2013-01-01 00:00:00", "target": day * 10, "cat": [1]},
        {"start": "2013-01-02 00:00:00", "target": [*day * 8, "NaN"], "cat": [0]},
    ]
    (channel / "a.json").write_text("\n".join(json.dumps(one) for one in series))
    hyperparameters = {"forecaster": '"seasonal_naive"', "time_freq": "H", "prediction_length": "24", "epochs": "400"}

    train_in_container(channel, tmp_path / "model", hyperparameters)

    with running(create_endpoint(model_fn(str(tmp_path / "model")))) as asked:
        question = {"instances": [{"start": "2013-02-01 00:00:00", "target": day, "cat": [1]}]}
        (prediction,) = asked.post("/invocations", json=question).json()["predictions"]
    assert prediction["mean"] == pytest.approx(day)


def test_deepar_s_own_hyperparameters_train_a_model_that_takes_weather(tmp_path: Path) -> None:
    day = [0.1] * 17 + [0.5] * 5 + [0.1] * 2
    weather = [5.0] * (24 * 40 + 24)
    series = {"start": "2013-01-01 00:00:00", "target": day * 40, "cat": [0], "dynamic_feat": [weather]}
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "a.json").write_text("\n".join([json.dumps(series)] * 4))
    published = {"time_freq": "H", "prediction_length": "24", "context_length": "24", "epochs": "1"}
    published |= {"mini_batch_size": "8", "num_cells": "8", "num_layers": "1", "learning_rate": "5e-4"}

    train_in_container(tmp_path / "train", tmp_path / "model", published)

    with running(create_endpoint(model_fn(str(tmp_path / "model")))) as asked:
        instance = {"start": "2013-02-01 00:00:00", "target": day, "dynamic_feat": [[5.0] * 48]}
        (prediction,) = asked.post("/invocations", json={"instances": [instance]}).json()["predictions"]
        short = asked.post("/invocations", json={"instances": [{**instance, "dynamic_feat": [[5.0] * 24]}]})
    quantiles = np.array([prediction["quantiles"][level] for level in ("0.1", "0.5", "0.9")])
    assert quantiles.shape == (3, 24)
    assert np.isfinite(quantiles).all() and (np.diff(quantiles, axis=0) >= 0).all() and (quantiles >= 0).all()
    assert short.status_code == 400 and "send 48" in short.json()["error"]
