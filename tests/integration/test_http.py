"""The API over real HTTP: uvicorn with a small real lake behind it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS
from tests.lake_fixture import publish
from tests.running_server import running

JANUARY_2 = {"start": "2013-01-02T00:00:00Z", "end": "2013-01-03T00:00:00Z"}
TWO_YEARS = {"start": "2012-12-31T00:00:00Z", "end": "2014-12-31T00:00:00Z"}


@pytest.fixture(scope="module")
def client(small_lake_root: Path) -> Iterator[httpx.Client]:
    application = create_application(
        DuckDBLake(LakeSettings(lake=str(small_lake_root))), ApiSettings(request_log=False)
    )
    with running(application) as opened:
        yield opened


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]
    return answer.status_code, answer.json()["type"].removeprefix("urn:problem-type:meterlake:")


def test_daily_consumption_has_the_published_shape_and_number(client: httpx.Client) -> None:
    rows = client.get("/consumption/daily/2013/MAC000005").json()
    assert rows == [
        ["MAC000005", "20130102", 5.7],
        ["MAC000005", "20130103", 5.5],
        ["MAC000005", "20130702", 12.0],
        ["MAC000005", "20131230", None],
    ]


def test_weekly_consumption_carries_the_iso_week_s_own_year(client: httpx.Client) -> None:
    assert client.get("/consumption/weekly/2013/MAC000005").json() == [
        ["MAC000005", 2013, 1, 15.45],
        ["MAC000005", 2013, 27, 12.0],
    ]
    assert client.get("/consumption/weekly/2014/MAC000005").json() == [["MAC000005", 2014, 1, 2.0]]
    assert client.get("/consumption/weekly/2012/MAC000005").json() == []


def test_monthly_consumption_carries_year_and_month(client: httpx.Client) -> None:
    assert client.get("/consumption/monthly/2013/MAC000005").json() == [
        ["MAC000005", 2013, 1, 11.2],
        ["MAC000005", 2013, 7, 12.0],
    ]


def test_a_known_meter_without_readings_has_an_empty_year(client: httpx.Client) -> None:
    assert client.get("/consumption/daily/2013/MAC000006").json() == []
    assert client.get("/consumption/daily/1900/Z9").json() == []


@pytest.mark.parametrize(
    "path", ["/consumption/daily/2013/NO", "/v1/meters/NO", "/v1/quality?meter_id=NO", "/v1/meters/NO/readings"]
)
def test_an_unknown_meter_is_a_404(client: httpx.Client, path: str) -> None:
    parameters = JANUARY_2 if path.endswith("readings") else None
    assert problem(client.get(path, params=parameters)) == (404, "unknown-meter")


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/consumption/hourly/2013/MAC000005", "aggregation"),
        ("/consumption/daily/1899/MAC000005", "year"),
        ("/consumption/daily/2201/MAC000005", "year"),
        ("/consumption/daily/now/MAC000005", "year"),
        ("/v1/meters/MAC000005/readings", "start"),
        ("/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00&end=2013-01-03T00:00:00Z", "start"),
        ("/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00Z&end=2013-01-02T00:00:00Z", "end"),
        ("/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00Z&end=2013-01-03T00:00:00Z&interval=PT7M", "interval"),
        ("/v1/meters/MAC000005/consumption?start=2013-01-02T00:00:00Z&end=2013-01-03T00:00:00Z&tz=Mars", "tz"),
        ("/v1/meters/MAC000005/consumption?start=2013-01-02T00:00:00Z&end=2013-01-03T00:00:00Z&quantity=x", "quantity"),
        ("/v1/meters?limit=0", "limit"),
        ("/v1/meters?limit=1000000", "limit"),
        ("/v1/meters?f=xml", "f"),
        ("/v1/meters?next=abc", "next"),
    ],
)
def test_a_bad_parameter_is_named_with_what_was_found_and_an_example(
    client: httpx.Client, path: str, parameter: str
) -> None:
    answer = client.get(path)
    assert problem(answer) == (422, "bad-parameter")
    assert answer.json()["parameter"] == parameter
    assert answer.json()["example"].startswith(f"{parameter}=")
    assert {"found", "expected"} <= set(answer.json())


def test_too_wide_a_range_is_a_413_with_the_limit(client: httpx.Client) -> None:
    wide = {"start": "1990-01-01T00:00:00Z", "end": "2013-01-01T00:00:00Z"}
    answer = client.get("/v1/meters/MAC000005/readings", params=wide)
    assert problem(answer) == (413, "range-too-wide")
    assert answer.json()["limit_days"] == 1100


def test_unknown_paths_and_methods_are_problems_too(client: httpx.Client) -> None:
    assert problem(client.get("/nowhere")) == (404, "unknown-path")
    refused = client.post("/v1/health")
    assert problem(refused) == (405, "method-not-allowed")
    # All of these are answered.
    assert refused.headers["allow"] == client.options("/v1/health").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.head("/v1/health").status_code == 200


def test_an_answer_repeats_no_more_of_a_request_than_can_be_read(client: httpx.Client) -> None:
    refused = client.get(f"/v1/meters/{'x' * 30_000}")
    assert problem(refused) == (404, "unknown-meter")
    assert len(refused.json()["detail"]) < 2100


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/meters?limit=0", "limit: expected a number of at least 1, found '0'. Example: limit=1000"),
        (
            "/forecast/MAC000005?data_end=2013-01-02",
            "data_start: expected a value, found nothing. Example: data_start=2013-01-02",
        ),
        (f"/v1/meters/MAC000005/forecasts?model={'x' * 121}", "model: expected at most 120 characters, found "),
        (
            "/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00%2B99:00&end=2013-01-03T00:00:00Z",
            "start: expected a time as RFC 3339 writes it, found '2013-01-02T00:00:00+99:00'.",
        ),
    ],
)
def test_what_was_expected_is_said_in_words_of_our_own(client: httpx.Client, target: str, expected: str) -> None:
    refused = client.get(target)
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(expected)


def test_readings_say_their_unit_zone_and_both_ends_of_each_interval(client: httpx.Client) -> None:
    body = client.get("/v1/meters/MAC000005/readings", params=JANUARY_2).json()
    assert (body["unit"], body["interval"], body["time_zone"]) == ("kWh", None, "Europe/London")
    assert len(body["readings"]) == 48
    assert body["readings"][0] == {
        "interval_start": "2013-01-02T00:00:00+00:00",
        "interval_end": "2013-01-02T00:30:00+00:00",
        "value": 0.12,
        "quality": "actual",
        "reading_type": "interval",
        "ingest_id": "in1",
    }


def test_hourly_readings_add_up_and_count_what_was_present(client: httpx.Client) -> None:
    third = {"start": "2013-01-03T00:00:00Z", "end": "2013-01-04T00:00:00Z", "interval": "PT1H"}
    body = client.get("/v1/meters/MAC000005/readings", params=third).json()
    assert len(body["readings"]) == 22  # 10:00 and 11:00 are missing, and stay so
    assert {(row["value"], row["intervals_present"]) for row in body["readings"]} == {(0.25, 2)}


def test_an_hour_that_begins_before_start_is_not_half_added_up(client: httpx.Client) -> None:
    wanted = {"start": "2013-01-02T00:30:00Z", "end": "2013-01-02T02:30:00Z", "interval": "PT1H"}
    rows = client.get("/v1/meters/MAC000005/readings", params=wanted).json()["readings"]
    assert [(row["interval_start"][11:16], row["value"]) for row in rows] == [("01:00", 0.24), ("02:00", 0.24)]


def test_a_reading_longer_than_an_hour_is_in_no_hour(client: httpx.Client) -> None:
    rows = client.get("/v1/meters/Z9/readings", params={**JANUARY_2, "interval": "PT1H"}).json()["readings"]
    assert [(row["interval_start"], row["value"]) for row in rows] == [("2013-01-02T02:00:00+00:00", 0.5)]


def test_half_hourly_bins_of_half_hourly_readings_are_the_readings(client: httpx.Client) -> None:
    rows = client.get("/v1/meters/MAC000005/readings", params={**JANUARY_2, "interval": "PT30M"}).json()["readings"]
    assert [row["value"] for row in rows] == [0.12] * 46 + [0.09] * 2


def test_consumption_days_are_the_meter_s_own_and_tz_only_rewrites_the_instants(client: httpx.Client) -> None:
    summer = {"start": "2013-07-02T00:00:00+01:00", "end": "2013-07-03T00:00:00+01:00"}
    path = "/v1/meters/MAC000005/consumption"
    own = client.get(path, params=summer).json()
    tokyo = client.get(path, params={**summer, "tz": "Asia/Tokyo"}).json()
    assert own["consumption"] == [
        {
            "interval_start": "2013-07-02T00:00:00+01:00",
            "interval_end": "2013-07-03T00:00:00+01:00",
            "value": 12.0,
            "intervals_present": 48,
            "intervals_expected": 48,
            "minutes_present": 1440,
            "minutes_expected": 1440,
            **dict.fromkeys(("estimated_share", "edited_share", "suspect_share", "missing_share"), 0.0),
        }
    ]
    assert (own["unit"], own["interval"], own["time_zone"]) == ("kWh", "P1D", "Europe/London")
    assert tokyo["consumption"][0]["interval_start"] == "2013-07-02T08:00:00+09:00"
    assert (tokyo["time_zone"], tokyo["period_time_zone"]) == ("Asia/Tokyo", "Europe/London")


@pytest.mark.parametrize(("interval", "days"), [("P1W", 7), ("P7D", 7), ("P1M", 31)])
def test_weeks_and_months_say_where_they_end(client: httpx.Client, interval: str, days: int) -> None:
    body = client.get("/v1/meters/MAC000005/consumption", params={**TWO_YEARS, "interval": interval}).json()
    first = body["consumption"][0]
    month_or_week_end = {7: "2013-01-07T00:00:00+00:00", 31: "2013-02-01T00:00:00+00:00"}[days]
    assert first["interval_end"] == month_or_week_end


def pages(client: httpx.Client, path: str, name: str, **parameters: Any) -> list[Any]:
    rows, url = [], str(httpx.URL(path, params={**parameters, "limit": 2}))
    while url:
        answer = client.get(url).raise_for_status()
        body = answer.json()
        assert len(body[name]) <= 2
        rows += body[name]
        url = body["next_url"] and str(answer.url.join(body["next_url"]))
    return rows


@pytest.mark.parametrize(
    ("path", "name", "parameters"),
    [
        ("/v1/meters", "meters", {}),
        ("/v1/ingests", "ingests", {}),
        ("/v1/quality", "quality", {}),
        ("/v1/quality", "quality", {"by": "day"}),
        ("/v1/quality", "quality", {"by": "reason"}),
        ("/v1/quality", "quality", {"meter_id": "MAC000005"}),
        ("/v1/meters/MAC000005/readings", "readings", JANUARY_2),
        ("/v1/meters/MAC000005/readings", "readings", {**JANUARY_2, "interval": "PT1H"}),
        ("/v1/meters/MAC000005/consumption", "consumption", TWO_YEARS),
        ("/v1/meters/MAC000005/consumption", "consumption", {**TWO_YEARS, "interval": "P1M"}),
    ],
)
def test_pages_of_two_make_the_whole(client: httpx.Client, path: str, name: str, parameters: dict[str, str]) -> None:
    whole = client.get(path, params=parameters).json()[name]
    assert pages(client, path, name, **parameters) == whole
    assert len(whole) >= 2


def test_a_next_of_another_question_is_refused(client: httpx.Client) -> None:
    token = client.get("/v1/meters", params={"limit": 1}).json()["next"]
    assert problem(client.get("/v1/ingests", params={"limit": 1, "next": token})) == (422, "bad-parameter")
    assert problem(client.get("/v1/meters", params={"limit": 1, "next": token + "A"})) == (422, "bad-parameter")


def test_the_same_rows_come_as_csv_ndjson_and_parquet(client: httpx.Client) -> None:
    path = "/v1/meters/MAC000005/readings"
    csv = client.get(path, params={**JANUARY_2, "f": "csv"})
    ndjson = client.get(path, params=JANUARY_2, headers={"accept": "application/x-ndjson"})
    parquet = client.get(path, params={**JANUARY_2, "f": "parquet"}, headers={"accept": "text/csv"})
    assert csv.text.splitlines()[1] == (
        "2013-01-02T00:00:00+00:00,2013-01-02T00:30:00+00:00,0.12,actual,interval,in1,MAC000005,energy,kWh,2013-01-02T00:00:00"
    )
    assert csv.headers["content-disposition"].endswith('filename="readings_MAC000005_2013-01-02_2013-01-03.csv"')
    assert (csv.headers["x-meterlake-unit"], csv.headers["x-meterlake-time-zone"]) == ("kWh", "Europe/London")
    assert len(ndjson.text.splitlines()) == 48
    table = pq.read_table(io.BytesIO(parquet.content))
    assert round(sum(table["value"].to_pylist()), 6) == 5.7
    assert set(table["meter_id"].to_pylist()) == {"MAC000005"}
    assert parquet.headers["content-type"] == "application/vnd.apache.parquet"


def test_what_no_representation_satisfies_is_a_406(client: httpx.Client) -> None:
    assert problem(client.get("/v1/meters", headers={"accept": "image/png"})) == (406, "not-acceptable")


def test_quality_by_meter_counts_intervals_and_missing_days(client: httpx.Client) -> None:
    january = {"start": "2013-01-01T00:00:00Z", "end": "2013-02-01T00:00:00Z"}
    body = client.get("/v1/quality", params=january).json()
    assert body["quality"][0] == {
        "meter_id": "MAC000005",
        "first_date": "2013-01-02",
        "last_date": "2013-01-03",
        "days_with_readings": 2,
        # It began in December, so all 31 days are expected: 44,640 minutes, of which it sent 92 half-hours.
        "days_missing": 29,
        "intervals_present": 92,
        "intervals_expected": 1488,
        "minutes_present": 2760,
        "minutes_expected": 44640,
        "completeness_fraction": 0.061828,
    }


def test_quality_of_one_meter_lists_its_gaps(client: httpx.Client) -> None:
    january = {"start": "2013-01-01T00:00:00Z", "end": "2013-02-01T00:00:00Z", "meter_id": "MAC000005"}
    assert client.get("/v1/quality", params=january).json()["quality"] == [
        {
            "interval_start": "2013-01-03T10:00:00+00:00",
            "interval_end": "2013-01-03T12:00:00+00:00",
            "duration_minutes": 120.0,
        },
        {
            # 27 days of January, 28 + 31 + 30 + 31 + 30 days, and 23 hours of the last of June's days in London.
            "interval_start": "2013-01-04T00:00:00+00:00",
            "interval_end": "2013-07-02T00:00:00+01:00",
            "duration_minutes": (178 * 24 + 23) * 60.0,
        },
    ]


def test_quarantine_is_counted_by_reason(client: httpx.Client) -> None:
    assert client.get("/v1/quality", params={"by": "reason"}).json()["quality"] == [
        {"reason": "not_a_number", "source_file": "a.csv", "quarantined_rows": 2},
        {"reason": "bad_time", "source_file": "b.csv", "quarantined_rows": 1},
    ]


def test_ingests_come_newest_first_with_accounts_that_add_up(client: httpx.Client) -> None:
    ingests = client.get("/v1/ingests").json()["ingests"]
    assert [one["ingest_id"] for one in ingests] == ["in3", "in2", "in1"]
    for one in ingests:
        assert one["rows_read"] == one["rows_stored"] + one["duplicates"] + one["superseded"] + one["quarantined"]


def test_a_meter_says_what_it_measures_even_if_nothing_else_is_known_of_it(client: httpx.Client) -> None:
    body = client.get("/v1/meters/Z9").json()
    assert body["time_zone"] is None
    assert body["quantities"] == [
        {
            "quantity": "energy",
            "unit": "kWh",
            "first_date": "2013-01-02",
            "last_date": "2013-01-02",
            "days_with_readings": 1,
        }
    ]


def test_health_counts_rows_and_says_the_newest_reading(client: httpx.Client) -> None:
    body = client.get("/v1/health").json()
    assert body["rows"]["readings"] == 48 + 44 + 48 + 2
    assert body["newest_reading_end"] == "2013-07-02T23:00:00+00:00"


def test_an_etag_is_a_304_until_a_table_of_the_answer_changes(client: httpx.Client, small_lake_root: Path) -> None:
    before = client.get("/v1/meters")
    held = {"if-none-match": before.headers["etag"]}
    assert client.get("/v1/meters", headers=held).status_code == 304
    publish(small_lake_root, {METERS: [("ZZZ", None, None, None, "Europe/London", None, None, None, None, None)]})
    after = client.get("/v1/meters", headers=held)
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["meters"][-1]["meter_id"] == "ZZZ"
