from __future__ import annotations

import datetime as dt

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.conforming.time_expressions import (
    as_epoch_time,
    as_patterned_time,
    as_spreadsheet_time,
    as_zoned_time,
    compile_pattern,
    minutes_ahead_by_pattern,
)
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
        ("13. März 2013 02:15", "%d. %B %Y %H:%M", dt.datetime(2013, 3, 13, 2, 15)),
        ("3 févr. 2013", "%d %b %Y", dt.datetime(2013, 2, 3)),
        ("13-ENE-13", "%d-%b-%y", dt.datetime(2013, 1, 13)),
        ("3 lutego 2013", "%d %B %Y", dt.datetime(2013, 2, 3)),
        ("Wednesday, 2 Jan 2013 01:00\u202fPM", "%A, %d %b %Y %I:%M %p", dt.datetime(2013, 1, 2, 13)),
        ("mié. 2/1/2013 1:00 p. m.", "%a %d/%m/%Y %I:%M %p", dt.datetime(2013, 1, 2, 13)),
        ("2013年7月1日 2:15", "%Y年%m月%d日 %H:%M", dt.datetime(2013, 7, 1, 2, 15)),
        ("July 2013", "%B %Y", dt.datetime(2013, 7, 1)),
        ("2013/07", "%Y/%m", dt.datetime(2013, 7, 1)),
        ("2013", "%Y", dt.datetime(2013, 1, 1)),
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
    milliseconds = engine.to_pyarrow(as_epoch_time(ibis.literal("1356998400500"), per_second=1_000)).as_py()

    assert seconds == dt.datetime(2013, 1, 1)
    assert milliseconds == dt.datetime(2013, 1, 1, 0, 0, 0, 500_000)


@pytest.mark.parametrize(
    ("number", "per_second"),
    [("1356998400500000", 1_000_000), ("1356998400500000999", 1_000_000_000), ("1356998400500", 1_000)],
)
def test_millionths_and_billionths_are_read_to_the_millionth(
    engine: ibis.BaseBackend, number: str, per_second: int
) -> None:
    read = engine.to_pyarrow(as_epoch_time(ibis.literal(number), per_second=per_second)).as_py()

    assert read == dt.datetime(2013, 1, 1, 0, 0, 0, 500_000)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        # 45,292 days behind 30 December 1899, as Excel shows 2024-01-01.
        ("45292", dt.datetime(2024, 1, 1)),
        ("45292.0208333333", dt.datetime(2024, 1, 1, 0, 30)),
        ("1e300", None),
        ("now", None),
    ],
)
def test_days_that_a_spreadsheet_counted_are_read_to_the_second(
    engine: ibis.BaseBackend, number: str, expected: dt.datetime | None
) -> None:
    assert engine.to_pyarrow(as_spreadsheet_time(ibis.literal(number))).as_py() == expected


@pytest.mark.parametrize(
    ("text", "pattern", "ahead"),
    [
        ("01.07.2013 02:15 +0530", "%d.%m.%Y %H:%M %z", 330),
        ("01.07.2013 02:15 -03:30", "%d.%m.%Y %H:%M %z", -210),
        ("20130701T021500Z", "%Y%m%dT%H%M%S%z", 0),
        ("01.07.2013 02:15 UTC", "%d.%m.%Y %H:%M %z", 0),
        ("01.07.2013 02:15 MESZ", "%d.%m.%Y %H:%M %Z", 120),
        ("01.07.2013 02:15 CET", "%d.%m.%Y %H:%M %Z", 60),
        ("01.07.2013 02:15 EDT", "%d.%m.%Y %H:%M %Z", None),
        ("01.07.2013 02:15", "%d.%m.%Y %H:%M %z", None),
    ],
)
def test_a_pattern_says_how_far_its_clock_is_ahead(
    engine: ibis.BaseBackend, text: str, pattern: str, ahead: int | None
) -> None:
    assert engine.to_pyarrow(minutes_ahead_by_pattern(ibis.literal(text), pattern, "Europe/Berlin")).as_py() == ahead


@pytest.mark.parametrize(
    "pattern",
    [
        "%H:%M",
        "%d %b",
        "%Y-%m-%d %Y",
        "%d.%m.%Y %",
        "%d.%m.%Y %I:%M",
        "%d %m %b %Y",
        "%b %B %d %Y",
        "%Y %H:%M",
        "%Y %z %Z",
    ],
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
