"""What a caller can make `meterlake endpoint` hold, over real HTTP."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from meterlake.forecasting.endpoint import invocations
from meterlake.forecasting.endpoint.invocations import MOST_BODY_BYTES, create_endpoint
from meterlake.forecasting.endpoint.served_model import ServedModel
from meterlake.forecasting.forecaster import QUANTILES, FittedModel, QuantileForecast
from meterlake.forecasting.panels.panel import Panel
from tests.running_server import running

ASKED = {"instances": [{"start": "2013-01-01 00:00:00", "target": [1.0]}]}


class Slow(FittedModel):
    """Answers once it is let go on; fails for a target of 13."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.asked = 0

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        self.asked += 1
        self.may_go_on.wait(20)
        if history.energy_kwh[0, -1] == 13:
            raise ZeroDivisionError("the secret inside")
        flat = np.ones((len(history.meter_ids), len(quantiles), horizon_intervals), np.float32)
        return QuantileForecast(quantiles, flat, flat[:, 0], ("ok",) * len(history.meter_ids))

    def save(self, folder: Path) -> None:
        raise NotImplementedError


@pytest.fixture
def model() -> Slow:
    return Slow()


@pytest.fixture
def client(model: Slow) -> Iterator[httpx.Client]:
    with running(create_endpoint(ServedModel(model, 60, 3))) as opened:
        yield opened
        model.may_go_on.set()


def invoke(client: httpx.Client, body: Any) -> httpx.Response:
    return client.post("/invocations", json=body)


def test_a_foreign_host_is_refused(client: httpx.Client) -> None:
    assert client.get("/ping", headers={"host": "evil.example"}).status_code == 421
    refused = client.post("/invocations", json=ASKED, headers={"host": "evil.example:8081"})
    assert (refused.status_code, list(refused.json())) == (421, ["error"])
    assert invoke(client, ASKED).status_code == 200


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(client: httpx.Client) -> None:
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, timeout=10) as connection:
        head = f"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: {400 * 10**6}\r\n\r\n"
        connection.sendall(head.encode())  # and not a byte of the body
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_is_refused_at_the_limit(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * (MOST_BODY_BYTES // 10)

    refused = client.post("/invocations", content=endless(), headers={"content-type": "application/json"})
    assert refused.status_code == 413


def test_a_fault_of_the_model_gives_nothing_away(client: httpx.Client) -> None:
    broken = invoke(client, {"instances": [{"start": "2013-01-01", "target": [13]}]})
    assert (broken.status_code, "secret" in broken.text) == (500, False)
    assert broken.headers["content-type"] == "application/json"


def test_what_waits_beyond_a_number_is_refused_and_the_others_are_answered(
    client: httpx.Client, model: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invocations, "MOST_WAITING", 3)
    model.may_go_on.clear()
    with ThreadPoolExecutor(8) as callers:
        asked = [callers.submit(invoke, client, ASKED) for _ in range(8)]
        refused = [one for one in asked if _soon(one)]
        model.may_go_on.set()
        statuses = sorted(one.result().status_code for one in asked)
    assert statuses == [200] * 5 + [503] * 3
    assert {json.loads(one.result().text)["error"][:2] for one in refused} == {"3 "}


def _soon(asked: Any) -> bool:
    try:
        asked.result(3)
    except TimeoutError:
        return False
    return True


def test_a_forecast_that_takes_too_long_is_answered_in_its_time(
    client: httpx.Client, model: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invocations, "LONGEST_SECONDS", 0.2)
    model.may_go_on.clear()
    assert invoke(client, ASKED).status_code == 503


def test_forecasts_whose_callers_have_gone_hold_no_place(
    client: httpx.Client, model: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invocations, "MOST_WAITING", 3)
    model.may_go_on.clear()
    body = json.dumps(ASKED).encode()
    head = f"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    asked = [socket.create_connection((client.base_url.host, client.base_url.port or 0)) for _ in range(5)]
    for connection in asked:
        connection.sendall(head + body)
    deadline = time.monotonic() + 20
    while invoke(client, "not a question").status_code == 400 and model.asked < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert model.asked == 2  # the others wait

    for connection in asked:
        connection.close()
    with ThreadPoolExecutor(3) as callers:
        after = [callers.submit(_invoke_until_taken, client) for _ in range(3)]
        assert not any(_soon(one) for one in after)
        model.may_go_on.set()
        assert [one.result().status_code for one in after] == [200] * 3

    assert model.asked == 2 + 3


def _invoke_until_taken(client: httpx.Client) -> httpx.Response:
    deadline = time.monotonic() + 20
    while (answer := invoke(client, ASKED)).status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.01)
    return answer
