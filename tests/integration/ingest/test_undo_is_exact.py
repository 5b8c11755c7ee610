"""Whatever was taken in, restated, taken back and taken in again: the lake is a fresh lake of what stands, in every table."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.undo import undo_ingest
from tests.every_kind_of_file import files as files_of_every_kind
from tests.every_kind_of_file import in_order_of_a_run, write_file
from tests.examples import examples
from tests.landing import differences, lake_settings, select, take_in, whole_lake

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
READINGS = "SELECT meter_id, interval_start, value FROM readings ORDER BY ALL"
DAYS = "SELECT meter_id, local_date, energy_kwh, intervals_present FROM consumption_daily WHERE intervals_present > 0 ORDER BY ALL"


def row(slot: int, kwh: float) -> str:
    return f"M1,Std,2013-01-01 {slot // 2:02d}:{slot % 2 * 30:02d}:00.0000000, {kwh} ,ACORN-A,Affluent\n"


def write(folder: Path, number: int, slots: list[int]) -> Path:
    """Write a file of readings at these slots, a slot any number of times; no value stands in two rows."""
    path = folder / f"{number}.csv"
    rows = (row(slot, round(number + place / 1000 + 0.001, 3)) for place, slot in enumerate(slots))
    path.write_text(HEADER + "".join(rows))
    return path


def ingest_of(root: Path, path: Path) -> str:
    [(ingest_id,)] = select(root, f"SELECT ingest_id FROM ingests WHERE source_file = '{path}'")
    return str(ingest_id)


FILES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=5), min_size=2, max_size=4)
# Which file, and whether it is taken in or back; what cannot be done is passed over.
ACTS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8)


def taken_in_and_back(folder: Path, paths: list[Path], at_once: bool, acts: list[tuple[int, bool]]) -> Path | None:
    """Take files into `lake` and back; return a fresh lake of those that stand, None where none does."""
    root, standing = folder / "lake", list[Path]()
    if at_once:
        take_in(root, *paths)
        standing = in_order_of_a_run(paths)
    for number, comes in acts:
        path = paths[number % len(paths)]
        if comes and path not in standing:
            report = take_in(root, path)
            assert not report.skipped and not report.refused
            standing.append(path)
        elif not comes and path in standing:
            undo_ingest(ingest_of(root, path), lake_settings(root))
            standing.remove(path)
    for path in standing:
        take_in(folder / "fresh", path)
    return folder / "fresh" if standing else None


@settings(max_examples=examples(8), deadline=None, derandomize=True)
@given(FILES, st.booleans(), ACTS)
def test_any_sequence_ends_where_a_fresh_lake_of_the_standing_files_does(
    files: list[list[int]], at_once: bool, acts: list[tuple[int, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "lake"
        paths = [write(Path(scratch), number, slots) for number, slots in enumerate(files, 1)]
        fresh = taken_in_and_back(Path(scratch), paths, at_once, acts)
        if not fresh:
            return

        assert select(root, READINGS) == select(fresh, READINGS)
        assert select(root, DAYS) == select(fresh, DAYS)
        key = "meter_id, quantity, interval_start, ingest_id, superseded_by, superseded_at"
        assert select(root, f"SELECT {key} FROM superseded GROUP BY ALL HAVING count(*) > 1") == []


@settings(max_examples=examples(6), deadline=None, derandomize=True)
@given(files_of_every_kind, st.booleans(), ACTS)
def test_every_table_ends_where_a_fresh_lake_of_the_standing_files_does(
    files: list[tuple[str, list[tuple[int, int]]]], at_once: bool, acts: list[tuple[int, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "lake"
        paths = [write_file(Path(scratch), number, kind, rows) for number, (kind, rows) in enumerate(files, 1)]
        fresh = taken_in_and_back(Path(scratch), paths, at_once, acts)
        if not fresh:
            return

        # What one run replaced itself is counted otherwise in the accounts than what a later run replaced.
        kept, expected = (whole_lake(lake, leave_out={"ingests"} if at_once else ()) for lake in (root, fresh))
        assert differences(kept, expected) == {}


def test_the_last_row_of_a_file_with_several_values_stands_again(tmp_path: Path) -> None:
    first = write(tmp_path, 1, [0, 0, 0])
    second = write(tmp_path, 2, [0])
    take_in(tmp_path / "lake", first, second)

    undo_ingest(ingest_of(tmp_path / "lake", second), lake_settings(tmp_path / "lake"))

    assert [value for *_, value in select(tmp_path / "lake", READINGS)] == [1.003]
