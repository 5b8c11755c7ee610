"""What an answer takes of S3 where the function reads it itself, and what that costs beside Athena.

    python -m benchmarks.aws_answers
    python -m benchmarks.aws_answers --rows 20000000

A fleet of made-up meters with a year of half-hours (10 million) lies on an emulated S3 (moto) that counts requests and bytes. A meter's
year of days, a week and a year of its half-hours, and a day of the fleet are asked for by METERLAKE_ENGINE=duckdb, cold
(nothing known but the catalogue's state), warm (the same again), and warm through Arrow's file system alone, which is not
told what the catalogue knows of files. Seconds are those of the emulator on this machine: on S3 a request takes some 20 ms
more. Below that dollars a month at 1, 20 and 100 requests a second, from the prices and assumptions of
benchmarks/aws_cost.py. Last, one JSON line.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from fsspec.implementations.arrow import ArrowFSWrapper
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from benchmarks.aws_cost import (
    ATHENA_TB,
    LAMBDA_GB,
    LAMBDA_GB_SECOND,
    LAMBDA_MILLION,
    LAMBDA_SECONDS,
    S3_GET_1000,
    SCANNED_MB_AT_LEAST,
)
from benchmarks.parts.figures import print_figures, say, scratch_folder
from benchmarks.parts.raw_files import write_raw
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.aws.s3_reader import S3Reader
from meterlake.lake.duckdb_lake import DuckDBLake, connect
from meterlake.lake.settings import LakeSettings
from tests.athena_stand_in import ATHENA, LAKE, copy_lake, emulated_aws

REQUESTS_A_SECOND = (1, 20, 100)
SECONDS_A_MONTH = 30 * 86_400
# What S3 takes for a request of some hundred kilobytes, and how many go beside each other.
S3_REQUEST_SECONDS = 0.03
AT_ONCE = 2


@dataclass
class Taken:
    """What one answer took.

    Attributes:
        requests: To S3, whatever they asked for.
        megabytes: What S3 sent.
        seconds: On this machine.
        rows: Of the answer.
    """

    requests: int = 0
    megabytes: float = 0.0
    seconds: float = 0.0
    rows: int = 0


class Counter:
    """Stands at the emulator's door and counts what goes to S3."""

    def __init__(self) -> None:
        self.taken = Taken()
        self._answer = DomainDispatcherApplication.__call__

    def __enter__(self) -> Counter:
        """Begin to count."""
        answer = self._answer

        def counted(application: Any, request: dict[str, Any], start: Callable[..., Any]) -> Any:
            answered = answer(application, request, start)
            if request["PATH_INFO"] == "/":  # Glue
                return answered
            body = b"".join(answered)
            self.taken.requests += 1
            self.taken.megabytes += len(body) / 1e6
            return [body]

        DomainDispatcherApplication.__call__ = counted
        return self

    def __exit__(self, *_: object) -> None:
        """End counting."""
        DomainDispatcherApplication.__call__ = self._answer

    @contextmanager
    def counting(self) -> Iterator[Taken]:
        """Count what a block takes."""
        self.taken = Taken()
        began = time.perf_counter()
        yield self.taken
        self.taken.seconds = time.perf_counter() - began


class PlainReader(S3Reader):
    """Reads S3 through Arrow's file system alone."""

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open an engine."""
        connection = connect(LAKE)
        connection.register_filesystem(ArrowFSWrapper(self.files))
        return connection


def questions(meter_id: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is asked, by what it is called in the table."""
    of_meter = {"meter_id": meter_id, "quantity": "energy"}
    year = {"start_date": dt.date(2013, 1, 1), "end_date": dt.date(2014, 1, 1)}

    def readings(start: dt.datetime, days: int) -> dict[str, Any]:
        return {**of_meter, "start": start, "end": start + dt.timedelta(days=days), "page_size": 20_000}

    new_year, march = dt.datetime(2013, 1, 1, tzinfo=dt.UTC), dt.datetime(2013, 3, 4, tzinfo=dt.UTC)
    day = {"start_date": dt.date(2013, 3, 4), "end_date": dt.date(2013, 3, 5)}
    return {
        "a meter's year of days": ("consumption_daily", {**of_meter, **year}),
        "a meter's week of half-hours": ("readings_of_meter", readings(march, 7)),
        "a meter's year of half-hours": ("readings_of_meter", readings(new_year, 365)),
        "the fleet's day by segment": ("daily_by_segment", day),
    }


