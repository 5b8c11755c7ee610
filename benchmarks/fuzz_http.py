"""Hostile requests at a really running `meterlake serve`: none may fail it, make it give anything away, or hang.

    python benchmarks/fuzz_http.py --requests 20000
    python benchmarks/fuzz_http.py --requests 500 --seed 7      # fewer, and others

Routes come from the server's own OpenAPI document; values, methods, headers, bodies and the ways to break off are made up by
a seed (`benchmarks/parts/hostile_requests.py`) and sent over raw sockets; between them httpx asks what a good client would.

`server_errors`: answers of 500 and above. `leaks`: answers and log lines that hold the lake's folder or an API key.
`hangs`: requests without an answer within their limit.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import gzip
import os
import random
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256

import httpx

from benchmarks.parts.figures import print_figures, say
from benchmarks.parts.hostile_requests import HostileRequest, RequestMaker
from benchmarks.parts.http_lake import build_http_lake
from benchmarks.parts.servers import free_port, read_everything, wait_for

FLOORS = {"server_errors": 0, "leaks": 0, "hangs": 0}
METERS = 30
_CALLERS = 4
_LIMIT_SECONDS = 40.0  # an answer's own limit is 30
_GOOD_EVERY = 100
_KEY = "b1946ac92492d2347c6235b4d2611184-fuzz"


class Findings:
    """What was found; a few of each kind are said as they come."""

    def __init__(self, secrets: list[bytes]) -> None:
        self.secrets = secrets
        self.counts: Counter[str] = Counter(dict.fromkeys(FLOORS, 0))
        self.statuses: Counter[str] = Counter()

    def note(self, kind: str, request: bytes, answer: bytes) -> None:
        """Count one."""
        self.counts[kind] += 1
        if self.counts[kind] <= 10:
            say(f"{kind}: {request[:300]!r} -> {answer[:400]!r}")

    def look_at(self, request: bytes, answer: bytes) -> None:
        """Look at an answer's status, and for what it should not hold."""
        status = answer[9:12].decode("latin-1") if answer.startswith(b"HTTP/1.1 ") else "none"
        self.statuses[status] += 1
        if status >= "500" and status != "none":
            self.note("server_errors", request, answer)
        if any(secret in _unpacked(answer) for secret in self.secrets):
            self.note("leaks", request, answer)


def main() -> None:
    """Build a lake, serve it, send everything, read the log and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="meterlake-fuzz-http-") as name:
        folder = Path(name)
        build_http_lake(folder / "lake", METERS)
        findings = Findings([str(folder).encode(), _KEY.encode()])
        with _server(folder) as port:
            document = httpx.get(f"http://127.0.0.1:{port}/openapi.json").raise_for_status().json()
            maker = RequestMaker(document, _KEY, random.Random(options.seed))
            _send_all(port, [maker.make() for _ in range(options.requests)], findings)
        log = (folder / "log").read_bytes()
        for line in log.splitlines():
            if any(secret in line for secret in findings.secrets):
                findings.note("leaks", b"(the log)", line)
    figures = {name: findings.counts[name] for name in FLOORS}
    statuses = dict(sorted(findings.statuses.items()))
    print_figures(
        {**figures, "requests": options.requests, "seed": options.seed, "statuses": statuses, "floors": FLOORS}
    )


def _send_all(port: int, requests: list[HostileRequest], findings: Findings) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(_CALLERS) as callers, httpx.Client(timeout=_LIMIT_SECONDS) as good:
        for number, _ in enumerate(callers.map(lambda one: _send(port, one, findings), requests), start=1):
            if number % _GOOD_EVERY == 0:
                _ask_well(good, port, findings)
            if number % 1000 == 0:
                say(f"{number:,} requests in {time.monotonic() - began:.0f} s: {dict(findings.counts)}")


def _ask_well(client: httpx.Client, port: int, findings: Findings) -> None:
    target = f"http://127.0.0.1:{port}/consumption/daily/2013/MAC000001"
    try:
        answer = client.get(target)
    except httpx.TimeoutException:
        findings.note("hangs", target.encode(), b"")
        return
    if answer.status_code != 200:
        findings.note("server_errors", target.encode(), answer.content)


def _send(port: int, request: HostileRequest, findings: Findings) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=_LIMIT_SECONDS) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request.data)
        if request.way != "whole":
            return
        try:
            findings.look_at(request.data, read_everything(connection))
        except TimeoutError:
            findings.note("hangs", request.data, b"")


def _unpacked(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"content-encoding: gzip" in head.lower():
        with suppress(OSError, EOFError):
            return head + gzip.decompress(body)
    return answer


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    """Run `meterlake serve` on a free port, with a key that opens nothing here and must not come to light."""
    port = free_port()
    keys = folder / "keys.toml"
    keys.write_text(f'[[key]]\nname = "fuzz"\nsha256 = "{sha256(_KEY.encode()).hexdigest()}"\n')
    command = [sys.executable, "-m", "meterlake", "--lake", str(folder / "lake"), "serve", "--port", str(port)]
    environment = {**os.environ, "METERLAKE_API_KEYS_FILE": str(keys)}
    with (folder / "log").open("wb") as log, subprocess.Popen(command, env=environment, stderr=log) as process:
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main()
