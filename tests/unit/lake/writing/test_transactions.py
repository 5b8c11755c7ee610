"""What a commit leaves in a table's list of files."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

from meterlake.lake.engine_choice import open_store
from meterlake.lake.tables import CONSUMPTION_DAILY, READINGS
from meterlake.lake.writing.transactions import PreparedTransaction, TableChange, _Change
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


class Interrupted(list[Any]):
    """A manifest's partitions, between which and their use another thread comes in."""

    def __init__(self, items: list[Any], between: Callable[[], object]) -> None:
        super().__init__(items)
        self.between = between

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.between()
        return found


def test_manifests_that_are_looked_at_at_once_are_not_taken_for_each_other(tmp_path: Path) -> None:
    for month in (1, 2):
        take_in(
            tmp_path / "lake",
            write_london(tmp_path / f"{month}.csv", half_hours("M1", f"2013-{month:02d}-10", [1] * 48)),
        )
    store = open_store(lake_settings(tmp_path / "lake"))
    table = store.open_table(READINGS)
    snapshot = table.current_snapshot()
    assert snapshot is not None
    february, january = sorted(snapshot.manifests(table.io), key=lambda one: one.sequence_number, reverse=True)
    (gone,) = [file.data_file for file in store.current()["readings"].files if "2013-01" in file.data_file.file_path]
    change = _Change(PreparedTransaction(table, autocommit=False), TableChange(READINGS, removed=[gone]), {})
    change.delete_data_file(gone)
    change._build_delete_files_partition_predicate()

    may_hold = change._build_manifest_evaluator(table.spec().spec_id)
    interrupted = copy(january)
    partitions = Interrupted(list(january.partitions or []), lambda: may_hold(february))
    interrupted._data = [partitions if value is january.partitions else value for value in january._data]

    assert (may_hold(january), may_hold(february)) == (True, False)
    assert may_hold(interrupted)
