from __future__ import annotations

from tests.small_lake import SmallLake

_ROWS = "SELECT site_id, strftime(observed_at, '%Y-%m-%d %H:%M') AS t, temperature_c, humidity_fraction FROM weather ORDER BY ALL"


def test_any_subset_order_and_case_of_dark_skys_columns_is_read(small_lake: SmallLake) -> None:
    text = "summary,TEMPERATURE,Time,humidity\nClear,4.5,2013-01-01 00:00:00,0.9\n"

    small_lake.ingest(small_lake.write("weather.csv", text))

    assert small_lake.rows(_ROWS) == [("default", "2013-01-01 00:00", 4.5, 0.9)]


def test_times_in_seconds_since_1970_and_a_site_are_read(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("weather.csv", "time,temperature,site_id\n1356998400,4.5,S1\n"))

    assert small_lake.rows(_ROWS) == [("S1", "2013-01-01 00:00", 4.5, None)]


def test_row_without_temperature_is_kept_for_its_other_values(small_lake: SmallLake) -> None:
    report = small_lake.ingest(small_lake.write("w.csv", "time,temperature,humidity\n2013-01-01,,0.5\n"))

    assert small_lake.rows(_ROWS) == [("default", "2013-01-01 00:00", None, 0.5)]
    assert report.accounts[0].rows_stored == 1


def test_bad_weather_rows_are_set_aside_with_their_lines(small_lake: SmallLake) -> None:
    text = (
        "time,temperature,humidity\n"
        "2013-01-01 00:00,4,0.5\n"
        "2013-01-01 25:00,4,0.5\n"
        "2013-01-01 02:00,warm,0.5\n"
        "2013-01-01 03:00,400,0.5\n"
        "2013-01-01 04:00,4,55\n"
        "2013-01-01 05:00,,\n"
    )

    small_lake.ingest(small_lake.write("w.csv", text))

    assert small_lake.quarantine() == [
        (3, "bad_time", "2013-01-01 25:00,4,0.5"),
        (4, "bad_number", "2013-01-01 02:00,warm,0.5"),
        (5, "implausible", "2013-01-01 03:00,400,0.5"),
        (6, "implausible", "2013-01-01 04:00,4,55"),
        (7, "missing_value", "2013-01-01 05:00,,"),
    ]


def test_weather_sent_again_is_a_duplicate_and_a_newer_value_wins(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("a.csv", "time,temperature\n2013-01-01 00:00,4\n2013-01-01 01:00,5\n"))

    report = small_lake.ingest(small_lake.write("b.csv", "time,temperature\n2013-01-01 00:00,4\n2013-01-01 01:00,6\n"))

    assert (report.accounts[0].rows_stored, report.accounts[0].duplicates) == (1, 1)
    assert [row[2] for row in small_lake.rows(_ROWS)] == [4.0, 6.0]
