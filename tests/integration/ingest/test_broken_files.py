"""Files as bad as they come: each row is stored or quarantined, each file taken in or refused, none stops another."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.landing import PLAIN_HEADER, adds_up, half_hours, select, take_in, write_london

GOOD = half_hours("M1", "2013-01-01", range(48))


def good_beside(folder: Path) -> Path:
    """Write a good file that must go in whatever lies beside it."""
    return write_london(folder / "zz-good.csv", half_hours("GOOD", "2013-01-01", range(48)))


BROKEN = {
    "empty.csv": b"",
    "blank.csv": b"\n\n\n",
    "header only.csv": PLAIN_HEADER.encode() + b"\n",
    "no newline at the end.csv": PLAIN_HEADER.encode() + b"\nM1,2013-01-01 00:00:00.0000000, 1 ",
    "cut in a row.csv": PLAIN_HEADER.encode() + b"\nM1,2013-01-01 00:00:00.0000000, 1 \nM1,2013-01-0",
    "zeros.csv": PLAIN_HEADER.encode() + b"\n" + b"\x00" * 5_000,
    "zeros after a while.csv": PLAIN_HEADER.encode() + b"\n" + b"M1,2013-01-01 00:00:00.0000000, 1 \n" * 3_000 + b"\x00" * 100,
    "latin-1.csv": PLAIN_HEADER.encode() + b"\nM\xe91,2013-01-01 00:00:00.0000000, 1 \nM1,2013-01-01 00:00:00.0000000, 1 \n",
    "windows ends.csv": PLAIN_HEADER.encode() + b"\r\nM1,2013-01-01 00:00:00.0000000, 1 \r\nM1,2013-01-01 00:30:00.0000000,Null\r\n",
    "old mac ends.csv": PLAIN_HEADER.encode() + b"\rM1,2013-01-01 00:00:00.0000000, 1 \rM1,2013-01-01 00:30:00.0000000, 2 \r",
    "byte order mark.csv": b"\xef\xbb\xbf" + PLAIN_HEADER.encode() + b"\nM1,2013-01-01 00:00:00.0000000, 1 \n",
    "utf-16.csv": (PLAIN_HEADER + "\nM1,2013-01-01 00:00:00.0000000, 1 \n").encode("utf-16"),
    "open quote.csv": b'"LCLid","DateTime","KWH/hh (per half hour) "\n"M1","2013-01-01 00:00:00","1"\n"M1,2013-01-01 00:30:00,1\n"M1","2013-01-01 01:00:00","1"\n',
    "huge field.csv": PLAIN_HEADER.encode() + b"\nM1,2013-01-01 00:00:00.0000000," + b"9" * 3_000_000 + b"\nM1,2013-01-01 00:30:00.0000000, 1 \n",
    "truncated.csv.gz": gzip.compress(("\n".join([PLAIN_HEADER] + ["M1,2013-01-01 00:00:00.0000000, 1 "] * 9_000)).encode())[:-200],
    "not gzip.csv.gz": b"this is not gzip",
    "not zip.zip": b"PK\x03\x04 and then nothing",
    "not parquet.parquet": b"PAR1 no",
    "not json.jsonl": b"{]\n",
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "reversed.csv": (PLAIN_HEADER + "\n" + "".join(f"M1,2013-01-{day:02d} 00:00:00.0000000, 1 \n" for day in range(31, 0, -1))).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_accounted_for_and_stops_no_other(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(BROKEN[name])
    good = good_beside(tmp_path / "in")

    report = take_in(tmp_path / "lake", tmp_path / "in")

    assert adds_up(report)
    assert select(tmp_path / "lake", "SELECT count(*) FROM readings WHERE meter_id = 'GOOD'") == [(48,)]
    taken = {Path(account.file.name).name for account in report.accounts}
    refused = {Path(one.name).name for one in report.refused}
    assert taken | refused == {name, good.name}
    for one in report.refused:
        assert name in one.why and len(one.why) > len(name) + 40


@pytest.mark.parametrize(
    ("name", "stored", "reasons"),
    [
        ("no newline at the end.csv", 1, {}),
        ("cut in a row.csv", 1, {"wrong_columns": 1}),
        ("latin-1.csv", 1, {"bad_encoding": 1}),
        ("windows ends.csv", 1, {"missing_value": 1}),
        ("old mac ends.csv", 2, {}),
        ("byte order mark.csv", 1, {}),
        ("utf-16.csv", 1, {}),
        ("huge field.csv", 1, {"line_too_long": 1}),
        ("reversed.csv", 31, {}),
    ],
)
def test_what_can_be_read_of_an_odd_file_is_read(
    tmp_path: Path, name: str, stored: int, reasons: dict[str, int]
) -> None:
    (tmp_path / name).write_bytes(BROKEN[name])

    report = take_in(tmp_path / "lake", tmp_path / name)

    assert [one.why for one in report.refused] == []
    assert (report.accounts[0].rows_stored, dict(report.quarantine_reasons)) == (stored, reasons)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=60), max_size=12),
    seed=st.integers(0, 1000),
)
def test_any_lines_between_good_ones_are_counted_and_the_good_ones_stored(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    good = [f"{meter},{time}:00.0000000, {value} " for meter, time, value in GOOD]
    mixed = good + [line for line in lines if line.strip()]
    random.Random(seed).shuffle(mixed)
    (folder / "a.csv").write_text("\n".join([PLAIN_HEADER, *mixed]) + "\n", encoding="utf-8")

    report = take_in(folder / "lake", folder / "a.csv")

    assert adds_up(report)
    assert report.as_json()["rows_read"] == len(mixed)
    assert select(folder / "lake", "SELECT count(*) FROM readings WHERE meter_id = 'M1'")[0][0] >= 48
