"""What was read is what is remembered: a file that changes, shrinks or goes while it is read stops no other."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from meterlake.etl import pipeline
from meterlake.etl.batches import reading_batch
from tests.landing import half_hours, select, take_in, write_london


def replaced(path: Path) -> None:
    """Put other rows in the file's place, of the same length and time."""
    facts = path.stat()
    write_london(path, half_hours("M1", "2013-01-01", [9, 9]))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def grown(path: Path) -> None:
    """Add a row, as a sender does that is not done."""
    with path.open("a") as file:
        file.write("M1,2013-01-01 05:00:00.0000000, 1 \n")


def shrunk(path: Path) -> None:
    """Cut the file."""
    os.truncate(path, 10)


def gone(path: Path) -> None:
    """Take the file away."""
    path.unlink()


@pytest.mark.parametrize("change", [replaced, grown, shrunk, gone])
@pytest.mark.parametrize("step", ["before the read", "after the read", "before the hash"])
def test_file_that_changes_is_refused_and_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], step: str
) -> None:
    changing = write_london(tmp_path / "in" / "a.csv", half_hours("M1", "2013-01-01", [1, 2]))
    old = changing.read_text()
    for name in ("b", "c"):
        write_london(tmp_path / "in" / f"{name}.csv", half_hours(name, "2013-01-01", [1, 2]))
    done = []

    def change_once() -> None:
        if not done:
            done.append(True)
            change(changing)

    module, name = {
        "before the hash": (pipeline, "_open_accounts"),
        "before the read": (reading_batch, "readable_files"),
        "after the read": (reading_batch, "new_meters"),
    }[step]
    real = getattr(module, name)

    def changed_around(*arguments: object) -> object:
        if step == "after the read":
            answer = real(*arguments)
            change_once()
            return answer
        change_once()
        return real(*arguments)

    monkeypatch.setattr(module, name, changed_around)
    report = take_in(tmp_path / "lake", tmp_path / "in")
    monkeypatch.undo()

    if (change, step) == (replaced, "before the hash"):
        # Its bytes are those that are hashed and read: nothing changed since.
        assert select(tmp_path / "lake", "SELECT DISTINCT value FROM readings WHERE meter_id = 'M1'") == [(9.0,)]
        return
    assert [Path(one.name).name for one in report.refused] == ["a.csv"]
    assert select(tmp_path / "lake", "SELECT meter_id, count(*) FROM readings GROUP BY 1 ORDER BY 1") == [
        ("b", 2),
        ("c", 2),
    ]
    changing.write_text(old)
    take_in(tmp_path / "lake", tmp_path / "in")
    assert select(tmp_path / "lake", "SELECT value FROM readings WHERE meter_id = 'M1' ORDER BY 1") == [(1.0,), (2.0,)]
