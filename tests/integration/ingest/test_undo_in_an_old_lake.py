"""A lake that was made before repeats, histories and facts were kept is read, added to and undone as well as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from meterlake.etl.undo import undo_ingest
from tests.landing import half_hours, lake_settings, select, take_in, write_london

LATER_TABLES = ("repeats", "meter_event_history", "meter_facts", "weather_history", "consumption_spans")


def make_old(root: Path) -> None:
    """Take the tables out of a lake that older versions did not have."""
    with closing(sqlite3.connect(root / "catalogue.sqlite")) as catalogue:
        catalogue.executemany("DELETE FROM iceberg_tables WHERE table_name = ?", [(name,) for name in LATER_TABLES])
        catalogue.commit()


def old_lake(folder: Path) -> tuple[Path, list[str]]:
    """Return an old lake of a file, one that says some of its rows again and restates others, and their ingests."""
    root = folder / "lake"
    first = write_london(folder / "1.csv", half_hours("M1", "2013-01-01", [1.0, 2.0, 3.0]))
    second = write_london(folder / "2.csv", half_hours("M1", "2013-01-01", [1.0, 5.0]))
    reports = [take_in(root, path, time_zone="Europe/London") for path in (first, second)]
    make_old(root)
    return root, [account.ingest_id for report in reports for account in report.accounts]


def test_what_a_file_had_replaced_stands_again_in_an_old_lake(tmp_path: Path) -> None:
    root, (_, second) = old_lake(tmp_path)

    report = undo_ingest(second, lake_settings(root))

    assert (report.readings_removed, report.readings_restored) == (1, 1)
    assert [value for (value,) in select(root, "SELECT value FROM readings ORDER BY interval_start")] == [1.0, 2.0, 3.0]


def test_files_whose_equal_rows_an_old_lake_did_not_keep_are_named(tmp_path: Path) -> None:
    root, (first, _) = old_lake(tmp_path)

    report = undo_ingest(first, lake_settings(root))

    assert report.repeated_by == (str(tmp_path / "2.csv"),)
    assert select(root, "SELECT value FROM readings") == [(5.0,)]
    assert select(root, "SELECT meter_id, time_zone FROM meters") == [("M1", "Europe/London")]


def test_what_an_old_lake_knew_of_meters_stays_when_a_later_file_is_taken_back(tmp_path: Path) -> None:
    root, _ = old_lake(tmp_path)
    places = tmp_path / "places.csv"
    places.write_text("meter_id,latitude,longitude,time_zone\nM1,51.5,-0.1,Asia/Tokyo\nM2,52,0,\n")
    report = take_in(root, places)
    known = "SELECT meter_id, latitude, time_zone FROM meters ORDER BY meter_id"
    assert select(root, known) == [("M1", 51.5, "Asia/Tokyo"), ("M2", 52.0, "UTC")]

    undo_ingest(report.accounts[0].ingest_id, lake_settings(root))

    assert select(root, known) == [("M1", None, "Europe/London")]
    assert select(root, "SELECT said_by FROM meter_facts") == [("",)]
