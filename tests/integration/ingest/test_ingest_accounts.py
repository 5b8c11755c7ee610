"""Every row of what lands is accounted for, and uploading again changes nothing."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from tests.landing import REAL_DATA, adds_up, differences, half_hours, select, take_in, whole_lake, write_london

OFFICIAL = REAL_DATA / "lcl" / "raw_MAC000002_official.csv"
needs_real_data = pytest.mark.skipif(not OFFICIAL.exists(), reason="../shared/data is missing")


@pytest.mark.real_data
@needs_real_data
def test_the_official_file_gives_its_known_accounts(tmp_path: Path) -> None:
    report = take_in(tmp_path / "lake", OFFICIAL)

    account = report.accounts[0]
    assert (account.rows_read, account.rows_stored, account.duplicates, account.quarantined) == (24158, 24140, 17, 1)
    assert select(tmp_path / "lake", "SELECT line, reason, raw_text FROM quarantine") == [
        (3242, "missing_value", "MAC000002,2012-12-19 12:37:27.0000000,Null")
    ]


def test_a_second_upload_of_the_same_content_changes_nothing(tmp_path: Path) -> None:
    first = write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", range(48)))
    take_in(tmp_path / "lake", first)
    before = whole_lake(tmp_path / "lake")
    copied = write_london(tmp_path / "copy of a.csv", half_hours("M1", "2013-01-01", range(48)))

    report = take_in(tmp_path / "lake", first, copied)

    assert len(report.skipped) == 2
    assert report.accounts == []
    assert differences(whole_lake(tmp_path / "lake"), before) == {}


def test_a_grown_file_stores_only_its_new_rows(tmp_path: Path) -> None:
    rows = half_hours("M1", "2013-01-01", range(48))
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows[:40]))

    report = take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows))

    account = report.accounts[0]
    assert (account.rows_read, account.rows_stored, account.duplicates) == (48, 8, 40)
    assert select(tmp_path / "lake", "SELECT energy_kwh, intervals_present FROM consumption_daily") == [(1128.0, 48)]


def test_a_newer_value_wins_and_the_old_one_is_kept(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", [1.0] * 48)))

    report = take_in(tmp_path / "lake", write_london(tmp_path / "b.csv", [("M1", "2013-01-01 00:30", 9.5)]))

    assert report.accounts[0].rows_stored == 1
    assert select(tmp_path / "lake", "SELECT energy_kwh, intervals_present FROM consumption_daily") == [(56.5, 48)]
    assert select(tmp_path / "lake", "SELECT value, superseded_by FROM superseded") == [
        (1.0, report.accounts[0].ingest_id)
    ]


def test_the_last_row_of_a_file_wins_and_the_others_are_counted(tmp_path: Path) -> None:
    rows = [("M1", "2013-01-01 00:00", 1), ("M1", "2013-01-01 00:00", 2), ("M1", "2013-01-01 00:00", 2)]

    report = take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows))

    account = report.accounts[0]
    assert (account.rows_read, account.rows_stored, account.duplicates, account.superseded) == (3, 1, 1, 1)
    assert select(tmp_path / "lake", "SELECT value FROM readings") == [(2.0,)]
    assert adds_up(report)


def test_each_reason_for_quarantine_names_line_and_text(tmp_path: Path) -> None:
    lines = [
        "LCLid,DateTime,KWH/hh (per half hour) ",
        "M1,2013-01-01 00:00:00.0000000, 0.5 ",
        "M1,2013-01-01 00:30:00.0000000,Null",
        "M1,2013-01-01 01:00:00.0000000,12x",
        "M1,2013-13-01 01:30:00.0000000,0.5",
        "M1,2013-01-01 02:07:00.0000000,0.5",
        "M1,2013-01-01 02:30:00.0000000,-0.5",
        "M1,2013-01-01 03:00:00.0000000,5000",
        ",2013-01-01 03:30:00.0000000,0.5",
        "M1,2013-01-01 04:00:00.0000000,inf",
        "M1,2013-01-01 04:30:00.0000000,NaN",
        "M1,1970-01-01 04:30:00.0000000,0.5",
        "M1,2013-01-01 05:00:00.0000000",
        "M1,2013-01-01 05:30:00.0000000,0.5,extra",
        "M1,2013-01-01 06:00:00.0000000,0.5",
        "M1,2013-01-01 06:30:00+01:00,0.5",
        "M1,2013-01-01 07:00:00 BST,0.5",
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")

    report = take_in(tmp_path / "lake", tmp_path / "a.csv")

    assert select(tmp_path / "lake", "SELECT line, reason, raw_text FROM quarantine ORDER BY line") == [
        (3, "missing_value", lines[2]),
        (4, "bad_number", lines[3]),
        (5, "bad_time", lines[4]),
        (6, "off_grid", lines[5]),
        (7, "negative", lines[6]),
        (8, "implausible", lines[7]),
        (9, "missing_meter", lines[8]),
        (10, "bad_number", lines[9]),
        (11, "missing_value", lines[10]),
        (12, "bad_time", lines[11]),
        (13, "wrong_columns", lines[12]),
        (14, "wrong_columns", lines[13]),
        (16, "bad_time", lines[15]),
        (17, "bad_time", lines[16]),
    ]
    assert report.accounts[0].rows_stored == 2
    assert adds_up(report)


def test_a_bad_value_does_not_end_the_query_that_reads_it(tmp_path: Path) -> None:
    """DuckDB 2.0 would push a cast of a bare column into its reader, where the first bad text is an error."""
    rows = [("M1", "2013-01-01 00:00", "x" * 20), ("M1", "2013-01-01 00:30", 1)]

    report = take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows))

    assert (report.accounts[0].rows_stored, report.accounts[0].quarantined) == (1, 1)


def test_a_file_that_fits_no_format_is_refused_with_the_nearest_and_the_others_go_in(tmp_path: Path) -> None:
    write_london(tmp_path / "in" / "good.csv", half_hours("M1", "2013-01-01", range(3)))
    write_london(tmp_path / "in" / "odd.csv", [], header="LCLid,DateTime,kW")

    report = take_in(tmp_path / "lake", tmp_path / "in")

    assert report.as_json()["rows_stored"] == 3
    why = report.refused[0].why
    assert "'london'" in why and "'KWH/hh (per half hour)'" in why and "'kW'" in why


def test_meters_that_the_lake_does_not_hold_are_set_aside_where_asked_for(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", [("M1", "2013-01-01 00:00", 1)]))
    rows = [("M1", "2013-01-01 00:30", 1), ("M2", "2013-01-01 00:30", 1)]

    report = take_in(tmp_path / "lake", write_london(tmp_path / "b.csv", rows), job={"known_meters_only": True})

    assert report.quarantine_reasons == {"unknown_meter": 1}
    assert select(tmp_path / "lake", "SELECT line, raw_text FROM quarantine") == [
        (3, "M2,2013-01-01 00:30:00.0000000, 1 ")
    ]


def test_packed_files_are_read_like_plain_ones(tmp_path: Path) -> None:
    plain = write_london(tmp_path / "plain.csv", half_hours("M1", "2013-01-01", range(48)))
    with gzip.open(tmp_path / "packed.csv.gz", "wb") as packed:
        packed.write(plain.read_bytes())
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.write(plain, "inside/plain.csv")

    for name in ("plain.csv", "packed.csv.gz", "packed.zip"):
        report = take_in(tmp_path / f"lake of {name}", tmp_path / name)
        assert report.as_json()["rows_stored"] == 48, name
        assert select(tmp_path / f"lake of {name}", "SELECT energy_kwh FROM consumption_daily") == [(1128.0,)]


def test_times_read_as_ends_move_the_reading_one_interval_back(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", [("M1", "2013-01-02 00:00", 1)]), timestamp_marks="end")

    assert select(tmp_path / "lake", "SELECT local_date::VARCHAR FROM consumption_daily") == [("2013-01-01",)]


def test_a_run_that_replaces_a_value_and_then_states_the_lake_s_own_again_keeps_the_reading(tmp_path: Path) -> None:
    # The file's first line loses against its last, which the lake holds already; another line has the month rewritten.
    root = tmp_path / "lake"
    take_in(root, write_london(tmp_path / "first.csv", half_hours("M1", "2013-01-02", [1.0, 2.0, 3.0])))
    rows = [
        ("M1", "2013-01-02 00:00", 7.0),
        ("M1", "2013-01-02 00:30", 2.5),
        ("M1", "2013-01-02 00:00", 1.0),
    ]

    report = take_in(root, write_london(tmp_path / "second.csv", rows))

    assert adds_up(report)
    assert select(root, "SELECT value FROM readings ORDER BY interval_start") == [(1.0,), (2.5,), (3.0,)]
