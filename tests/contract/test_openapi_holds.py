"""Requests made up from the OpenAPI description, good and bad ones, against a small real lake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from meterlake.api.application import create_application
from meterlake.api.description.openapi_document import describe
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.lake_fixture import build_small_lake
from tests.route_requests import GOOD_REQUESTS

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("lake")
    build_small_lake(root)
    return create_application(DuckDBLake(LakeSettings(lake=str(root))), ApiSettings(request_log=False))


@pytest.fixture(scope="module")
def described(application: Any) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", application)


NOTHING_TO_GET_WRONG = {"/v1/health", "/v1/models", "/v1/meters/{meter_id}"}


@pytest.mark.parametrize("path", GOOD_REQUESTS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_request_is_answered_as_described(described: Any, path: str, mode: GenerationMode) -> None:
    # The plugin of schemathesis would do this loop, but does not know this pytest yet.
    @given(described[path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def answer_and_check(case: schemathesis.Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE and "meter_id" in (case.path_parameters or {}):
            # A made-up id would never get beyond the 404.
            case.path_parameters["meter_id"] = "MAC000005"
        if mode is GenerationMode.POSITIVE and "meter_id" in (case.query or {}):
            case.query["meter_id"] = "MAC000005"
        case.call_and_validate(checks=CHECKS)

    if mode is GenerationMode.NEGATIVE and path in NOTHING_TO_GET_WRONG:
        pytest.skip("the route has no parameter that could be wrong")
    answer_and_check()


def test_every_route_is_described_with_summary_description_examples_and_problems(application: Any) -> None:
    for path, methods in describe(application)["paths"].items():
        route = methods["get"]
        assert route["summary"], path
        assert route["description"], path
        assert "example" in route["responses"]["200"]["content"]["application/json"], path
        assert {"401", "429", "503"} <= set(route["responses"]), path
        for parameter in route.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])


@pytest.mark.parametrize("path", GOOD_REQUESTS)
def test_good_answers_and_examples_have_the_described_shape(application: Any, path: str) -> None:
    document = describe(application)
    body = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    validator = Draft202012Validator({**body["schema"], "components": document["components"]})
    answer = ask(application, GOOD_REQUESTS[path])
    assert answer.status == 200
    validator.validate(json.loads(answer.body))
    validator.validate(body["example"])


def test_the_good_requests_cover_every_route(application: Any) -> None:
    assert set(describe(application)["paths"]) == set(GOOD_REQUESTS)


def test_every_number_says_how_wide_it_is(application: Any) -> None:
    def numbers(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            if isinstance(node.get("type"), str) and node["type"] in ("number", "integer"):
                yield node
            for inner in node.values():
                yield from numbers(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from numbers(inner)

    found = {(one["type"], one.get("format")) for one in numbers(describe(application))}
    assert found == {("number", "double"), ("integer", "int64")}


def test_an_operation_is_called_as_its_function_is(application: Any) -> None:
    paths = describe(application)["paths"]
    names = [methods["get"]["operationId"] for methods in paths.values()]
    assert len(set(names)) == len(names)
    assert paths["/v1/meters/{meter_id}/readings"]["get"]["operationId"] == "list_readings"


def test_parquet_is_bytes(application: Any) -> None:
    content = describe(application)["paths"]["/v1/meters"]["get"]["responses"]["200"]["content"]
    assert content["application/vnd.apache.parquet"]["schema"]["format"] == "binary"
