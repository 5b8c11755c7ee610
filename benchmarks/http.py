"""How fast the API answers over real HTTP: look-ups that no store holds, and repeated ones beside a bare ASGI app.

`forecast_to_consumption` is the p50 of a stored forecast (a week of hours) over that of a year of daily consumption.
`next_wait_over_idle` is how long the next caller waits who comes when 80 others have asked and gone without reading, over
what the same question takes on an idle server.

Run `python -m benchmarks.http [--meters N]` from the project's root. Rounds of all loads are interleaved, and
a ratio is the median over the rounds, since a machine's speed drifts. The last line is one JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.parts.http_lake import YEAR, build_http_lake
from benchmarks.parts.servers import free_port, wait_for

CONNECTIONS = 16
FLOORS = {"p99_to_p50": 4.0, "cached_to_bare": 0.2, "next_wait_over_idle": 3.0}
_ABANDONED = 80
_API = "meterlake.api.application:create_application"
_ROOT = Path(__file__).parents[1]

Result = dict[str, Any]


def main() -> None:
    """Build the lake, start both servers, run the rounds and print the figures."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.perf_counter()
        build_http_lake(folder / "lake", options.meters)
        _say(f"lake of {options.meters} meters built in {time.perf_counter() - began:.1f} s")
        environment = {"METERLAKE_LAKE": str(folder / "lake")}
        api = stack.enter_context(_server(_API, environment, "--factory"))
        storeless = stack.enter_context(_server(_API, environment | {"METERLAKE_API_CACHE_MB": "0"}, "--factory"))
        target = f"/consumption/daily/{YEAR}/MAC000001"
        body, etag = _first_answer(api, target)
        (folder / "body").write_bytes(body)
        bare = stack.enter_context(_server("benchmarks.parts.bare_asgi_app:app", {"BARE_BODY": str(folder / "body")}))
        load = stack.enter_context(_load_generator())
        jobs = {
            "uncached": {"port": storeless, "targets": _targets(options.meters)},
            "forecast": {"port": storeless, "targets": _forecast_targets(options.meters)},
            "stored": {"port": api, "targets": [target]},
            "not_modified": {"port": api, "targets": [target], "headers": f"If-None-Match: {etag}\r\n"},
            "bare": {"port": bare, "targets": [target]},
        }
        rounds = _run_rounds(load, jobs, options.rounds, options.seconds)
        waited = _next_wait_over_idle(api, options.rounds)
    print(json.dumps(_figures(rounds, options.meters, len(body)) | {"next_wait_over_idle": waited}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=1000, help="synthetic meters in the lake")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each load runs in a round")
    return parser.parse_args()


def _targets(meters: int) -> list[str]:
    # A stride that shares no factor with most counts walks through the file out of order.
    return [f"/consumption/daily/{YEAR}/MAC{(place * 7919) % meters + 1:06d}" for place in range(meters)]


def _forecast_targets(meters: int) -> list[str]:
    span = f"data_start={YEAR}-11-01&data_end={YEAR + 1}-01-01"
    return [f"/forecast/MAC{(place * 7919) % meters + 1:06d}?{span}" for place in range(meters)]


def _run_rounds(load: Any, jobs: dict[str, Result], rounds: int, seconds: float) -> list[dict[str, Result]]:
    finished = []
    for number in range(-1, rounds):  # round -1 warms up and does not count
        results = {}
        for name, job in jobs.items():
            wanted = {**job, "seconds": seconds, "connections": CONNECTIONS}
            results[name] = _ask(load, wanted)
            expected = {"304"} if name == "not_modified" else {"200"}
            if set(results[name]["statuses"]) != expected:
                raise SystemExit(f"{name} was answered with {results[name]['statuses']}")
        speeds = ", ".join(f"{name} {one['requests_per_s']:.0f}/s" for name, one in results.items())
        _say(f"round {number + 1} of {rounds}: {speeds}; p99 of uncached {results['uncached']['p99_ms']:.1f} ms")
        if number >= 0:
            finished.append(results)
    return finished


def _next_wait_over_idle(port: int, rounds: int) -> float:
    ratios = []
    for number in range(rounds):
        idle = _seconds_of_new_question(port, 2 * number + 1)
        for place in range(_ABANDONED):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                target = f"/v1/quality?by=meter&limit={1 + number * _ABANDONED + place}"
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        ratios.append(_seconds_of_new_question(port, 2 * number + 2) / idle)
        _say(f"round {number + 1} of {rounds}: the next of {_ABANDONED} abandoned waits {ratios[-1]:.2f} times as long")
    return round(float(median(ratios)), 3)


def _seconds_of_new_question(port: int, rows: int) -> float:
    """Ask for so many rows, and so for what no cache holds unless as many were asked for before."""
    began = time.perf_counter()
    with urlopen(f"http://127.0.0.1:{port}/v1/quality?by=meter&limit={1000 - rows}") as answer:
        answer.read()
    return time.perf_counter() - began


def _figures(rounds: list[dict[str, Result]], meters: int, body_bytes: int) -> Result:
    def over_rounds(name: str, figure: str) -> float:
        return round(float(median(one[name][figure] for one in rounds)), 3)

    def to_bare(name: str) -> float:
        return round(float(median(one[name]["requests_per_s"] / one["bare"]["requests_per_s"] for one in rounds)), 3)

    stored, not_modified = to_bare("stored"), to_bare("not_modified")
    return {
        "benchmark": "http_api",
        "p99_to_p50": round(median(one["uncached"]["p99_ms"] / one["uncached"]["p50_ms"] for one in rounds), 3),
        "forecast_to_consumption": round(
            float(median(one["forecast"]["p50_ms"] / one["uncached"]["p50_ms"] for one in rounds)), 3
        ),
        "cached_to_bare": min(stored, not_modified),
        "stored_to_bare": stored,
        "not_modified_to_bare": not_modified,
        "uncached_p50_ms": over_rounds("uncached", "p50_ms"),
        "uncached_p99_ms": over_rounds("uncached", "p99_ms"),
        **{f"{name}_requests_per_s": over_rounds(name, "requests_per_s") for name in rounds[0]},
        "uncached_requests": sum(one["uncached"]["requests"] for one in rounds),
        "body_bytes": body_bytes,
        "meters": meters,
        "connections": CONNECTIONS,
        "floors": FLOORS,
    }


@contextmanager
def _server(application: str, environment: dict[str, str], *options: str) -> Iterator[int]:
    """Serve an application as `meterlake serve` does, in a process of its own; give its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, *options, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=_ROOT, stderr=log)
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _load_generator() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.parts.http_load"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def _ask(load: subprocess.Popen[str], job: Result) -> Result:
    inward, outward = load.stdin, load.stdout
    assert inward is not None and outward is not None
    inward.write(json.dumps(job) + "\n")
    inward.flush()
    answer: Result = json.loads(outward.readline())
    return answer


def _first_answer(port: int, target: str) -> tuple[bytes, str]:
    # The body is asked with the same Accept header as the load's, since an ETag belongs to it.
    with urlopen(Request(f"http://127.0.0.1:{port}{target}", headers={"Accept": "*/*"})) as answer:
        return answer.read(), answer.headers["etag"]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
