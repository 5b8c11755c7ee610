from __future__ import annotations

import asyncio
import json
import threading
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pytest
from starlette.types import Message

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import Answer, ask, send

QUIET = ApiSettings(request_log=False)
DAILY = "/consumption/daily/2013/MAC000005"


class BrokenLake:
    """Fails as a program with a fault does."""

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        raise ZeroDivisionError("the secret inside")

    def version_of(self, *tables: str) -> str:
        return "v"


class CountingLake:
    """A real lake that counts what it is asked."""

    def __init__(self, lake: DuckDBLake) -> None:
        self.lake = lake
        self.questions: list[str] = []

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        self.questions.append(question)
        return self.lake.ask(question, **parameters)

    def version_of(self, *tables: str) -> str:
        return self.lake.version_of(*tables)


class WaitingLake(CountingLake):
    """Answers once it is let go on."""

    def __init__(self, lake: DuckDBLake) -> None:
        super().__init__(lake)
        self.may_go_on = threading.Event()

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        self.may_go_on.wait(10)
        return super().ask(question, **parameters)


def test_an_address_other_than_loopback_refuses_a_request_without_a_key(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, QUIET)
    refused = ask(application, DAILY, server="10.0.0.5")
    assert (refused.status, refused.json()["type"]) == (401, "urn:problem-type:meterlake:key-needed")
    assert "www-authenticate" in refused.headers


def test_a_known_key_opens_it_and_a_wrong_one_does_not(small_lake: DuckDBLake) -> None:
    settings = ApiSettings(host="0.0.0.0", key_hashes=(sha256(b"open-sesame").hexdigest(),), request_log=False)
    application = create_application(small_lake, settings)
    assert ask(application, DAILY, headers={"x-api-key": "open-sesame"}).status == 200
    assert ask(application, DAILY, headers={"x-api-key": "open-barley"}).status == 401


def test_a_stored_answer_is_not_given_without_a_key(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, QUIET)
    assert ask(application, DAILY).status == 200
    assert ask(application, DAILY, server="10.0.0.5").status == 401


def test_too_many_requests_are_refused_with_when_to_ask_again(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, ApiSettings(requests_per_minute=2, request_log=False))
    statuses = [ask(application, DAILY).status for _ in range(2)]
    refused = ask(application, DAILY)
    assert statuses == [200, 200]
    assert (refused.status, refused.headers["retry-after"]) == (429, "30")


def test_an_unexpected_error_is_a_problem_that_gives_nothing_away_and_stands_in_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    application = create_application(BrokenLake(), QUIET)
    answer = ask(application, DAILY, headers={"x-correlation-id": "my-request-1"})
    assert (answer.status, answer.json()["type"]) == (500, "urn:problem-type:meterlake:internal-trouble")
    assert "retry-after" not in answer.headers  # asking again would not help
    assert b"secret" not in answer.body
    line = json.loads(capsys.readouterr().err)
    assert line["correlation_id"] == "my-request-1"
    assert "ZeroDivisionError: the secret inside" in line["error"]


def test_a_place_without_a_lake_is_a_problem_that_says_what_to_run(tmp_path: Any) -> None:
    application = create_application(DuckDBLake(LakeSettings(lake=str(tmp_path))), QUIET)
    answer = ask(application, "/v1/health")
    assert (answer.status, answer.json()["type"]) == (503, "urn:problem-type:meterlake:no-lake")
    assert "meterlake ingest" in answer.json()["detail"]


def test_a_well_formed_correlation_id_is_kept_and_another_is_replaced(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, QUIET)
    kept = ask(application, DAILY, headers={"x-correlation-id": "abcdef-0123"})
    replaced = ask(application, "/nowhere", headers={"x-correlation-id": "x y\t<z>"})
    assert kept.headers["x-correlation-id"] == "abcdef-0123"
    assert len(replaced.headers["x-correlation-id"]) == 32
    assert replaced.json()["correlation_id"] == replaced.headers["x-correlation-id"]


def test_a_request_leaves_one_json_line(small_lake: DuckDBLake, capsys: pytest.CaptureFixture[str]) -> None:
    application = create_application(small_lake, ApiSettings())
    answer = ask(application, DAILY + "?a=1")
    (line,) = [json.loads(text) for text in capsys.readouterr().err.splitlines() if text.startswith("{")]
    assert (line["method"], line["path"], line["query"], line["status"]) == ("GET", DAILY, "a=1", 200)
    assert line["correlation_id"] == answer.headers["x-correlation-id"]
    assert line["bytes"] == len(answer.body)
    assert line["came_from"] == "lake"


