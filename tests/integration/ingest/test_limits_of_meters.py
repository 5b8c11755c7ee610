"""What can flow through a meter is said in lists of meters, with days: what is beyond it is set aside in words."""

from __future__ import annotations

from pathlib import Path

from tests.landing import adds_up, select, take_in
from tests.limited_meters import HALVES, LIMITED_METERS, ROWS_BEYOND

BEYOND = [
    "energy of M1 at 2024-06-01 21:30:00: 9.0 in 30 minutes, 18.0 kW where its meter has 14.0",
    "energy of M1 at 2024-06-01 22:30:00: 15.5 in 30 minutes, 31.0 kW where its meter has 30.0",
    "energy of M2 at 2024-06-01 22:00:00: 9.0 in 30 minutes, 18.0 kW where its meter has 14.0",
]


def written(folder: Path) -> tuple[Path, Path]:
    (folder / "list.csv").write_text(LIMITED_METERS)
    (folder / "rows.csv").write_text(ROWS_BEYOND)
    return folder / "list.csv", folder / "rows.csv"


def test_rows_beyond_what_their_meter_bears_on_that_day_are_set_aside(tmp_path: Path) -> None:
    listed, rows = written(tmp_path)
    take_in(tmp_path / "lake", listed)

    report = take_in(tmp_path / "lake", rows, mapping=HALVES)

    assert adds_up(report)
    assert select(tmp_path / "lake", "SELECT meter_id, value FROM readings ORDER BY ALL") == [
        ("M1", 7.0), ("M1", 9.0), ("M3", 400.0)
    ]  # fmt: skip
    said = select(tmp_path / "lake", "SELECT reason, detail, raw_text FROM quarantine ORDER BY raw_text, detail")
    assert {reason for reason, *_ in said} == {"implausible"}
    assert sorted(text for _, *texts in said for text in texts if text and text.startswith("energy")) == BEYOND


def test_a_limit_that_is_none_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("meter_id,highest_kw\nM1,0\nM2,x\n")

    report = take_in(tmp_path / "lake", tmp_path / "list.csv")

    assert report.as_json()["quarantine_reasons"] == {"implausible": 1, "bad_number": 1}
