"""Connections that no well-meaning client makes, over raw sockets: each ends in its time, and the server answers on."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.parts.servers import read_everything
from meterlake.api.application import create_application
from meterlake.api.logs import RequestLog
from meterlake.api.serving.guarded_protocol import ConnectionLimits, guarded
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.lake_fixture import build_small_lake
from tests.running_server import running

LIMITS = ConnectionLimits(head_bytes=8192, head_seconds=0.6, body_bytes=50_000, body_seconds=0.6, connections=20)
GOOD = b"GET /v1/meters?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Logged:
    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.log = RequestLog(is_on=True, write=self.lines.append)


@pytest.fixture(scope="module")
def logged() -> Logged:
    return Logged()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, logged: Logged) -> Iterator[httpx.Client]:
    root: Path = tmp_path_factory.mktemp("lake")
    build_small_lake(root)
    lake = DuckDBLake(LakeSettings(lake=str(root), threads=1))
    application = create_application(lake, ApiSettings(request_log=False))
    with running(application, http=guarded(LIMITS, logged.log), timeout_keep_alive=1) as opened:
        yield opened


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=30)


def said(client: httpx.Client, *parts: bytes) -> bytes:
    with connect(client) as connection:
        for part in parts:
            connection.sendall(part)
        return read_everything(connection)


def problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head.lower()
    facts: dict[str, Any] = json.loads(body)
    assert f"x-correlation-id: {facts['correlation_id']}".encode() in head.lower()
    return int(answer[9:12]), facts["type"].rpartition(":")[2]


@pytest.mark.parametrize(
    "request_",
    [
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100,  # what TLS begins with
        b"GET /v1/meters\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1/meters HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET /v1/meters HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"GET /v1/meters HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/meters HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_cannot_be_parsed_is_a_problem_in_json(client: httpx.Client, request_: bytes) -> None:
    answer = said(client, request_)
    assert problem(answer)[0] in (400, 404, 405)
    assert client.get("/v1/meters").status_code == 200


def test_an_unfinished_header_is_cut_off_at_the_limit(client: httpx.Client) -> None:
    with connect(client) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nx-long: ")
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < 150_000_000:
                sent += connection.send(b"a" * 4096)
        assert sent < 30_000_000  # what the sockets' buffers hold, and no more


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nx-long: " + b"a" * 9000 + b"\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"x-%d: a\r\n" % number for number in range(2000)) + b"\r\n",
        b"\r\n" * 6000,
    ],
    ids=["a long header", "a long address", "many headers", "empty lines"],
)
def test_a_head_beyond_the_limit_is_refused(client: httpx.Client, head: bytes) -> None:
    assert problem(said(client, head)) == (431, "head-too-large")


def test_a_body_beyond_the_limit_is_refused(client: httpx.Client) -> None:
    head = b"POST /v1/meters HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
    answer = said(client, head + b"a" * 60000)
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 405"))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), b""),
        ((b"\r\n",), b"HTTP/1.1 408"),
        ((b"GET /v1/me",), b"HTTP/1.1 408"),
        ((b"GET /v1/meters HTTP/1.1\r\nHost: loc",), b"HTTP/1.1 408"),
        ((GOOD, b"GET /v1"), b"HTTP/1.1 200"),
        ((b"GET /v1/meters HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc",), b"HTTP/1.1 200"),
    ],
    ids=["nothing", "an empty line", "half a line", "half a head", "half a second request", "half a body"],
)
def test_what_is_not_finished_ends_in_its_time(client: httpx.Client, parts: tuple[bytes, ...], expected: bytes) -> None:
    answer = said(client, *parts)  # the server's end of it, or the socket's timeout
    assert answer.startswith(expected) and bool(answer) == bool(expected)


def send_slowly(connection: socket.socket) -> None:
    """Send for a minute and more, each byte well within the limit of a whole head."""
    for _ in range(1200):
        connection.sendall(b"a")
        time.sleep(0.05)


def test_a_head_that_comes_a_byte_at_a_time_has_no_longer(client: httpx.Client) -> None:
    with connect(client) as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        send_slowly(connection)


def test_connections_beyond_the_limit_are_refused_and_the_others_end(client: httpx.Client) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(connect(client)) for _ in range(40)]
        refused = [connection for connection in held if read_everything(connection).startswith(b"HTTP/1.1 503")]
        assert len(refused) >= 15
    assert client.get("/v1/meters").status_code == 200


def test_requests_in_one_packet_are_answered_one_after_the_other(client: httpx.Client) -> None:
    last = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert said(client, GOOD * 3 + last).count(b"HTTP/1.1 200") == 4


def test_a_refused_connection_leaves_a_line_in_the_log(client: httpx.Client, logged: Logged) -> None:
    answer = said(client, b"GARBAGE\r\n\r\n")
    correlation_id = json.loads(answer.partition(b"\r\n\r\n")[2])["correlation_id"]
    lines = [json.loads(line) for line in logged.lines]
    (line,) = [line for line in lines if line["correlation_id"] == correlation_id]
    assert (line["status"], line["client"], line["came_from"]) == (400, "127.0.0.1", "bad-request")


def test_a_hundred_hostile_connections_do_not_hold_up_a_good_one(client: httpx.Client) -> None:
    def be_hostile() -> None:
        for _ in range(20):
            with connect(client) as connection:
                connection.sendall(b"GET /v1/meters HTTP/1.1\r\nx: ")

    threads = [threading.Thread(target=be_hostile) for _ in range(5)]
    for thread in threads:
        thread.start()
    statuses = [client.get("/v1/meters").status_code for _ in range(20)]
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