def test_a_repeated_request_asks_the_lake_nothing(small_lake: DuckDBLake) -> None:
    lake = CountingLake(small_lake)
    application = create_application(lake, QUIET)
    first, second = ask(application, DAILY), ask(application, DAILY)
    assert first.body == second.body
    assert {**first.headers, "x-correlation-id": ""} == {**second.headers, "x-correlation-id": ""}
    assert lake.questions == ["consumption_daily"]


def test_an_answer_that_the_caller_holds_is_a_304_without_a_query_even_after_a_restart(
    small_lake: DuckDBLake,
) -> None:
    etag = ask(create_application(small_lake, QUIET), DAILY).headers["etag"]
    lake = CountingLake(small_lake)
    answer = ask(create_application(lake, QUIET), DAILY, headers={"if-none-match": etag})
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert lake.questions == []


def test_more_waiting_queries_than_the_settings_allow_are_refused(small_lake: DuckDBLake) -> None:
    lake = WaitingLake(small_lake)
    application = create_application(lake, ApiSettings(concurrent_queries=1, waiting_queries=1, request_log=False))

    async def three_at_once() -> list[Answer]:
        asked = [asyncio.create_task(send(application, f"{DAILY}?n={place}")) for place in range(3)]
        refused, waiting = await asyncio.wait(asked, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        lake.may_go_on.set()
        return [task.result() for task in refused] + list(await asyncio.gather(*waiting))

    refused, first, second = asyncio.run(three_at_once())
    assert (refused.status, refused.json()["type"]) == (503, "urn:problem-type:meterlake:overloaded")
    assert refused.headers["retry-after"] == "1"
    assert (first.status, second.status) == (200, 200)


def test_what_only_a_stranger_would_add_makes_no_other_question(small_lake: DuckDBLake) -> None:
    lake = CountingLake(small_lake)
    application = create_application(lake, QUIET)
    answers = [ask(application, f"{DAILY}?x={place}") for place in range(3)]
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert lake.questions == ["consumption_daily"]


def test_several_accept_headers_are_one_list_and_the_store_keeps_what_was_chosen(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, QUIET)
    types = [("text/csv;q=0.5", "application/vnd.apache.parquet"), ("*/*",), ("text/csv", "application/json;q=0.1")]
    chosen = [
        ask(application, "/v1/meters", headers=[("accept", one) for one in accept]).headers["content-type"]
        for accept in (*types, *types)  # from the lake, then from the store
    ]
    wanted = ["application/vnd.apache.parquet", "application/json", "text/csv; charset=utf-8"]
    assert chosen == wanted + wanted


@pytest.mark.parametrize("target", [DAILY, "/openapi.json", "/nowhere"])
def test_without_keys_a_foreign_name_for_this_machine_is_refused_from_the_store_too(
    small_lake: DuckDBLake, target: str
) -> None:
    application = create_application(small_lake, QUIET)
    statuses = [ask(application, target, headers={"host": host}).status for host in ("localhost:8080", "evil.example")]
    assert statuses[1] == 421
    assert statuses[0] != 421


def test_the_settings_name_more_hosts_and_a_key_needs_none(small_lake: DuckDBLake) -> None:
    named = create_application(small_lake, ApiSettings(request_log=False, hosts=("meters.example",)))
    assert ask(named, DAILY, headers={"host": "meters.example"}).status == 200
    keyed = ApiSettings(host="0.0.0.0", key_hashes=(sha256(b"open-sesame").hexdigest(),), request_log=False)
    headers = {"host": "meters.example", "x-api-key": "open-sesame"}
    assert ask(create_application(small_lake, keyed), DAILY, headers=headers).status == 200


def test_a_caller_who_has_gone_by_then_costs_no_route_and_no_question(small_lake: DuckDBLake) -> None:
    lake = CountingLake(small_lake)
    application = create_application(lake, QUIET)

    async def ask_and_go() -> list[Message]:
        heard = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])
        sent: list[Message] = []

        async def receive() -> Message:
            return next(heard)

        async def note(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": DAILY,
            "query_string": b"",
            "headers": [],
            "server": ("127.0.0.1", 8080),
        }
        await application(scope, receive, note)
        return sent

    assert asyncio.run(ask_and_go()) == []
    assert lake.questions == []
