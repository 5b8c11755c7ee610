from __future__ import annotations

import datetime as dt

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.conforming.time_expressions import as_epoch_time, as_patterned_time, as_zoned_time, compile_pattern
from meterlake.lake.errors import BadParameter


@pytest.fixture(scope="module")
def engine() -> ibis.BaseBackend:
    return ibis.duckdb.connect()


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("01.07.2013 02:15", "%d.%m.%Y %H:%M", dt.datetime(2013, 7, 1, 2, 15)),
        ("7/1/2013 2:15", "%m/%d/%Y %H:%M", dt.datetime(2013, 7, 1, 2, 15)),
        ("201307010215", "%Y%m%d%H%M", dt.datetime(2013, 7, 1, 2, 15)),
        ("2013-07-01T02:15:30.25", "%FT%T.%f", dt.datetime(2013, 7, 1, 2, 15, 30, 250_000)),
        ("01-07-2013 02", "%d-%m-%Y %H", dt.datetime(2013, 7, 1, 2)),
        ("Jul 1, 2013 02:15 PM", "%b %d, %Y %I:%M %p", dt.datetime(2013, 7, 1, 14, 15)),
        ("1-jul-13 12:15 a.m.", "%d-%b-%y %I:%M %p", dt.datetime(2013, 7, 1, 0, 15)),
        ("01/07/69 12:00 pm", "%d/%m/%y %I:%M %p", dt.datetime(1969, 7, 1, 12)),
        ("01/07/13 13:00 pm", "%d/%m/%y %I:%M %p", None),
        ("1 Foo 2013", "%d %b %Y", None),
        ("2012-366 23", "%Y-%j %H", dt.datetime(2012, 12, 31, 23)),
        ("2013-366", "%Y-%j", None),
        ("2013-1", "%Y-%j", dt.datetime(2013, 1, 1)),
        ("2013-07-01", "%d.%m.%Y", None),
        ("31.02.2013", "%d.%m.%Y", None),
        ("", "%d.%m.%Y", None),
    ],
)
def test_pattern_says_which_digits_are_what(
    engine: ibis.BaseBackend, text: str, pattern: str, expected: dt.datetime | None
) -> None:
    assert engine.to_pyarrow(as_patterned_time(ibis.literal(text), pattern)).as_py() == expected


@settings(max_examples=25, deadline=None)
@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)))
def test_time_written_by_a_pattern_is_read_back(written: dt.datetime) -> None:
    pattern = "%d/%m/%Y %H:%M:%S"
    whole = written.replace(microsecond=0)
    read = ibis.duckdb.connect().to_pyarrow(as_patterned_time(ibis.literal(whole.strftime(pattern)), pattern))
    assert read.as_py() == whole


def test_seconds_and_milliseconds_since_1970_are_utc(engine: ibis.BaseBackend) -> None:
    seconds = engine.to_pyarrow(as_epoch_time(ibis.literal("1356998400"))).as_py()
    milliseconds = engine.to_pyarrow(as_epoch_time(ibis.literal("1356998400500"), milliseconds=True)).as_py()

    assert seconds == dt.datetime(2013, 1, 1)
    assert milliseconds == dt.datetime(2013, 1, 1, 0, 0, 0, 500_000)


@pytest.mark.parametrize(
    "pattern", ["%H:%M", "%d %b", "%Y-%m-%d %Y", "%d.%m.%Y %", "%d.%m.%Y %I:%M", "%d %m %b %Y", "%d %B %Y"]
)
def test_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(BadParameter):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2013-01-02 03:00:00", 3),
        ("2013-01-02T03:00:00Z", 3),
        ("2013-01-02T03:00:00+01:00", 2),
        ("2013-01-02 03:00:00-05", 8),
        ("2013-01-02", 0),
    ],
)
def test_iso_time_is_utc_unless_it_says_its_offset(engine: ibis.BaseBackend, text: str, hour: int) -> None:
    engine.raw_sql("SET TimeZone = 'UTC'")

    assert engine.to_pyarrow(as_zoned_time(ibis.literal(text))).as_py() == dt.datetime(2013, 1, 2, hour)


@pytest.mark.parametrize(
    "text",
    [
        "2013-01-02 03:00:00 PM",
        "2013-01-02 03:00:00 Europe/Berlin",
        "2013-01-02 03:00:00 BST",
        "2013-01-02 03:00 +01",
        "epoch",
        "infinity",
        "yesterday",
        "",
    ],
)
def test_a_time_with_more_behind_it_than_an_offset_is_none(engine: ibis.BaseBackend, text: str) -> None:
    engine.raw_sql("SET TimeZone = 'UTC'")

    assert engine.to_pyarrow(as_zoned_time(ibis.literal(text))).as_py() is None
