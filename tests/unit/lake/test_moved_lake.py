"""A lake may be moved, copied, renamed and mounted; its metadata name the folder in which it lay before."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import pytest

from meterlake.lake.engine_choice import open_engine, open_store
from meterlake.lake.errors import ForeignFile, NoLake, UnreadableLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.writing.maintenance import compact_crowded, expire_snapshots
from tests.landing import take_in

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"


def write_day(path: Path, day: int, kwh: float) -> Path:
    rows = (
        f"M1,Std,2013-01-{day:02d} {slot // 2:02d}:{slot % 2 * 30:02d}:00.0000000, {kwh} ,ACORN-A,Affluent\n"
        for slot in range(48)
    )
    path.write_text(HEADER + "".join(rows))
    return path


def total(root: Path) -> float:
    answer = open_engine(LakeSettings(lake=str(root))).select("SELECT sum(value) AS total FROM readings")
    return round(answer["total"][0].as_py(), 6)


def files_below(root: Path) -> set[str]:
    # What SQLite lays beside the catalogue comes and goes with its connections.
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and "metadata" not in path.parts and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_moved_lake_answers_takes_in_and_is_kept_in_order(tmp_path: Path) -> None:
    take_in(tmp_path / "before", write_day(tmp_path / "a.csv", 1, 0.5))
    (tmp_path / "before").rename(tmp_path / "after")

    assert total(tmp_path / "after") == 24.0
    take_in(tmp_path / "after", write_day(tmp_path / "b.csv", 2, 1.0))
    assert total(tmp_path / "after") == 72.0
    store = open_store(LakeSettings(lake=str(tmp_path / "after")))
    compact_crowded(store, 1)
    expire_snapshots(store, dt.timedelta(0))
    assert total(tmp_path / "after") == 72.0
    assert not (tmp_path / "before").exists()


def test_a_copy_reads_its_own_files_and_expiring_it_leaves_the_original_as_it_is(tmp_path: Path) -> None:
    take_in(tmp_path / "original", write_day(tmp_path / "a.csv", 1, 0.5))
    shutil.copytree(tmp_path / "original", tmp_path / "copy")
    take_in(tmp_path / "copy", write_day(tmp_path / "b.csv", 2, 1.0))
    before = files_below(tmp_path / "original")

    expire_snapshots(open_store(LakeSettings(lake=str(tmp_path / "copy"))), dt.timedelta(0))

    assert files_below(tmp_path / "original") == before
    assert (total(tmp_path / "original"), total(tmp_path / "copy")) == (24.0, 72.0)
    shutil.rmtree(tmp_path / "original")
    assert total(tmp_path / "copy") == 72.0


@pytest.mark.parametrize("name", ["o'brien", "a#b", "a?b=c", "50%25", "with space", "é", "a%20b", "readings/data/lake"])
def test_a_lake_lies_in_a_folder_of_any_name_and_nothing_is_written_beside_it(tmp_path: Path, name: str) -> None:
    raw = write_day(tmp_path / "a.csv", 1, 0.5)
    root = tmp_path / "around" / name

    take_in(root, raw)
    take_in(root, write_day(tmp_path / "a2.csv", 1, 1.5))
    compact_crowded(open_store(LakeSettings(lake=str(root))), 1)

    assert total(root) == 72.0
    assert [path.name for path in (tmp_path / "around").iterdir()] == [name.split("/")[0]]


def test_a_catalogue_that_names_a_file_of_no_lake_removes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    take_in(root, write_day(tmp_path / "a.csv", 1, 0.5))
    before = files_below(root)
    with sqlite3.connect(root / "catalogue.sqlite") as connection:
        connection.execute(
            "UPDATE iceberg_tables SET metadata_location = 'file:///elsewhere/v1.metadata.json' WHERE table_name = 'readings'"
        )

    with pytest.raises(ForeignFile, match="names file:///elsewhere/v1"):
        expire_snapshots(open_store(LakeSettings(lake=str(root))), dt.timedelta(0))

    assert files_below(root) == before


def test_a_lake_where_nothing_can_be_written_still_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "lake"
    take_in(root, write_day(tmp_path / "a.csv", 1, 0.5))
    (opened := sqlite3.connect)(root / "catalogue.sqlite").close()

    def refuse_beside(path: object, *rest: object, **named: object) -> sqlite3.Connection:
        # What SQLite says on a file system that is mounted to be read only; tests run as a user who may write anywhere.
        if str(path).startswith(str(root)):
            raise sqlite3.OperationalError("unable to open database file")
        return opened(path, *rest, **named)  # type: ignore[arg-type,no-any-return,call-overload]

    monkeypatch.setattr("meterlake.lake.catalogue_pointers.sqlite3.connect", refuse_beside)

    assert total(root) == 24.0


def test_a_catalogue_that_is_no_database_is_said_to_be_so(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    take_in(root, write_day(tmp_path / "a.csv", 1, 0.5))
    for path in root.glob("catalogue.sqlite-*"):
        path.unlink()
    (root / "catalogue.sqlite").write_text("this is no database " * 300)

    with pytest.raises(UnreadableLake, match="file is not a database"):
        total(root)
    with pytest.raises(NoLake):
        total(tmp_path / "nowhere")
