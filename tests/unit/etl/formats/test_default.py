from __future__ import annotations

import pytest

from meterlake.etl.conforming.raw_format import ReadOptions
from tests.small_lake import SmallLake


def test_sixteen_digit_time_has_the_literal_24_after_the_hour(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("d.csv", "E1,1-0:1.8.0,2019010113243000,0.25,,INT\n"))

    assert small_lake.readings() == [("E1", "energy", "2019-01-01 13:30", 0.25)]


def test_plain_fourteen_digit_time_is_read_too(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("d.csv", "E1,1.8.0,20190101133000,0.25,,INT\n"))

    assert small_lake.readings() == [("E1", "energy", "2019-01-01 13:30", 0.25)]


@pytest.mark.parametrize("delimiter", [",", "|", ";"])
def test_five_columns_with_any_delimiter_are_read(small_lake: SmallLake, delimiter: str) -> None:
    row = delimiter.join(("E1", "1-0:1.8.0*255", "2019010100240000", "1.5", "INT"))

    report = small_lake.ingest(small_lake.write("d.csv", row + "\n"))

    assert report.accounts[0].layout.format == "default"
    assert small_lake.readings() == [("E1", "energy", "2019-01-01 00:00", 1.5)]


def test_each_obis_code_goes_to_its_quantity(small_lake: SmallLake) -> None:
    text = (
        "E1,1-0:1.8.0,2019010100240000,1,,INT\n"
        "E1,2.8.0,2019010100240000,2,,INT\n"
        "E1,1-1:3.8.0*255,2019010100240000,3,,INT\n"
    )

    small_lake.ingest(small_lake.write("d.csv", text))

    quantities = [(quantity, value) for _, quantity, _, value in small_lake.readings()]
    assert quantities == [("energy", 1.0), ("energy_export", 2.0), ("energy_reactive", 3.0)]


def test_other_codes_are_set_aside_as_unknown_quantities(small_lake: SmallLake) -> None:
    text = (
        "E1,1-0:1.8.0,2019010100240000,1,,INT\n"
        "E1,1-0:1.8.5,2019010100240000,2,,INT\n"
        "E1,1-0:32.7.0,2019010100240000,230,,INT\n"
        "E1,1-0:3.8.0,2019010100240000,5,,AGG\n"
    )

    small_lake.ingest(small_lake.write("d.csv", text))

    assert small_lake.quarantine() == [
        (2, "unknown_quantity", "E1,1-0:1.8.5,2019010100240000,2,,INT"),
        (3, "unknown_quantity", "E1,1-0:32.7.0,2019010100240000,230,,INT"),
        (4, "unknown_quantity", "E1,1-0:3.8.0,2019010100240000,5,,AGG"),
    ]


def test_registers_of_tariffs_are_differenced_and_those_of_the_whole_kept(small_lake: SmallLake) -> None:
    """On the first day 3 kWh were drawn by day and 2 by night; that the whole was 5 the interval says."""
    text = (
        "E1,1-0:1.8.0,2019010100240000,5,,INT\n"
        "E1,1-0:1.8.0,2019010100240000,100,,AGG\nE1,1-0:1.8.0,2019010200240000,105,,AGG\n"
        "E1,1-0:1.8.1,2019010100240000,60,,AGG\nE1,1-0:1.8.1,2019010200240000,63,,AGG\n"
        "E1,1-0:1.8.2,2019010100240000,40,,AGG\nE1,1-0:1.8.2,2019010200240000,42,,AGG\n"
    )

    report = small_lake.ingest(small_lake.write("d.csv", text), options=ReadOptions(interval_minutes=1440))

    flowed = small_lake.rows("SELECT quantity, value FROM readings WHERE reading_type = 'interval' ORDER BY quantity")
    assert flowed == [("energy", 5.0), ("energy_rate_1", 3.0), ("energy_rate_2", 2.0)]
    kept = small_lake.rows(
        "SELECT quantity, count(*) FROM readings WHERE reading_type = 'register' GROUP BY 1 ORDER BY 1"
    )
    assert kept == [("energy_rate_1_register", 2), ("energy_rate_2_register", 2), ("energy_register", 2)]
    # Six reads, an interval and two differences.
    assert (report.accounts[0].rows_read, report.accounts[0].rows_stored) == (9, 9)


