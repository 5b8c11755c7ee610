"""What a caller leaves behind costs the others nothing: over real HTTP, with a lake that takes its time."""

from __future__ import annotations

import io
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.forecasting.forecaster import QUANTILES, FittedModel, QuantileForecast
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import require_patience
from meterlake.lake.settings import LakeSettings
from tests.lake_fixture import build_small_lake
from tests.running_server import running


class TakingItsTime(DuckDBLake):
    """A real lake that waits before each answer until it is let go on."""

    def __init__(self, root: Path) -> None:
        super().__init__(LakeSettings(lake=str(root), threads=1))
        self.may_go_on = threading.Event()
        self.asked = 0

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        self.asked += 1
        self.may_go_on.wait(20)
        return super().ask(question, **parameters)


@pytest.fixture
def lake(tmp_path: Path) -> TakingItsTime:
    build_small_lake(tmp_path)
    return TakingItsTime(tmp_path)


def abandon(client: httpx.Client, target: str) -> None:
    """Ask and close the connection at once, the answer unread."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_of_eighty_abandoned_requests_only_those_that_ran_already_ask_the_lake(
    lake: TakingItsTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(logged))  # one that is read while others write in it
    with running(create_application(lake, ApiSettings(concurrent_queries=2, waiting_queries=80))) as client:
        for place in range(80):
            abandon(client, f"/v1/meters?limit={place + 1}")
        until(lambda: logged.getvalue().count(b'"came_from":"caller_gone"') == 80)
        lake.may_go_on.set()
        assert client.get("/v1/models").status_code == 200
    assert lake.asked <= 2 + 1 + 1  # two ran, one may have been next, and the one that was answered


def test_an_answer_that_takes_too_long_is_given_up_and_its_thread_asks_nothing_more(lake: TakingItsTime) -> None:
    settings = ApiSettings(request_log=False, answer_seconds=0.3)
    with running(create_application(lake, settings)) as client:
        late = client.get("/v1/meters/MAC000005")  # two questions
        assert (late.status_code, late.json()["type"]) == (503, "urn:problem-type:meterlake:query-too-long")
        lake.may_go_on.set()
        until(lambda: client.get("/v1/models").status_code == 200)
    assert lake.asked == 1 + 1  # the second question of the meter was not asked


def flat_forecast(quantiles: tuple[float, ...], horizon_intervals: int) -> QuantileForecast:
    flat = np.ones((1, len(quantiles), horizon_intervals), np.float32)
    return QuantileForecast(quantiles, flat, flat[:, 0], ("ok",))


class EndlessModel(FittedModel):
    """Works until the test lets it end, and heeds nobody's patience."""

    def __init__(self) -> None:
        self.may_end = threading.Event()

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        self.may_end.wait(60)
        return flat_forecast(quantiles, horizon_intervals)

    def save(self, folder: Path) -> None:
        raise NotImplementedError


def test_the_time_limit_covers_a_model_s_work(lake: TakingItsTime, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.may_go_on.set()
    application = create_application(lake, ApiSettings(request_log=False, answer_seconds=0.5))
    model = EndlessModel()
    monkeypatch.setattr(application.state.models, "fitted", lambda record: model)
    with running(application) as client:
        late = client.get("/v1/meters/MAC000005/forecasts", params={"issued_at": "2013-01-03T00:00:00Z"}, timeout=30)
        model.may_end.set()  # only now: the answer came while the model was at work
    assert (late.status_code, late.json()["type"]) == (503, "urn:problem-type:meterlake:query-too-long")


class StepByStep(FittedModel):
    """Takes a minute, in steps that go on only while somebody waits."""

    def __init__(self) -> None:
        self.begun = 0
        self.given_up = 0

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        self.begun += 1
        try:
            for _ in range(3000):
                require_patience()
                time.sleep(0.02)
        except QueryTooLong:
            self.given_up += 1
            raise
        return flat_forecast(quantiles, horizon_intervals)

    def save(self, folder: Path) -> None:
        raise NotImplementedError


def test_a_model_stops_when_its_caller_goes_and_when_its_time_is_over_and_gives_its_turn_back(
    lake: TakingItsTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.may_go_on.set()
    model = StepByStep()
    target = "/v1/meters/MAC000005/forecasts?issued_at=2013-01-03T00:00:00Z"
    application = create_application(lake, ApiSettings(request_log=False, concurrent_queries=1, answer_seconds=5))
    monkeypatch.setattr(application.state.models, "fitted", lambda record: model)
    with running(application) as client:
        with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            until(lambda: model.begun == 1)
        until(lambda: model.given_up == 1)
        assert client.get("/v1/meters").status_code == 200  # in the one turn that there is

        assert client.get(target).json()["type"] == "urn:problem-type:meterlake:query-too-long"
        until(lambda: model.given_up == 2)
        assert client.get("/v1/models").status_code == 200
