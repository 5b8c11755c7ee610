"""The model that ships, asked after a first upload: no training, no approval, no library of an extra."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake
from meterlake.lake.duckdb_lake import DuckDBLake
from tests.landing import lake_settings, select, take_in, write_london
from tests.plain_install import run_without_extras
from tests.running_server import running

DAYS = 10
END = dt.date(2013, 3, 11)
SHAPE = 0.1 + 0.4 * np.exp(-0.5 * ((np.arange(48) / 2 - 19) / 2) ** 2)


def write_homes(folder: Path, days_of: dict[str, tuple[int, int]], extra: list[tuple[str, str, object]] = []) -> Path:  # noqa: B006
    """Write homes from so many days before END to so many."""
    noise, rows = np.random.default_rng(1), []
    for meter, (first, behind) in days_of.items():
        for back in range(first, behind, -1):
            date = END - dt.timedelta(days=back)
            for slot, usual in enumerate(SHAPE):
                kwh = round(float(usual * noise.uniform(0.6, 1.4)), 3)
                rows.append((meter, f"{date} {slot // 2:02d}:{slot % 2 * 30:02d}", kwh))
    return write_london(folder / f"{len(rows)}.csv", [*rows, *extra])


def run(root: Path, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(meterlake, ["--lake", str(root), *words])
    return done.exit_code, done.stdout, f"{done.stderr}{done.exception or ''}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    homes = {"OLD": (DAYS, 0), "NEW": (3, 0), "NEWEST": (1, 0), "STOPPED": (60, 50), "AHEAD": (DAYS, 0)}
    ahead = ("AHEAD", str(END + dt.timedelta(days=40)) + " 12:00", 0.2)
    take_in(folder / "lake", write_homes(folder, homes, [ahead]))
    return folder / "lake"


def test_a_fleet_is_forecast_at_once_and_who_stopped_is_named(root: Path) -> None:
    code, out, err = run(root, "forecast", "--json")

    report = json.loads(out)
    assert code == 0, err
    assert report["model"] == "household-shipped 1"
    assert report["issued_at"] == "2013-03-11T00:00:00+00:00"  # one meter's reading of April moves nobody
    assert (report["meters"], report["rows"], report["stopped"]) == (4, 4 * 168, ["STOPPED"])
    assert dict(select(root, "SELECT meter_id, any_value(flag) FROM forecasts GROUP BY 1 ORDER BY 1")) == {
        "AHEAD": "ok",
        "NEW": "short_history",
        "NEWEST": "short_history",
        "OLD": "ok",
    }
    assert "STOPPED" in run(root, "forecast")[1]


def test_three_days_are_enough_to_know_a_home_s_size_and_its_evening(root: Path) -> None:
    run(root, "forecast")

    hours = select(
        root, "SELECT hour(interval_start), sum(mean_kwh) FROM forecasts WHERE meter_id = 'NEW' GROUP BY 1 ORDER BY 1"
    )

    daily = np.array([kwh for _, kwh in hours]) / 7
    assert daily.sum() == pytest.approx(SHAPE.sum(), rel=0.15)
    assert daily[18:21].sum() > 3 * daily[1:4].sum()


def test_the_api_answers_without_a_model_of_the_lake_s_own(root: Path) -> None:
    with running(create_application(DuckDBLake(lake_settings(root)), ApiSettings(request_log=False))) as asked:
        published = asked.get("/forecast/NEW", params={"data_start": "2013-03-01", "data_end": "2013-03-11"})
        models = asked.get("/v1/models").json()["models"]
        half_hours = asked.get("/v1/meters/OLD/forecasts", params={"model": "household-shipped-30"}).json()

    assert published.status_code == 200 and len(published.json()["consumption"]) == 168
    assert published.headers["x-meterlake-flag"] == "short_history"
    assert [model["name"] for model in models] == ["household-shipped", "household-shipped-30"]
    assert models[0]["metrics"]["gate"]["passed"] and models[0]["status"] == "Approved"
    assert (half_hours["interval"], len(half_hours["forecasts"])) == ("PT30M", 336)


def test_it_answers_in_a_plain_install(root: Path) -> None:
    shown = run_without_extras(
        f"import sys; sys.argv = ['meterlake', '--lake', {str(root)!r}, 'forecast', 'NEW', '--json'];"
        "from meterlake.cli.main import main; main()"
    )

    assert json.loads(shown)["rows"] == 168


def test_it_is_switched_off_by_a_setting_or_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "lake"
    take_in(lake, write_homes(tmp_path, {"M1": (3, 0)}))
    monkeypatch.setenv("METERLAKE_FORECAST_SHIPPED", "false")
    assert "no approved model" in run(lake, "forecast")[2]
    monkeypatch.delenv("METERLAKE_FORECAST_SHIPPED")

    assert run(lake, "models", "reject", "household-shipped", "1")[0] == 0

    assert "30" in json.loads(run(lake, "forecast", "--json")[1])["model"]
    assert run(lake, "models", "approve", "household-shipped", "1")[0] == 0
    assert json.loads(run(lake, "forecast", "--json")[1])["model"] == "household-shipped 1"


def test_what_the_lake_trained_itself_must_beat_it_and_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = tmp_path / "lake"
    take_in(lake, write_homes(tmp_path, {f"M{place}": (50, 0) for place in range(4)}))
    naive = ("train", "--forecaster", "seasonal_naive", "--forecast-period", "2")

    worse = run(lake, *naive)
    assert worse[0] == 0 and "registered" in worse[1] and "not proposed: its WQL is 1." in worse[1]

    monkeypatch.setenv("METERLAKE_FORECAST_GATE_SHIPPED_RATIO", "9")
    assert "household 2, waiting" in run(lake, *naive)[1]
    assert json.loads(run(lake, "forecast", "--json")[1])["model"] == "household-shipped 1"
    assert run(lake, "models", "approve", "household", "1")[0] == 0
    assert json.loads(run(lake, "forecast", "--json")[1])["model"] == "household 1"


def test_what_ships_is_small() -> None:
    folder = Path(__file__).resolve().parent.parent.parent / "forecasting" / "shipped"

    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1_000_000
    assert sorted(path.name for path in folder.iterdir()) == ["30", "60"]


def test_what_no_model_could_learn_from_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stays: list[tuple[str, str, object]] = []
    for day in range(60):
        date = END - dt.timedelta(days=60 - day)
        stays += [("M1", f"{date} {slot // 2:02d}:{slot % 2 * 30:02d}", 0.25) for slot in range(48)]
    take_in(tmp_path / "constant", write_london(tmp_path / "constant.csv", stays))
    naive = ("train", "--forecaster", "seasonal_naive", "--forecast-period", "1")

    constant = run(tmp_path / "constant", *naive)
    monkeypatch.setenv("METERLAKE_FORECAST_COUNTRY", "XX")
    nowhere = run(tmp_path / "constant", "forecast")

    assert constant[0] == 1 and "every reading as it was a day before" in constant[2]
    assert nowhere[0] == 1 and "METERLAKE_FORECAST_COUNTRY: expected an ISO 3166 code" in nowhere[2]
