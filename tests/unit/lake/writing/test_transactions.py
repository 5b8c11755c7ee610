"""What a commit leaves in a table's list of files."""

from __future__ import annotations

from pathlib import Path

from meterlake.lake.engine_choice import open_store
from meterlake.lake.tables import CONSUMPTION_DAILY, READINGS
from tests.landing import half_hours, lake_settings, select, take_in, whole_lake, write_london


def test_thirty_commits_that_replace_files_leave_a_short_list_of_files(tmp_path: Path) -> None:
    for number in range(30):
        raw = write_london(
            tmp_path / f"{number}.csv", half_hours(f"M{number % 3}", f"2013-01-{number + 1:02d}", [1] * 48)
        )
        take_in(tmp_path / "lake", raw)

    store = open_store(lake_settings(tmp_path / "lake"))
    for table in (READINGS, CONSUMPTION_DAILY):
        iceberg_table = store.open_table(table)
        snapshot = iceberg_table.current_snapshot()
        assert snapshot is not None
        manifests = snapshot.manifests(iceberg_table.io)
        assert len(manifests) <= 9
        # One of files that went is of this commit alone.
        gone = [one for one in manifests if not (one.has_added_files() or one.has_existing_files())]
        assert all(one.added_snapshot_id == snapshot.snapshot_id for one in gone)
    assert select(tmp_path / "lake", "SELECT count(*), sum(value)::INT FROM readings") == [(30 * 48, 30 * 48)]
    assert len(whole_lake(tmp_path / "lake")["consumption_daily"]) == 30
