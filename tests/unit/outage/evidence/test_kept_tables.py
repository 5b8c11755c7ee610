"""What was read out of a month is read once, and goes when nothing asks for it any more."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from meterlake.outage.evidence.kept_tables import KeptTables

TABLE = pa.table({"value": [1.5]})


def make() -> pa.Table:
    return TABLE


def never() -> pa.Table:
    raise AssertionError("it was kept")


def test_a_table_is_made_once(tmp_path: Path) -> None:
    KeptTables(tmp_path / "kept").table("2013-01", make)

    assert KeptTables(tmp_path / "kept").table("2013-01", never).equals(TABLE)


def test_what_is_not_asked_for_is_removed(tmp_path: Path) -> None:
    first = KeptTables(tmp_path / "kept")
    first.table("old", make)
    first.table("same", make)

    second = KeptTables(tmp_path / "kept")
    second.table("same", never)
    second.remove_others()

    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["same.parquet"]


def test_nothing_is_kept_of_a_table_that_could_not_be_made(tmp_path: Path) -> None:
    def breaks() -> pa.Table:
        raise OSError("no space")

    kept = KeptTables(tmp_path / "kept")
    with pytest.raises(OSError, match="no space"):
        kept.table("2013-01", breaks)

    assert kept.table("2013-01", make).equals(TABLE)
