"""An answer's ETag knows every table that the answer was made from, and no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi import FastAPI

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.questions import question_named
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS, MODELS, TABLES, WEATHER, ColumnType, Table
from tests.asgi_client import ask
from tests.lake_fixture import build_small_lake, publish
from tests.route_requests import GOOD_REQUESTS

# Questions beyond those of every route: other ways through the same code.
REQUESTS = {
    *GOOD_REQUESTS.values(),
    "/consumption/daily/2010/MAC000005",
    "/anomaly/MAC000005?data_start=2013-01-01&data_end=2014-01-01&weather=1",
    "/forecast/MAC000005?data_start=2013-01-01&data_end=2013-01-03",
    "/v1/meters/MAC000005/forecasts",
    "/v1/quality?by=day",
    "/v1/quality?by=reason",
    "/v1/quality?meter_id=MAC000005",
}
_A_VALUE: dict[ColumnType, Any] = {
    ColumnType.TEXT: "{}",
    ColumnType.NUMBER: 0.0,
    ColumnType.COUNT: 60,
    ColumnType.DATE: dt.date(2013, 1, 2),
    ColumnType.TIME: dt.datetime(2013, 1, 2, tzinfo=dt.UTC),
}


class WatchedLake(DuckDBLake):
    """A real lake that keeps which tables it was asked for."""

    def __init__(self, root: Path) -> None:
        super().__init__(LakeSettings(lake=str(root), threads=1))
        self.tables: set[str] = set()

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        self.tables.update(question_named(question).tables)
        return super().ask(question, **parameters)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_small_lake(tmp_path)
    return tmp_path


@pytest.fixture
def application(root: Path) -> FastAPI:
    return fresh_application(root)


def fresh_application(root: Path) -> FastAPI:
    return create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))


def tables_in(etag: str) -> set[str]:
    return set(etag.strip('"').split(".")[1:])


def a_row(table: Table) -> Sequence[Any]:
    return ["UTC" if column.name == "time_zone" else _A_VALUE[column.type] for column in table.columns]


@pytest.mark.parametrize("target", sorted(REQUESTS))
def test_an_etag_names_every_table_that_was_asked(root: Path, target: str) -> None:
    lake = WatchedLake(root)
    answer = ask(create_application(lake, ApiSettings(request_log=False)), target)
    assert answer.status == 200
    assert lake.tables <= tables_in(answer.headers["etag"])


def test_an_answer_is_a_304_until_one_of_its_own_tables_moves(root: Path, application: FastAPI) -> None:
    held = {target: ask(application, target).headers["etag"] for target in REQUESTS}
    for table in TABLES.values():
        publish(root, {table: [a_row(table)]})
        # A second application has no answer in store: it has nothing but the ETag to go by.
        fresh = fresh_application(root)
        for target, etag in held.items():
            if table.name in tables_in(etag):
                answer = ask(application, target, headers={"if-none-match": etag})
                assert answer.status == 200, (table.name, target)
                held[target] = answer.headers["etag"]
            else:
                statuses = {
                    ask(asked, target, headers={"if-none-match": etag}).status for asked in (application, fresh)
                }
                assert statuses == {304}, (table.name, target)


def test_a_forecast_that_takes_the_weather_in_depends_on_it(root: Path, application: FastAPI) -> None:
    at = dt.datetime(2014, 3, 2, tzinfo=dt.UTC)
    facts = ("{}", "{}", '{"dynamic_features": 1}', "artefacts/household/1", at, at, None)
    publish(root, {MODELS: [("household", 2, "Approved", "seasonal_naive", 60, 24, *facts)]})
    target = "/v1/meters/MAC000005/forecasts?issued_at=2013-01-03T00:00:00Z"
    before = ask(application, target)
    publish(root, {WEATHER: [a_row(WEATHER)]})
    after = ask(application, target, headers={"if-none-match": before.headers["etag"]})
    assert "weather" in tables_in(before.headers["etag"])
    assert (after.status, after.headers["etag"] != before.headers["etag"]) == (200, True)


def test_an_answer_whose_table_moved_while_it_was_made_is_made_again(root: Path) -> None:
    class Moving(WatchedLake):
        """A commit comes in after the first question."""

        asked = 0

        def ask(self, question: str, /, **parameters: Any) -> pa.Table:
            rows = super().ask(question, **parameters)
            self.asked += 1
            if self.asked == 1:
                new = ("MAC000007", "s2", *[None] * (len(METERS.columns) - 2))
                publish(root, {METERS: [new]})
            return rows

    lake = Moving(root)
    answer = ask(create_application(lake, ApiSettings(request_log=False)), "/v1/meters")
    assert lake.asked == 2
    assert [meter["meter_id"] for meter in answer.json()["meters"]] == ["MAC000005", "MAC000006", "MAC000007"]
    assert answer.headers["etag"]


def test_any_representation_of_ours_is_held_by_a_star(application: FastAPI) -> None:
    star = {"if-none-match": "*"}
    assert ask(application, "/v1/meters", headers=star).status == 304
    assert ask(application, "/v1/meters", headers=star).status == 304  # and from the store
    assert ask(application, "/v1/meters/NOBODY", headers=star).status == 404


def test_an_etag_of_other_settings_is_none_of_now(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/v1/reliability"
    held = ask(fresh_application(root), path).headers["etag"]

    assert ask(fresh_application(root), path, headers={"if-none-match": held}).status == 304
    monkeypatch.setenv("METERLAKE_OUTAGE_MOMENTARY_MINUTES", "1")
    assert ask(fresh_application(root), path, headers={"if-none-match": held}).status == 200
