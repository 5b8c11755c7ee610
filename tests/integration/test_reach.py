"""What a client reaches besides GET: HEAD, OPTIONS, compressed answers; and what no answer gives away."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.lake_fixture import build_small_lake
from tests.landing import take_in
from tests.route_requests import GOOD_REQUESTS
from tests.running_server import running

QUIET = ApiSettings(request_log=False)
DAY = "/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00Z&end=2013-01-04T00:00:00Z"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    root: Path = tmp_path_factory.mktemp("lake")
    build_small_lake(root)
    return create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), QUIET)


@pytest.fixture(scope="module")
def client(application: FastAPI) -> Iterator[httpx.Client]:
    with running(application) as opened:
        yield opened


@pytest.mark.parametrize("target", GOOD_REQUESTS.values(), ids=GOOD_REQUESTS)
def test_head_says_what_get_would_and_sends_no_body(client: httpx.Client, target: str) -> None:
    got, head = client.get(target), client.head(target)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers.get(name) == got.headers.get(name), name


def test_head_of_what_is_not_there_is_a_404_without_a_body(client: httpx.Client) -> None:
    assert (client.head("/v1/meters/NOBODY").status_code, client.head("/nowhere").status_code) == (404, 404)


def test_options_says_which_methods_there_are(client: httpx.Client) -> None:
    known = client.options("/v1/meters")
    assert (known.status_code, known.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.options("/nowhere").status_code == 404


def test_an_answer_is_compressed_where_the_caller_takes_it(application: FastAPI) -> None:
    plain = ask(application, DAY)
    packed = ask(application, DAY, headers={"accept-encoding": "br, gzip;q=0.5"})
    again = ask(application, DAY, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == gzip.decompress(again.body) == plain.body
    assert len(packed.body) * 5 < len(plain.body)
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "accept-encoding" in packed.headers["vary"]
    refused = ask(application, DAY, headers={"accept-encoding": "gzip;q=0, *"})
    assert "content-encoding" not in refused.headers
    held = {"if-none-match": packed.headers["etag"]}
    assert ask(application, DAY, headers=held | {"accept-encoding": "gzip"}).status == 304
    assert ask(application, DAY, headers=held).status == 200


def test_a_short_answer_and_parquet_stay_as_they_are(application: FastAPI) -> None:
    for target in ("/v1/meters/Z9", f"{DAY}&f=parquet"):
        assert "content-encoding" not in ask(application, target, headers={"accept-encoding": "gzip"}).headers


def opened_tokens(token: str | None) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if token else b""


def test_no_answer_names_a_folder_of_the_server(tmp_path: Path) -> None:
    landing = tmp_path / "secret landing"
    landing.mkdir()
    header = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
    for name in ("a", "b", "c"):
        good = f"M{name},Std,2013-01-01 00:00:00.0000000, 0.25 ,ACORN-A,Affluent\n"
        (landing / f"{name}.csv").write_text(header + good + f"M{name},Std,2013-01-01 00:30:00,Null,ACORN-A,Affluent\n")
    take_in(tmp_path / "lake", landing)
    lake = DuckDBLake(LakeSettings(lake=str(tmp_path / "lake"), threads=1))
    application = create_application(lake, QUIET)
    for form in ("json", "csv", "ndjson", "parquet"):
        for target in ("/v1/ingests", "/v1/quality?by=reason"):
            separator = "&" if "?" in target else "?"
            answer = ask(application, f"{target}{separator}limit=1&f={form}")
            assert answer.status == 200
            assert b"secret landing" not in answer.body
            assert ".csv" in str(answer.body) or form == "parquet"
            assert "secret" not in str(answer.headers)
    page = ask(application, "/v1/quality?by=reason&limit=1").json()
    assert page["quality"][0]["source_file"] in ("a.csv", "b.csv", "c.csv")
    assert b"secret" not in opened_tokens(page["next"])
    assert b"secret" not in opened_tokens(ask(application, "/v1/ingests?limit=1").json()["next"])


def test_no_problem_names_a_folder_of_the_server_and_the_log_does(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    build_small_lake(tmp_path / "lake")
    lake = DuckDBLake(LakeSettings(lake=str(tmp_path / "lake"), threads=1))
    application = create_application(lake, ApiSettings())
    ask(application, "/v1/models")
    for file in (tmp_path / "lake" / "readings").glob("*.parquet"):
        file.unlink()
    lost = ask(application, DAY)
    nowhere = create_application(DuckDBLake(LakeSettings(lake=str(tmp_path / "nothing"))), ApiSettings())
    none = ask(nowhere, "/v1/meters")
    assert (lost.status, lost.json()["type"].rpartition(":")[2]) == (500, "internal-trouble")
    assert (none.status, none.json()["type"].rpartition(":")[2]) == (503, "no-lake")
    for answer in (lost, none):
        assert str(tmp_path) not in answer.body.decode()
    logged = capfd.readouterr().err
    assert str(tmp_path / "lake") in logged and str(tmp_path / "nothing") in logged
