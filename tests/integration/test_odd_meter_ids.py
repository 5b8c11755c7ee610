"""Meters whose ids no path can hold as they stand, asked for over real HTTP and through a gateway."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import httpx
import pytest
from mangum import Mangum

from meterlake.api.application import create_application
from meterlake.api.gateway import create_handler
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import CONSUMPTION_DAILY, METERS, READINGS
from tests.gateway_events import rest_event
from tests.lake_fixture import HALF_HOUR, JANUARY_2, half_hours, publish, summed
from tests.running_server import running

IDS = [
    "apartment/12/B",
    "a b",
    "Zähler é",
    "電表-7",
    "100%",
    "%2F",
    "a+b",
    "a?b#c",
    "x&start=1",
    "..",
    "=1+1",
    "m" * 300,
    "😀",
    "/",
]
SPAN = {"start": "2013-01-02T00:00:00Z", "end": "2013-01-03T00:00:00Z"}
WHOLE_DAY_KWH = 6.0  # 48 half-hours of 0.125


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> DuckDBLake:
    root: Path = tmp_path_factory.mktemp("lake")
    rows: dict[Any, list[Any]] = {READINGS: [], METERS: [], CONSUMPTION_DAILY: []}
    for meter_id in IDS:
        rows[READINGS] += half_hours(meter_id, JANUARY_2, [0.125] * 48)
        rows[METERS].append((meter_id, None, None, None, "UTC", None, None, None, None, None))
        rows[CONSUMPTION_DAILY].append(summed(meter_id, JANUARY_2.date(), WHOLE_DAY_KWH, 48, 48))
    publish(root, rows)
    return DuckDBLake(LakeSettings(lake=str(root), threads=1))


@pytest.fixture(scope="module")
def client(lake: DuckDBLake) -> Iterator[httpx.Client]:
    with running(create_application(lake, ApiSettings(request_log=False))) as opened:
        yield opened


@pytest.mark.parametrize("meter_id", [one for one in IDS if one != ".."])  # clients take .. out of a path
def test_an_id_is_taken_in_the_path_with_all_of_it_escaped(client: httpx.Client, meter_id: str) -> None:
    escaped = quote(meter_id, safe="")
    assert client.get(f"/v1/meters/{escaped}").json()["meter_id"] == meter_id
    assert client.get(f"/consumption/daily/2013/{escaped}").json() == [[meter_id, "20130102", WHOLE_DAY_KWH]]


@pytest.mark.parametrize("meter_id", IDS)
def test_any_id_is_taken_as_a_parameter(client: httpx.Client, meter_id: str) -> None:
    asked = {"meter_id": meter_id}
    assert client.get("/v1/meter", params=asked).json()["meter_id"] == meter_id
    assert client.get("/consumption/daily/2013", params=asked).json() == [[meter_id, "20130102", WHOLE_DAY_KWH]]
    days = client.get("/v1/meter/consumption", params={**asked, **SPAN}).json()["consumption"]
    assert [day["value"] for day in days] == [WHOLE_DAY_KWH]


@pytest.mark.parametrize("meter_id", IDS)
@pytest.mark.parametrize("link", ["next_url", "Link"])
def test_the_pages_of_any_id_are_found_by_either_reference(client: httpx.Client, meter_id: str, link: str) -> None:
    readings, answer = [], client.get("/v1/meter/readings", params={"meter_id": meter_id, **SPAN, "limit": 20})
    for _ in range(2):
        readings += answer.json()["readings"]
        reference = answer.json()["next_url"] if link == "next_url" else answer.links["next"]["url"]
        answer = client.get(answer.url.join(reference))
    readings += answer.json()["readings"]
    starts = [dt.datetime.fromisoformat(reading["interval_start"]) for reading in readings]
    assert starts == [JANUARY_2 + place * HALF_HOUR for place in range(48)]
    assert answer.json()["next_url"] is None


def test_a_list_of_such_meters_is_paged_to_its_end(client: httpx.Client) -> None:
    found, answer = [], client.get("/v1/meters", params={"limit": 1})
    while True:
        found += [meter["meter_id"] for meter in answer.json()["meters"]]
        if answer.json()["next_url"] is None:
            break
        answer = client.get(answer.url.join(answer.json()["next_url"]))
    assert found == sorted(IDS)


def test_an_escaped_slash_is_another_meter_than_a_question_mark(client: httpx.Client) -> None:
    etags = {
        client.get(f"/v1/meters/{quote(one, safe='')}").headers["etag"] for one in ("/", "a?b#c", "apartment/12/B")
    }
    assert len(etags) == 3
    assert client.get("/v1/meters/a%2Fb%23c").status_code == 404


def test_a_page_s_reference_stays_behind_the_prefix_of_a_proxy(lake: DuckDBLake) -> None:
    with running(create_application(lake, ApiSettings(request_log=False))) as client:
        page = client.get("/v1/meters", params={"limit": 1})
    seen_by_the_caller = httpx.URL("https://example.org/live/v1/meters?limit=1").join(page.json()["next_url"])
    assert str(seen_by_the_caller).startswith("https://example.org/live/v1/meters?limit=1&next=")


@pytest.mark.parametrize("meter_id", ["apartment/12/B", "Zähler é", "電表-7", "100%"])
def test_a_gateway_that_decodes_paths_takes_any_id_as_a_parameter(lake: DuckDBLake, meter_id: str) -> None:
    handler: Mangum = create_handler(lake, ApiSettings(request_log=False))
    target = "/v1/meter/readings?" + urlencode({"meter_id": meter_id, **SPAN, "limit": 30})
    first = json.loads(handler(rest_event(target), None)["body"])
    second = json.loads(handler(rest_event("/v1/meter/readings" + first["next_url"]), None)["body"])
    assert (first["meter_id"], len(first["readings"]), len(second["readings"])) == (meter_id, 30, 18)


@pytest.mark.parametrize("path", ["/v1/meters/a b\u00e9/x", "/v1/meters/%ff%00/x", "/nowhere/%2F/%22"])
def test_a_problem_s_instance_is_a_reference_to_the_request(client: httpx.Client, path: str) -> None:
    instance = client.get(path).json()["instance"]
    assert instance.isascii()
    assert unquote(instance) == unquote(path)
    assert not set(instance) & set(' "<>\\^`{|}')


def test_an_escaped_slash_where_no_id_stands_is_a_bad_value_like_others(client: httpx.Client) -> None:
    refused = client.get("/consumption/daily/20%2F13", params={"meter_id": "a b"})
    assert (refused.status_code, refused.json()["found"]) == (422, "20/13")
