"""What a route does not heed it refuses: an answer that looks right and is not is the worst that a caller can get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from meterlake.api.application import create_application
from meterlake.api.description.openapi_document import describe
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import ANOMALY_SCORES, METER_EVENTS, METERS, READINGS
from tests.asgi_client import Answer, ask
from tests.lake_fixture import JANUARY_2, build_small_lake, half_hours, publish
from tests.route_requests import GOOD_REQUESTS

SPAN = "start=2013-01-02T00:00:00Z&end=2013-01-04T00:00:00Z"
V1 = {route: target for route, target in GOOD_REQUESTS.items() if route.startswith("/v1/")}
PUBLISHED = {route: target for route, target in GOOD_REQUESTS.items() if not route.startswith("/v1/")}


@pytest.fixture(scope="module")
def application(small_lake_root: Path) -> Iterator[FastAPI]:
    return create_application(
        DuckDBLake(LakeSettings(lake=str(small_lake_root), threads=1)), ApiSettings(request_log=False)
    )


def with_parameter(target: str, pair: str) -> str:
    return f"{target}{'&' if '?' in target else '?'}{pair}"


def refused(answer: Answer) -> tuple[int, str, Any]:
    body = answer.json()
    return answer.status, body["type"].rpartition(":")[2], body.get("parameter")


@pytest.mark.parametrize("target", V1.values(), ids=V1)
def test_a_parameter_that_a_route_does_not_know_is_refused_with_those_that_it_knows(
    application: FastAPI, target: str
) -> None:
    answer = ask(application, with_parameter(target, "limitt=secret-value"))
    assert refused(answer) == (422, "bad-parameter", "limitt")
    assert "secret-value" not in answer.body.decode()
    known = answer.json()["known"]
    assert answer.json()["did_you_mean"] == ("limit" if "limit" in known else None)


def test_the_parameters_that_a_refusal_names_are_those_of_the_description(application: FastAPI) -> None:
    for route, target in V1.items():
        described = describe(application)["paths"][route]["get"].get("parameters", [])
        names = sorted(one["name"] for one in described if one["in"] == "query")
        assert ask(application, with_parameter(target, "nope=1")).json()["known"] == names


@pytest.mark.parametrize("target", PUBLISHED.values(), ids=PUBLISHED)
def test_a_published_route_ignores_what_it_does_not_know_as_ever(application: FastAPI, target: str) -> None:
    assert ask(application, with_parameter(target, "x=1&x=2")).body == ask(application, target).body


@pytest.mark.parametrize(
    ("target", "parameter"),
    [
        ("/v1/meters?limit=5&limit=1", "limit"),
        (f"/v1/meters/MAC000005/readings?{SPAN}&start=2013-01-03T00:00:00Z", "start"),
        ("/v1/outages?f=csv", "f"),
        ("/v1/models?f=csv", "f"),
        ("/v1/health?f=csv", "f"),
        ("/v1/meters/MAC000005?f=parquet", "f"),
        ("/v1/outages?start=2013-01-02T00:00:00Z&datetime=2013-01-02T00:00:00Z", "datetime"),
        ("/v1/anomalies?detector=nope", "detector"),
        (f"/v1/meters/MAC000005/anomalies?{SPAN}&detector=nope", "detector"),
        ("/anomaly/MAC000005?data_start=2013-01-01&data_end=2014-01-01&detector=nope", "detector"),
        ("/v1/reliability?site_id=nowhere", "site_id"),
        ("/v1/quality?by=reason&start=2013-01-02T00:00:00Z", "start"),
        ("/v1/quality?by=reason&end=2013-01-02T00:00:00Z", "end"),
        ("/v1/quality?by=reason&quantity=energy", "quantity"),
        ("/v1/quality?by=reason&tz=Europe/London", "tz"),
        ("/v1/quality?by=day&tz=Asia/Tokyo", "tz"),
        ("/v1/quality?tz=Asia/Tokyo", "tz"),
        ("/v1/quality?meter_id=MAC000005&by=day", "by"),
        ("/v1/meters?limit=1_0", "limit"),
        ("/v1/meters?limit=10.0", "limit"),
        ("/v1/meters?limit=%2B5", "limit"),
        ("/v1/meters?limit=05", "limit"),
        ("/consumption/daily/2013.0/MAC000005", "year"),
        ("/consumption/daily/2_013/MAC000005", "year"),
        ("/anomaly/MAC000005?data_start=2013-0102&data_end=2014-01-01", "data_start"),
        ("/anomaly/MAC000005?data_start=201301-02&data_end=2014-01-01", "data_start"),
        ("/outage?start_date_time=2013-0103&end_date_time=2013-01-04", "start_date_time"),
        ("/v1/anomalies?bbox=1_0,2,30,4", "bbox"),
        ("/v1/anomalies?bbox=-1000,-1000,1000,1000", "bbox"),
        ("/v1/outages?bbox=-1000,-1000,1000,1000", "bbox"),
        ("/v1/meters/MAC000005/forecasts?model=a%20b", "model"),
        ("/forecast/MAC000005?data_start=2013-01-01&data_end=2013-01-04&ml_endpoint_name=a%20b", "ml_endpoint_name"),
        ("/forecast/MAC000005?data_start=1900-01-01&data_end=1900-01-04", "data_end"),
        ("/forecast/MAC000005?data_start=2150-01-01&data_end=2150-01-04", "data_end"),
    ],
)
def test_what_cannot_be_heeded_is_refused_by_name(application: FastAPI, target: str, parameter: str) -> None:
    assert refused(ask(application, target)) == (422, "bad-parameter", parameter)


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("/v1/anomalies?detector=fleetband", "fleet_band"),
        ("/v1/meters?f=jsn", "json"),
        (f"/v1/meters/MAC000005/readings?{SPAN}&quantity=enrgy", "energy"),
        ("/v1/quality?by=resaon", "reason"),
        ("/v1/outages?cause=powercut", "power_cut"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(application: FastAPI, target: str, meant: str) -> None:
    assert ask(application, target).json()["did_you_mean"] == meant


def test_an_example_is_a_value_that_the_route_takes(application: FastAPI) -> None:
    answer = ask(application, f"/v1/meters/MAC000005/consumption?{SPAN}&interval=PT1H")
    assert answer.json()["example"] == "interval=P1D"


def test_a_detector_that_has_yet_to_run_is_no_misspelling(small_lake_root: Path, tmp_path: Path) -> None:
    publish(tmp_path, {METERS: [("M", *[None] * (len(METERS.columns) - 1))]})
    empty = create_application(DuckDBLake(LakeSettings(lake=str(tmp_path))), ApiSettings(request_log=False))
    assert ask(empty, "/v1/anomalies").json()["anomalies"] == []
    assert ask(empty, "/v1/anomalies?detector=flatline").status == 422


def test_a_week_is_called_as_it_was_asked_for(application: FastAPI) -> None:
    for interval in ("P1W", "P7D"):
        answer = ask(application, f"/v1/meters/MAC000005/consumption?{SPAN}&interval={interval}")
        assert answer.json()["interval"] == interval


def test_an_unknown_model_is_a_404_and_none_at_all_a_409(application: FastAPI, tmp_path: Path) -> None:
    for target in ("/v1/meters/MAC000005/forecasts?model=nope", "/v1/meters/MAC000005/forecasts?model=household:9"):
        answer = ask(application, target)
        assert (answer.status, answer.json()["type"]) == (404, "urn:problem-type:meterlake:not-found")


def test_a_forecast_without_history_says_so_in_the_published_route(application: FastAPI) -> None:
    # The meter has a day in 2013-07 and none in the fortnight that is shown; the small lake's model knows one flat day.
    shown = "/forecast/MAC000005?data_start=2013-06-01&data_end=2013-06-15"
    assert ask(application, shown).headers["x-meterlake-flag"] == "no_history"
    stored = ask(application, "/forecast/MAC000005?data_start=2013-01-01&data_end=2013-01-04")
    assert stored.headers["x-meterlake-flag"] == "ok"
    assert set(stored.json()) == {"consumption"}


def test_an_error_code_is_matched_in_any_case_by_events_and_outages_alike(tmp_path: Path) -> None:
    build_small_lake(tmp_path)
    at = JANUARY_2 + dt.timedelta(days=1, hours=15)
    publish(tmp_path, {METER_EVENTS: [("MAC000006", at, "pwr_Loss", None, "in1")]})
    application = create_application(DuckDBLake(LakeSettings(lake=str(tmp_path))), ApiSettings(request_log=False))
    span = "start_date_time=2013-01-03&end_date_time=2013-01-04"
    answers = [
        ask(application, f"/outage?{span}&error_code={code}").json()["Items"] for code in ("PWR_LOSS", "pwr_loss")
    ]
    assert answers[0] == answers[1]
    # What MAC000005 reported as its power went, the four half-hours that it lost, and what MAC000006 reported.
    found = [(one["meter_id"], one["reading_date_time"][11:16]) for one in answers[0]]
    lost = [("MAC000005", at) for at in ("09:50", "10:00", "10:30", "11:00", "11:30")]
    assert found == [*lost, ("MAC000006", "15:00")]


def test_a_box_across_the_180th_meridian_holds_what_lies_on_both_its_sides(tmp_path: Path) -> None:
    places = {"fiji": 178.4, "samoa": -172.1, "london": -0.1}
    facts = (1, 0.5, 2.0, "judged", None, 48, 0.1, 0.5, 2.8, "1-test", "run-test")
    scores = [(name, "fleet_band", dt.date(2013, 3, 1), 9.0, 7.0, 6.0, 8.0, *facts) for name in places]
    meters = [(name, None, None, None, "UTC", -15.0, longitude, *[None] * 3) for name, longitude in places.items()]
    publish(tmp_path, {METERS: meters, ANOMALY_SCORES: scores})
    application = create_application(DuckDBLake(LakeSettings(lake=str(tmp_path))), ApiSettings(request_log=False))
    found = ask(application, "/v1/anomalies?bbox=170,-20,-170,-10").json()["anomalies"]
    assert [one["meter_id"] for one in found] == ["fiji", "samoa"]


def test_outages_are_asked_by_start_and_end_as_everything_else_is(application: FastAPI) -> None:
    later = ask(application, "/v1/outages?start=2030-01-01T00:00:00Z&end=2031-01-01T00:00:00Z").json()
    that_day = ask(application, "/v1/outages?start=2013-01-03T00:00:00Z&end=2013-01-04T00:00:00Z").json()
    # The power cut of the 3rd has ended; the gap that began on the 4th goes on.
    assert [one["id"] for one in later["features"]] == ["out-000000000002"]
    assert [one["id"] for one in that_day["features"]] == ["out-000000000001"]


def test_outages_take_no_representation_that_they_have_not(application: FastAPI) -> None:
    assert ask(application, "/v1/outages", headers={"accept": "text/csv"}).status == 406
    plain = ask(application, "/v1/outages", headers={"accept": "application/json"})
    assert plain.headers["content-type"] == "application/json"
    either = ask(application, "/v1/outages", headers={"accept": "application/json, text/plain, */*"})
    assert either.headers["content-type"] == "application/geo+json"


def test_an_offset_of_local_mean_time_is_written_in_whole_minutes_and_names_the_right_instant(tmp_path: Path) -> None:
    # Liberia kept 44 minutes and 30 seconds behind Greenwich until January 1972.
    start = dt.datetime(1971, 6, 1, tzinfo=dt.UTC)
    meter = ("M", None, None, None, "Africa/Monrovia", *[None] * 5)
    publish(tmp_path, {METERS: [meter], READINGS: half_hours("M", start, [1.0])})
    application = create_application(DuckDBLake(LakeSettings(lake=str(tmp_path))), ApiSettings(request_log=False))
    target = "/v1/meters/M/readings?start=1971-06-01T00:00:00Z&end=1971-06-02T00:00:00Z"
    body = ask(application, target).json()
    csv = ask(application, f"{target}&f=csv").body.decode().splitlines()[1].split(",")
    for written in (body["start"], body["readings"][0]["interval_start"], csv[0]):
        assert dt.datetime.fromisoformat(written) == start
        assert written == "1971-05-31T23:16:00-00:44"
