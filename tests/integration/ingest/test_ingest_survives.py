"""Killed at any moment, run twice at once, read meanwhile: the lake is always whole."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import BadQuery, NoLake
from meterlake.lake.writing import maintenance
from meterlake.lake.writing.maintenance import compact_crowded, expire_snapshots
from tests.landing import differences, half_hours, lake_settings, select, take_in, whole_lake, write_london

ONE_BATCH_A_FILE = {"batch_mb": 1}


def landing_folder(folder: Path, *, files: int = 6, meters: int = 8, days: int = 10) -> Path:
    """Write files of about half a megabyte; neighbours share rows, some of them with other values."""
    for number in range(files):
        rows: list[tuple[str, str, object]] = []
        for meter in range(number * meters - 1, (number + 1) * meters):
            for day in range(1, days + 1):
                rows += half_hours(
                    f"M{meter:04d}", f"2013-01-{day:02d}", (round((slot + number) / 7, 3) for slot in range(48))
                )
        write_london(
            folder / f"{number}.csv", [*rows, *((f"X{row}", "2013-01-01 00:00", "Null") for row in range(2_000))]
        )
    return folder


def start_ingest(root: Path, landing: Path) -> subprocess.Popen[bytes]:
    """Start `meterlake ingest` as a process of its own, one commit a file."""
    environment = {**os.environ, "METERLAKE_BATCH_MB": "1", "METERLAKE_THREADS": "1", "METERLAKE_MEMORY_GB": "0.5"}
    command = [
        sys.executable,
        "-c",
        "from meterlake.cli.main import main; main()",
        "--lake",
        str(root),
        "ingest",
        str(landing),
        "--json",
    ]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run_ingest(root: Path, landing: Path) -> float:
    """Run `meterlake ingest` to its end; return how long it took."""
    started = time.monotonic()
    assert start_ingest(root, landing).wait() == 0
    return time.monotonic() - started


def test_killed_at_any_moment_the_next_run_ends_at_the_same_tables(tmp_path: Path) -> None:
    landing = landing_folder(tmp_path / "landing")
    whole_run_seconds = run_ingest(tmp_path / "unbroken", landing)
    expected = whole_lake(tmp_path / "unbroken")
    chance = random.Random(7)

    broken_off = 0
    attempt = 0
    while broken_off < 4:
        attempt += 1
        root = tmp_path / f"broken-{attempt}"
        process = start_ingest(root, landing)
        time.sleep(whole_run_seconds * chance.uniform(0.3, 1.0))
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            whole_run_seconds *= 0.9  # The machine is less busy now than it was for the unbroken run.
            continue
        broken_off += 1
        with contextlib.suppress(NoLake):
            sums = (
                "SELECT (SELECT count(*) FROM readings), (SELECT sum(intervals_present)::BIGINT FROM consumption_daily)"
            )
            readings, summed = select(root, sums)[0]
            assert readings == (summed or 0)
        last = start_ingest(root, landing)
        _, err = last.communicate()
        assert last.returncode == 0, err.decode()
        assert differences(whole_lake(root), expected) == {}


def test_files_that_a_killed_writer_left_are_removed_by_the_next_one(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", range(48))))
    orphan = tmp_path / "lake" / "readings" / "data" / "quantity=energy" / "2013-01" / "left.parquet"
    orphan.write_bytes(b"half a file")
    (tmp_path / "lake" / "unfinished").touch()

    take_in(tmp_path / "lake", write_london(tmp_path / "b.csv", half_hours("M2", "2013-01-01", range(48))))

    assert not orphan.exists()
    assert select(tmp_path / "lake", "SELECT count(*) FROM readings") == [(96,)]


def test_two_ingests_at_once_both_end_right(tmp_path: Path) -> None:
    landing = landing_folder(tmp_path / "landing", files=4)
    take_in(tmp_path / "alone", landing, etl=ONE_BATCH_A_FILE)

    both = [start_ingest(tmp_path / "shared", landing) for _ in range(2)]
    for process in both:
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()

    assert differences(whole_lake(tmp_path / "shared"), whole_lake(tmp_path / "alone")) == {}


def test_readers_during_an_ingest_see_whole_snapshots(tmp_path: Path) -> None:
    landing = landing_folder(tmp_path / "landing", files=5)
    root = tmp_path / "lake"
    take_in(root, write_london(tmp_path / "first.csv", half_hours("M9999", "2013-01-01", range(48))))
    done = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        lake = DuckDBLake(lake_settings(root))
        while not done.is_set():
            snapshot = lake.snapshots.current()
            stored = snapshot["readings"].rows
            days = snapshot["consumption_daily"]
            counted = lake.select("SELECT sum(intervals_present)::BIGINT FROM consumption_daily").column(0)[0].as_py()
            if lake.snapshots.current() is snapshot:
                assert stored == counted
            assert sum(file.rows for file in days.files) > 0
            seen.add(stored)

    reader = threading.Thread(target=read)
    reader.start()
    take_in(root, landing, etl=ONE_BATCH_A_FILE)
    done.set()
    reader.join()
    assert len(seen) > 1


def test_compacting_and_expiring_change_no_answer(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    for day in range(1, 7):
        take_in(root, write_london(tmp_path / f"{day}.csv", half_hours("M1", f"2013-01-{day:02d}", range(48))))
    before = whole_lake(root)
    store = open_store(lake_settings(root))

    merged = compact_crowded(store, 1)
    gone = expire_snapshots(store, dt.timedelta(0))

    assert differences(whole_lake(root), before) == {}
    assert {one.table for one in merged} >= {"readings", "ingests"}
    assert gone["snapshots"] > 0 and gone["files"] > 0
    assert len(list((root / "readings" / "data").rglob("*.parquet"))) == 1


def test_a_full_file_is_left_alone_when_small_ones_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "lake"
    for day, slots in ((1, 48), (2, 10), (3, 10)):
        rows = half_hours("M1", f"2013-01-{day:02d}", range(slots))
        take_in(root, write_london(tmp_path / f"{day}.csv", rows))
    monkeypatch.setattr(maintenance, "FULL_FILE_ROWS", 48)

    merged = compact_crowded(open_store(lake_settings(root)), 1)

    assert [(one.files_before, one.rows) for one in merged if one.table == "readings"] == [(2, 20)]
    files = DuckDBLake(lake_settings(root)).snapshots.current()["readings"].files
    assert sorted(file.rows for file in files) == [20, 48]


def test_partitions_compact_themselves_when_files_pile_up(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    for day in range(1, 7):
        rows = half_hours("M1", f"2013-01-{day:02d}", range(48))
        take_in(root, write_london(tmp_path / f"{day}.csv", rows), etl={"compact_after_files": 4})

    files = DuckDBLake(lake_settings(root)).snapshots.current()["readings"].files
    assert len(files) <= 4
    assert select(root, "SELECT count(*) FROM readings") == [(288,)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM readings", "COPY readings TO '/tmp/x.csv'", "SELECT 1; SELECT 2", "ATTACH 'x.db'"]
)
def test_a_persons_sql_can_only_read(tmp_path: Path, statement: str) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", range(48))))

    with pytest.raises(BadQuery):
        select(tmp_path / "lake", statement)
    with pytest.raises(BadQuery, match="disabled by configuration"):
        select(tmp_path / "lake", "SELECT * FROM read_csv('/etc/passwd')")
