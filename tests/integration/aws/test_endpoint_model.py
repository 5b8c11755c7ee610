"""The API without a model of its own: forecasts come from a SageMaker endpoint, over its real HTTP protocol.

Behind the runtime's path /endpoints/NAME/invocations stands the endpoint of `meterlake endpoint` with the model in service,
so that every number is a model's answer. What this does not show: SageMaker's signatures, quotas and machines.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.forecasting import aws_clients
from meterlake.forecasting.endpoint.invocations import create_endpoint
from meterlake.forecasting.endpoint.served_model import served_from
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.model_choice import open_models
from meterlake.forecasting.training import Training, TrainingPlan
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.patience import Patience
from meterlake.lake.settings import LakeSettings
from tests.landing import take_in
from tests.running_server import running
from tests.sagemaker_fleet import write_fleet

NAME = "stack-forecast"
DAYS = "data_start=2013-01-01&data_end=2013-02-10"


class Runtime:
    """SageMaker's runtime before one endpoint: hands invocations on, or answers as it does in trouble."""

    def __init__(self, model: FastAPI) -> None:
        self.trouble: tuple[int, str, dict[str, str]] | bytes | None = None
        self.application = FastAPI()
        self.application.mount("/model", model)

        @self.application.middleware("http")
        async def hand_on(request: Request, answer: Any) -> Response:
            name = request.url.path.split("/")[2]
            if name != NAME:
                return trouble_of(400, "ValidationError", {"Message": f"Endpoint {name} of account 1 not found."})
            if isinstance(self.trouble, bytes):
                return Response(self.trouble, 200, media_type="application/json")
            if self.trouble:
                return trouble_of(*self.trouble)
            request.scope["path"] = request.scope["raw_path"] = "/model/invocations"
            handed_on: Response = await answer(request)
            return handed_on


def trouble_of(status: int, kind: str, body: dict[str, str]) -> Response:
    return JSONResponse(body, status, {"x-amzn-errortype": kind})


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> DuckDBLake:
    """A lake with two approved versions of a model, no forecast stored."""
    folder = tmp_path_factory.mktemp("endpoint")
    take_in(folder / "lake", *write_fleet(folder))
    settings = LakeSettings(lake=str(folder / "lake"), threads=1)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("TEST_DAYS", "20"), ("GATE_COVERAGE_LOW", "0"), ("GATE_COVERAGE_HIGH", "1")):
            patch.setenv(f"METERLAKE_FORECAST_{name}", value)
        naive = FORECASTERS.named("seasonal_naive")
        for seed in ("1", "2"):
            plan = TrainingPlan(forecaster=naive.with_parameters({"seed": seed}), forecast_days=2)
            model = Training(settings).train(plan).model
            assert model is not None
            open_models(DuckDBLake(settings)).decide("household", model.version, "Approved")
    return DuckDBLake(settings)


@pytest.fixture
def runtime(lake: DuckDBLake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    store = open_models(lake)
    record = store.in_service("household")
    served = served_from(record, store.fitted(record))
    made = Runtime(create_endpoint(served))
    with running(made.application) as client:
        settings = {"AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": str(client.base_url), "AWS_DEFAULT_REGION": "us-east-1"}
        settings |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        for name, value in {**settings, "METERLAKE_FORECAST_ENDPOINT": NAME}.items():
            monkeypatch.setenv(name, value)
        aws_clients.endpoint_client_waiting.cache_clear()
        yield made
    aws_clients.endpoint_client_waiting.cache_clear()


@pytest.fixture
def client(lake: DuckDBLake) -> Iterator[httpx.Client]:
    with running(create_application(lake, ApiSettings(request_log=False))) as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        f"/forecast/M1?{DAYS}",
        f"/forecast/M2?{DAYS}&ml_endpoint_name=household&quantiles=0.1,0.9",
        "/v1/meters/M3/forecasts",
        "/v1/meters/M4/forecasts?issued_at=2013-02-01T00:00:00Z",
    ],
)
def test_an_endpoint_answers_as_the_model_on_this_machine(
    lake: DuckDBLake, client: httpx.Client, path: str, request: pytest.FixtureRequest
) -> None:
    here = client.get(path)
    request.getfixturevalue("runtime")
    # Another application: the first keeps answers.
    with running(create_application(lake, ApiSettings(request_log=False))) as asking:
        there = asking.get(path)

    assert (here.status_code, there.status_code) == (200, 200), there.text
    assert there.json() == here.json()


def test_an_older_version_is_not_behind_the_endpoint(runtime: Runtime, client: httpx.Client) -> None:
    answer = client.get(f"/forecast/M1?{DAYS}&ml_endpoint_name=household:1")

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":no-model")
    assert "household 1 is not behind the endpoint stack-forecast" in answer.json()["detail"]


def test_an_endpoint_that_is_not_there_is_a_missing_model(
    runtime: Runtime, lake: DuckDBLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERLAKE_FORECAST_ENDPOINT", "gone")

    with running(create_application(lake, ApiSettings(request_log=False))) as asking:
        answer = asking.get(f"/forecast/M1?{DAYS}")

    assert answer.status_code == 409
    assert "approve a model package" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ((400, "ThrottlingException", {"Message": "Rate exceeded"}), "it is busy"),
        ((503, "ServiceUnavailable", {"Message": "not now"}), "it is busy"),
        ((424, "ModelError", {"Message": "received 500", "OriginalMessage": "no such category"}), "no such category"),
        (b"<html>", "not DeepAR's JSON"),
        (b'{"predictions": [{"mean": [1.0]}]}', "is no forecast"),
        (b'{"predictions": []}', "0 answers to 1 questions"),
        (
            json.dumps({"predictions": [{"mean": [1], "quantiles": {f"0.{n}": [1] for n in range(1, 10)}}]}).encode(),
            "48",
        ),
    ],
    ids=["throttled", "unavailable", "model-error", "no-json", "no-quantiles", "no-answer", "too-short"],
)
def test_trouble_with_the_endpoint_is_told_and_may_be_tried_again(
    runtime: Runtime, client: httpx.Client, trouble: Any, told: str
) -> None:
    runtime.trouble = trouble

    answer = client.get(f"/forecast/M1?{DAYS}")

    assert answer.status_code == 503, answer.text
    assert answer.json()["type"].endswith(":lake-unavailable") and answer.headers["retry-after"] == "5"
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(("left_seconds", "waited_seconds"), [(29.0, 25), (10.5, 10), (0.2, 1)])
def test_an_endpoint_is_waited_for_no_longer_than_the_caller_waits(
    monkeypatch: pytest.MonkeyPatch, left_seconds: float, waited_seconds: int
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    with Patience(left_seconds).kept():
        assert aws_clients.endpoint_client().meta.config.read_timeout == waited_seconds


def test_asking_an_endpoint_imports_neither_pandas_nor_torch() -> None:
    code = (
        "import sys; from meterlake.forecasting.endpoint import endpoint_model;"
        "from meterlake.forecasting.sagemaker import deploying, judging, packages, plans, run_parameters, steps;"
        "print(sorted({'pandas', 'torch', 'scipy', 'duckdb', 'gluonts', 'holidays'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True
    )

    assert done.stdout.strip() == "[]"
