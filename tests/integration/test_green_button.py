"""Readings out of the API as Green Button, page by page, and into another lake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.lake_fixture import build_small_lake
from tests.small_lake import SmallLake

TARGET = "/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00Z&end=2013-01-04T00:00:00Z&limit=40"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("lake")
    build_small_lake(folder)
    return create_application(DuckDBLake(LakeSettings(lake=str(folder), threads=1)), ApiSettings(request_log=False))


def test_pages_of_readings_as_green_button_make_the_same_readings_elsewhere(
    application: FastAPI, tmp_path: Path
) -> None:
    wanted = ask(application, TARGET.replace("limit=40", "limit=1000")).json()["readings"]
    lake, target, pages = SmallLake(tmp_path), f"{TARGET}&f=greenbutton", 0
    while target:
        page = ask(application, target)
        assert page.headers["content-type"] == "application/atom+xml"
        assert (
            page.headers["content-disposition"] == 'attachment; filename="readings_MAC000005_2013-01-02_2013-01-04.xml"'
        )
        lake.ingest(lake.write(f"{pages}.xml", page.body.decode()))
        following = re.match(r'<(.*)>; rel="next"', page.headers.get("link", ""))
        target, pages = (following and f"{TARGET.partition('?')[0]}{following[1]}") or "", pages + 1

    assert pages == -(-len(wanted) // 40) > 1
    read = lake.rows("SELECT strftime(interval_start, '%Y-%m-%dT%H:%M') AS s, value, quality FROM readings ORDER BY s")
    assert read == [(row["interval_start"][:16], row["value"], row["quality"]) for row in wanted]
    assert lake.rows("SELECT DISTINCT meter_id, quantity FROM readings") == [("MAC000005", "energy")]


def test_readings_that_are_added_up_are_green_button_too(application: FastAPI) -> None:
    hours = ask(application, f"{TARGET}&interval=PT1H").json()["readings"]
    feed = ask(application, f"{TARGET}&interval=PT1H&f=greenbutton").body.decode()
    assert feed.count("<IntervalReading>") == len(hours)
    assert "<intervalLength>3600</intervalLength>" in feed


def test_the_accept_header_of_a_feed_is_heeded_where_there_are_readings(application: FastAPI) -> None:
    accept = {"accept": "application/atom+xml"}
    assert ask(application, TARGET, headers=accept).body.startswith(b"<?xml")
    assert ask(application, "/v1/meters", headers=accept).status == 406


def test_what_green_button_has_no_codes_for_is_refused_by_name(application: FastAPI) -> None:
    refused = ask(application, f"{TARGET}&f=greenbutton&quantity=room_temperature")
    assert (refused.status, refused.json()["parameter"]) == (422, "quantity")
    other = ask(application, "/v1/meters?f=greenbutton")
    assert (other.status, other.json()["parameter"]) == (422, "f")
