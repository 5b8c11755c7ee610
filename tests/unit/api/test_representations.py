from __future__ import annotations

import csv
import datetime as dt
import io
import json
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from meterlake.api.paging import NextPage
from meterlake.api.refusals import NotAcceptable
from meterlake.api.representations import Representation, RowsAnswer, accepted, in_zone, render

NOON = dt.datetime(2013, 7, 2, 12, tzinfo=dt.UTC)
ROWS = in_zone(
    pa.table(
        {
            "interval_start": pa.array([NOON, NOON, NOON], pa.timestamp("us", "UTC")),
            "value": [0.25, float("nan"), float("-inf")],
        }
    ),
    ZoneInfo("Europe/London"),
)
ANSWER = RowsAnswer("readings", ROWS, {"unit": "kWh", "interval": "PT1H"}, NextPage("abc", "?next=abc"))


def test_json_writes_nan_and_infinity_as_null_and_times_with_their_offset() -> None:
    body = json.loads(render(ANSWER, Representation.JSON).body)
    assert body["readings"][0] == {"interval_start": "2013-07-02T13:00:00+01:00", "value": 0.25}
    assert [row["value"] for row in body["readings"]] == [0.25, None, None]
    assert (body["unit"], body["next"], body["next_url"]) == ("kWh", "abc", "?next=abc")


def test_csv_leaves_missing_values_empty_and_says_the_unit_in_a_header() -> None:
    rendered = render(ANSWER, Representation.CSV)
    assert rendered.body.decode().splitlines() == [
        "interval_start,value,unit,interval_start_local",
        "2013-07-02T13:00:00+01:00,0.25,kWh,2013-07-02T13:00:00",
        "2013-07-02T13:00:00+01:00,,kWh,2013-07-02T13:00:00",
        "2013-07-02T13:00:00+01:00,,kWh,2013-07-02T13:00:00",
    ]
    assert rendered.headers["x-meterlake-unit"] == "kWh"
    assert rendered.headers["link"] == '<?next=abc>; rel="next"'


def test_ndjson_is_a_json_object_a_line() -> None:
    lines = render(ANSWER, Representation.NDJSON).body.decode().splitlines()
    assert [json.loads(line)["value"] for line in lines] == [0.25, None, None]


def test_parquet_holds_the_same_rows_and_the_facts() -> None:
    table = pq.read_table(io.BytesIO(render(ANSWER, Representation.PARQUET).body))
    assert table["value"].to_pylist() == [0.25, None, None]
    assert table["interval_start"].to_pylist()[0] == NOON
    assert table.schema.metadata[b"interval"] == b"PT1H"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", Representation.JSON),
        ("*/*", Representation.JSON),
        ("text/csv", Representation.CSV),
        ("text/*", Representation.CSV),
        ("application/json;q=0.5, text/csv;q=0.9", Representation.CSV),
        ("application/json;q=0, */*;q=0.1", Representation.CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Representation.JSON),
        ("application/vnd.apache.parquet", Representation.PARQUET),
    ],
)
def test_the_accept_header_chooses_what_it_likes_best(accept: str, expected: Representation) -> None:
    assert accepted(accept) is expected


def test_an_accept_header_that_takes_nothing_of_ours_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        accepted("application/xml, text/csv;q=x")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_a_text_that_a_spreadsheet_would_run_is_marked_as_text_in_csv_alone(text: str) -> None:
    rows = pa.table({"meter_id": [text, "M-1"], "value": [-1.5, 2.0]})
    answer = RowsAnswer("meters", rows, {})
    read = list(csv.reader(io.StringIO(render(answer, Representation.CSV).body.decode(), newline="")))
    assert read == [["meter_id", "value"], ["'" + text, "-1.5"], ["M-1", "2.0"]]
    assert json.loads(render(answer, Representation.JSON).body)["meters"][0]["meter_id"] == text