def measured(root: Path) -> dict[str, dict[str, Taken]]:
    """Ask a lake that lies in a folder from a copy on the emulated S3, cold and warm."""
    found: dict[str, dict[str, Taken]] = {}
    with emulated_aws() as address, Counter() as counter:
        say("copying the lake to the emulated S3")
        copy_lake(root, address)
        with counter.counting() as state:
            DuckDBLake(LAKE, S3Reader(LAKE, ATHENA, fresh_seconds=60)).version_of("readings")
        found["the catalogue, once a start"] = {"cold": state}
        meters = DuckDBLake(LakeSettings(lake=str(root))).select("SELECT meter_id FROM meters ORDER BY 1")
        meter_id = meters["meter_id"][meters.num_rows // 2].as_py()
        for name, (question, parameters) in questions(meter_id).items():
            lake = DuckDBLake(LAKE, S3Reader(LAKE, ATHENA, fresh_seconds=60))
            lake.version_of("readings")
            found[name] = {}
            for state_of_store in ("cold", "warm"):
                with counter.counting() as taken:
                    taken.rows = lake.ask(question, **parameters).num_rows
                found[name][state_of_store] = taken
            plain = DuckDBLake(LAKE, PlainReader(LAKE, ATHENA, fresh_seconds=60))
            with counter.counting():
                plain.ask(question, **parameters)
            with counter.counting() as taken:
                taken.rows = plain.ask(question, **parameters).num_rows
            found[name]["warm by Arrow alone"] = taken
    return found


def dollars_a_month(taken: Taken, requests_a_second: float) -> tuple[float, float]:
    """Return what a month of one question costs: answered in the function, and by Athena."""
    asked = requests_a_second * SECONDS_A_MONTH
    call = LAMBDA_MILLION / 1e6
    waited = taken.seconds + taken.requests / AT_ONCE * S3_REQUEST_SECONDS
    here = taken.requests / 1000 * S3_GET_1000 + call + waited * LAMBDA_GB * LAMBDA_GB_SECOND
    scanned = max(SCANNED_MB_AT_LEAST, taken.megabytes) / 1e6 * ATHENA_TB
    athena = scanned + call + LAMBDA_SECONDS * LAMBDA_GB * LAMBDA_GB_SECOND
    return asked * here, asked * athena


def print_tables(found: dict[str, dict[str, Taken]]) -> None:
    """Print what was counted, and the dollars."""
    print("| | requests to S3 | megabytes | seconds here | rows |\n|---|---:|---:|---:|---:|")
    for name, states in found.items():
        for state, taken in states.items():
            figures = f"{taken.requests} | {taken.megabytes:.2f} | {taken.seconds:.3f} | {taken.rows:,}"
            print(f"| {name}, {state} | {figures} |")
    print(
        "\n| dollars a month, in the function (cold) / by Athena | 1 a second | 20 a second | 100 a second |\n|---|---:|---:|---:|"
    )
    for name, states in found.items():
        if "warm" in states:
            each = [dollars_a_month(states["cold"], rate) for rate in REQUESTS_A_SECOND]
            print(f"| {name} | " + " | ".join(f"{here:,.0f} / {athena:,.0f}" for here, athena in each) + " |")


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows = parser.parse_args().rows
    logging.disable(logging.CRITICAL)  # the emulator says each request
    with scratch_folder() as scratch:
        say(f"building a lake of {rows:,} readings")
        write_raw(scratch / "raw", rows, files=8)
        Pipeline(LakeSettings(lake=str(scratch / "lake"))).ingest(IngestJob([scratch / "raw"]))
        found = measured(scratch / "lake")
    print_tables(found)
    asked = {name: states for name, states in found.items() if "warm" in states}
    print_figures(
        {
            "most_requests_cold": max(states["cold"].requests for states in asked.values()),
            "most_requests_warm": max(states["warm"].requests for states in asked.values()),
            "most_requests_warm_by_arrow_alone": max(
                states["warm by Arrow alone"].requests for states in asked.values()
            ),
            "most_megabytes_cold": round(max(states["cold"].megabytes for states in asked.values()), 2),
            "floors": {"most_requests_warm": 0},
            "taken": {name: {state: vars(taken) for state, taken in states.items()} for name, states in found.items()},
        }
    )


if __name__ == "__main__":
    main()
