"""Whatever was taken in, restated, taken back and taken in again: the readings are those of a fresh lake of what stands."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.undo import undo_ingest
from tests.landing import lake_settings, select, take_in

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


@settings(max_examples=12, deadline=None)
@given(FILES, st.booleans(), ACTS)
def test_any_sequence_ends_where_a_fresh_lake_of_the_standing_files_does(
    files: list[list[int]], at_once: bool, acts: list[tuple[int, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder, root = Path(scratch), Path(scratch) / "lake"
        paths = [write(folder, number, slots) for number, slots in enumerate(files, 1)]
        standing: list[Path] = []
        if at_once:
            take_in(root, *paths)
            standing = list(paths)
        for number, comes in acts:
            path = paths[number % len(paths)]
            if comes and path not in standing:
                take_in(root, path)
                standing.append(path)
            elif not comes and path in standing:
                undo_ingest(ingest_of(root, path), lake_settings(root))
                standing.remove(path)
        if not standing:
            return
        for path in standing:
            take_in(folder / "fresh", path)

        assert select(root, READINGS) == select(folder / "fresh", READINGS)
        assert select(root, DAYS) == select(folder / "fresh", DAYS)
        key = "meter_id, quantity, interval_start, ingest_id, superseded_by, superseded_at"
        assert select(root, f"SELECT {key} FROM superseded GROUP BY ALL HAVING count(*) > 1") == []


def test_the_last_row_of_a_file_with_several_values_stands_again(tmp_path: Path) -> None:
    first = write(tmp_path, 1, [0, 0, 0])
    second = write(tmp_path, 2, [0])
    take_in(tmp_path / "lake", first, second)

    undo_ingest(ingest_of(tmp_path / "lake", second), lake_settings(tmp_path / "lake"))

    assert [value for *_, value in select(tmp_path / "lake", READINGS)] == [1.003]