def test_agg_row_is_a_register_read_at_any_time(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("d.csv", "E1,1-0:1.8.0,2019010100240742,81234.5,,AGG\n"))

    found = small_lake.rows(
        "SELECT quantity, reading_type, value, epoch(interval_start) % 3600 AS second FROM readings"
    )
    assert found == [("energy_register", "register", 81234.5, 7 * 60 + 42)]


def test_err_rows_become_events_and_no_readings(small_lake: SmallLake) -> None:
    text = (
        "E1,1-0:1.8.0,2019010100240142,,PWR_LOSS,ERR\n"
        "E1,1-0:1.8.0,2019010100240143,battery low,,ERR\n"
        "E1,1-0:1.8.0,2019010100240000,0.5,,INT\n"
    )

    report = small_lake.ingest(small_lake.write("d.csv", text))

    events = small_lake.rows('SELECT strftime("at", \'%H:%M:%S\') AS t, code, detail FROM meter_events ORDER BY "at"')
    assert events == [("00:01:42", "PWR_LOSS", None), ("00:01:43", "ERR", "battery low")]
    assert small_lake.readings() == [("E1", "energy", "2019-01-01 00:00", 0.5)]
    assert report.accounts[0].rows_stored == 3


def test_event_that_comes_again_is_a_duplicate(small_lake: SmallLake) -> None:
    row = "E1,1-0:1.8.0,2019010100240142,,PWR_LOSS,ERR\n"
    small_lake.ingest(small_lake.write("a.csv", row))

    report = small_lake.ingest(small_lake.write("b.csv", row + "E2" + row[2:]))

    assert (report.accounts[0].rows_stored, report.accounts[0].duplicates) == (1, 1)


def test_bad_rows_keep_their_line_and_reason(small_lake: SmallLake) -> None:
    text = (
        "E1,1-0:1.8.0,2019010100240000,0.5,,INT\n"
        "E1,1-0:1.8.0,2019010125240000,0.5,,INT\n"
        "E1,1-0:1.8.0,2019010101240000,,,INT\n"
        "E1,1-0:1.8.0,2019010101240000,x,,INT\n"
        "E1,1-0:1.8.0,2019010101241000,1,,INT\n"
        "E1,1-0:1.8.0,2019010101240000,-1,,INT\n"
        ",1-0:1.8.0,2019010101240000,1,,INT\n"
        "E1,1-0:1.8.0,2019010101240000,1,,SUM\n"
        "E1,1-0:1.8.0,never,,PWR_LOSS,ERR\n"
        "E1,1-0:1.8.0\n"
    )

    small_lake.ingest(small_lake.write("d.csv", text))

    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [
        (2, "bad_time"),
        (3, "missing_value"),
        (4, "bad_number"),
        (5, "off_grid"),
        (6, "negative"),
        (7, "missing_meter"),
        (8, "bad_record"),
        (9, "bad_time"),
        (10, "wrong_columns"),
    ]


def test_interval_length_comes_from_the_options(small_lake: SmallLake) -> None:
    path = small_lake.write("d.csv", "E1,1-0:1.8.0,2019010100241500,0.25,,INT\n")

    small_lake.ingest(path, options=ReadOptions(interval_minutes=15))

    found = small_lake.rows(
        "SELECT strftime(interval_start, '%H:%M') AS a, strftime(interval_end, '%H:%M') AS b FROM readings"
    )
    assert found == [("00:15", "00:30")]


def test_times_that_mark_ends_move_intervals_but_not_events(small_lake: SmallLake) -> None:
    text = "E1,1.8.0,2019010100243000,0.5,,INT\nE1,1.8.0,2019010100243000,,PWR_LOSS,ERR\n"

    small_lake.ingest(small_lake.write("d.csv", text), options=ReadOptions(timestamp_marks="end"))

    assert small_lake.readings() == [("E1", "energy", "2019-01-01 00:00", 0.5)]
    assert small_lake.rows("SELECT strftime(\"at\", '%H:%M') AS t FROM meter_events") == [("00:30",)]
