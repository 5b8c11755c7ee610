"""The built package under Lambda's own runtime: every published route, asked as API Gateway asks.

Behind it stand an emulated S3 and Glue, and an Athena whose rows DuckDB answers from the SQL that was sent. The same
requests are answered in this process by DuckDB alone: status and body have to be the same.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mangum import Mangum

from cloudformation.build_lambda import LARGEST_BYTES
from meterlake.api.gateway import create_handler
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.athena_answers import DuckDBAnswers
from tests.athena_stand_in import LAKE, REGION, AthenaStandIn, copy_lake, emulated_aws
from tests.gateway_events import Event, http_event, rest_event
from tests.lake_fixture import build_small_lake
from tests.lambda_emulator import PACKAGE, invoke, running_function, skip_without_package
from tests.published_requests import BAD, GOOD, JANUARY


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    skip_without_package()
    folder = tmp_path_factory.mktemp("lake")
    build_small_lake(folder)
    return folder


@dataclass
class Account:
    """An emulated account that holds the lake.

    Attributes:
        environment: What the function is started with.
        stand_in: Answers in Athena's place, and says what it was asked.
    """

    environment: dict[str, str]
    stand_in: AthenaStandIn


@pytest.fixture(scope="module")
def account(root: Path) -> Iterator[Account]:
    with emulated_aws() as address:
        stand_in = AthenaStandIn(address, DuckDBAnswers(root, copy_lake(root, address)))
        with stand_in.listening() as athena_address:
            environment = {
                "METERLAKE_LAKE": LAKE.lake,
                "METERLAKE_ATHENA_POLL_SECONDS": "0.01",
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_ACCESS_KEY_ID": "testing",
                "AWS_SECRET_ACCESS_KEY": "testing",
                "AWS_ENDPOINT_URL": address,
                "AWS_ENDPOINT_URL_ATHENA": athena_address,
            }
            yield Account(environment, stand_in)


def started(account: Account, log: Path, **more: str) -> AbstractContextManager[str]:
    return running_function("meterlake.api.lambda_handler.handler", account.environment | more, log)


@pytest.fixture(scope="module")
def function(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started(account, tmp_path_factory.mktemp("log")) as address:
        yield address


@pytest.fixture(scope="module")
def here(root: Path) -> Mangum:
    return create_handler(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))


def content_of(answer: dict[str, Any]) -> Any:
    """Return an answer's body without what belongs to one request, or to the place where the lake lies."""
    body = json.loads(base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"])
    if isinstance(body, dict):
        # An error names its request; health names the snapshots, which differ where tables were made twice.
        body = {name: value for name, value in body.items() if name not in ("correlation_id", "instance", "version")}
    return body


@pytest.mark.parametrize("target", [*GOOD, *BAD])
def test_a_request_is_answered_under_lambda_s_runtime_as_on_a_laptop(function: str, here: Mangum, target: str) -> None:
    event = rest_event(target)

    answer, expected = invoke(function, event), here(event, None)

    assert (answer["statusCode"], content_of(answer)) == (expected["statusCode"], content_of(expected))
    assert answer["headers"]["content-type"] == expected["headers"]["content-type"]
    assert answer["headers"]["x-correlation-id"]


def test_an_http_api_s_events_are_answered_too(function: str) -> None:
    answer = invoke(function, http_event("/consumption/daily/2013/MAC000005"))

    assert ["MAC000005", "20130102", 5.7] in json.loads(answer["body"])


def test_parquet_leaves_the_function_as_base64(function: str) -> None:
    event: Event = rest_event(f"/v1/meters/MAC000005/readings?{JANUARY}&f=parquet")

    answer = invoke(function, event)

    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]).startswith(b"PAR1")


def test_the_package_fits_into_lambda_and_leaves_out_what_the_api_does_not_need() -> None:
    skip_without_package()

    size_bytes = sum(path.stat().st_size for path in PACKAGE.rglob("*") if path.is_file())
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}

    assert size_bytes < LARGEST_BYTES
    assert not rooms & {"pandas", "torch", "prophet", "scipy", "awswrangler", "tests"}


def test_the_function_s_own_engine_answers_what_reads_little_and_asks_athena_the_rest(
    account: Account, here: Mangum, tmp_path: Path
) -> None:
    if not (PACKAGE / "duckdb").exists():
        pytest.skip("the package was built where there is no strip, and so without DuckDB")
    little = rest_event(f"/v1/meters/MAC000005/readings?{JANUARY}")
    before = len(account.stand_in.sent)
    with started(account, tmp_path, METERLAKE_ENGINE="duckdb", METERLAKE_MEMORY_GB="1") as function:
        assert content_of(invoke(function, little)) == content_of(here(little, None))
    assert len(account.stand_in.sent) == before

    with started(account, tmp_path, METERLAKE_ENGINE="duckdb", METERLAKE_ENGINE_MB="0") as function:
        assert content_of(invoke(function, little)) == content_of(here(little, None))
    assert len(account.stand_in.sent) > before
