from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from meterlake.lake.aws.athena_values import as_lake_types, literal

PARIS = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("MAC000005", "'MAC000005'"),
        ("O'Hara", "'O''Hara'"),
        (48, "48"),
        (-0.12, "-0.12E0"),
        (1e300, "1E+300"),
        (float("inf"), "CAST('Infinity' AS DOUBLE)"),
        (True, "true"),
        (None, "NULL"),
        (dt.date(2013, 1, 2), "DATE '2013-01-02'"),
        (dt.datetime(2013, 1, 2, 1, 30, tzinfo=PARIS), "TIMESTAMP '2013-01-02 00:30:00.000000 UTC'"),
    ],
)
def test_a_value_becomes_the_literal_of_its_type(value: object, text: str) -> None:
    assert literal(value) == text


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        literal(dt.datetime(2013, 1, 2))


def test_a_moment_s_text_becomes_a_moment_and_an_empty_text_nothing() -> None:
    printed = pa.table({"at": ["2013-01-02 00:30:00.000000 UTC", None], "site_id": ["", "s1"]})

    answer = as_lake_types(printed, ["timestamp with time zone", "varchar"])

    assert answer.to_pylist() == [
        {"at": dt.datetime(2013, 1, 2, 0, 30, tzinfo=dt.UTC), "site_id": None},
        {"at": None, "site_id": "s1"},
    ]


def test_an_answer_without_rows_has_the_types_of_one_with_rows() -> None:
    answer = as_lake_types(pa.table({"at": pa.array([], pa.string())}), ["timestamp with time zone"])

    assert answer.schema.field("at").type == pa.timestamp("us", tz="Etc/UTC")


def test_a_time_that_athena_prints_in_another_zone_is_no_utc() -> None:
    printed = pa.table({"at": ["2013-01-02 00:30:00.000000 Europe/London"]})

    with pytest.raises(ValueError, match="expected times in UTC"):
        as_lake_types(printed, ["timestamp with time zone"])
