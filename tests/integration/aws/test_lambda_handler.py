"""The Lambda function, called with API Gateway's events; behind it a small lake in a folder."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from mangum import Mangum

from meterlake.api.gateway import create_handler, gateway_settings
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.gateway_events import Event, http_event, rest_event
from tests.published_requests import BAD, GOOD, JANUARY

ROOT = Path(__file__).resolve().parents[3]
TOO_HEAVY = {
    "pandas",
    "torch",
    "prophet",
    "scipy",
    "sklearn",
    "lightgbm",
    "gluonts",
    "duckdb",
    "pyiceberg",
    "sqlalchemy",
}


@pytest.fixture(scope="module")
def lake(small_lake_root: Path) -> DuckDBLake:
    return DuckDBLake(LakeSettings(lake=str(small_lake_root), threads=1))


@pytest.fixture(scope="module")
def handler(lake: DuckDBLake) -> Mangum:
    return create_handler(lake, ApiSettings(request_log=False))


@pytest.fixture(params=[rest_event, http_event], ids=["REST API", "HTTP API"])
def event_of(request: pytest.FixtureRequest) -> Callable[..., Event]:
    made: Callable[..., Event] = request.param
    return made


def answered(handler: Mangum, event: Event) -> tuple[int, dict[str, str], bytes]:
    """Call the function, and undo what API Gateway undoes."""
    answer: dict[str, Any] = json.loads(json.dumps(handler(event, None)))
    body = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    return answer["statusCode"], answer["headers"], body


@pytest.mark.parametrize("target", GOOD)
def test_a_good_request_is_answered_through_the_gateway(
    handler: Mangum, event_of: Callable[..., Event], target: str
) -> None:
    event = event_of(target)
    status, headers, body = answered(handler, event)

    assert status == 200, body
    assert headers["x-correlation-id"]
    assert json.loads(body)
    assert handler(event, None)["isBase64Encoded"] is False


@pytest.mark.parametrize("target", BAD)
def test_a_bad_request_is_told_what_was_wrong(handler: Mangum, event_of: Callable[..., Event], target: str) -> None:
    status, headers, body = answered(handler, event_of(target))

    assert headers["content-type"] == "application/problem+json"
    assert (status, json.loads(body)["type"].rpartition(":")[2]) == BAD[target]


def test_the_published_number_comes_through_the_gateway(handler: Mangum, event_of: Callable[..., Event]) -> None:
    _, _, body = answered(handler, event_of("/consumption/daily/2013/MAC000005"))

    assert ["MAC000005", "20130102", 5.7] in json.loads(body)


def test_parquet_comes_through_the_gateway_whole(handler: Mangum, event_of: Callable[..., Event]) -> None:
    event = event_of(f"/v1/meters/MAC000005/readings?{JANUARY}&f=parquet")
    _, _, body = answered(handler, event)

    assert handler(event, None)["isBase64Encoded"] is True
    assert pq.read_table(io.BytesIO(body)).num_rows == 48 + 44


def test_a_caller_who_holds_the_answer_gets_304(handler: Mangum, event_of: Callable[..., Event]) -> None:
    _, headers, _ = answered(handler, event_of("/v1/meters"))
    status, _, body = answered(handler, event_of("/v1/meters", {"If-None-Match": headers["etag"]}))

    assert (status, body) == (304, b"")


def test_without_key_hashes_the_gateway_alone_asks_for_keys() -> None:
    assert gateway_settings(ApiSettings(host="10.0.0.1")).host == "127.0.0.1"


def test_with_key_hashes_the_function_asks_for_a_key_as_well(lake: DuckDBLake, event_of: Callable[..., Event]) -> None:
    settings = ApiSettings(request_log=False, key_hashes=(sha256(b"secret").hexdigest(),))
    locked = create_handler(lake, settings)

    statuses = [answered(locked, event_of("/v1/meters", headers))[0] for headers in ({}, {"x-api-key": "secret"})]

    assert statuses == [401, 200]


def test_a_cold_start_imports_nothing_heavy() -> None:
    code = (
        "import json, sys; import meterlake.api.lambda_handler; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    settings = {"METERLAKE_LAKE": "s3://bucket/lake", "METERLAKE_ATHENA_REGION": "eu-west-2"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | settings, capture_output=True, check=True
    )
    modules = json.loads(done.stdout)

    assert sorted(TOO_HEAVY & set(modules)) == []
    assert {"pyathena", "pyarrow"} <= set(modules)


def test_what_libraries_log_is_json_with_the_error_s_traceback() -> None:
    code = (
        "import logging; from meterlake.api.json_logging import log_as_json; log_as_json(logging.WARNING)\n"
        "try: 1 / 0\nexcept ZeroDivisionError: logging.getLogger('pyathena').exception('Failed %s', 'once')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    [line] = map(json.loads, done.stderr.splitlines())

    assert (line["level"], line["logger"], line["message"]) == ("error", "pyathena", "Failed once")
    assert "ZeroDivisionError" in line["error"]
