"""Lines that are worth a closer look: never fewer than hold what is sought, and of a large file only these."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.staging.likely_lines import likely_lines
from tests.examples import examples

TEXTS = st.text(alphabet='ab,;" \t\x1d\x85é\ufeff', max_size=6)


@settings(max_examples=examples(200), deadline=None, derandomize=True)
@given(
    st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from([",", ";", "é"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(1, 40),
)
def test_a_line_that_holds_what_is_sought_is_given_with_its_number(
    rows: list[list[str]], delimiter: str, end: str, quoted: bool, block_bytes: int
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "file.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
            csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
        lines = path.read_bytes().decode().split("\n")
        for number, row in enumerate(rows, 1):
            sought = [tuple(text.strip() for text in row)]

            found = dict(likely_lines(path, sought, delimiter, block_bytes))

            assert found[number] == lines[number - 1].rstrip("\r").removeprefix("\ufeff" if number == 1 else "")


def test_of_a_large_file_only_the_lines_that_hold_enough_of_it_are_given(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    lines = [f"M{number % 7},2013-01-01 {number:05d},{number / 8}" for number in range(50_000)]
    lines[31_234] = "M5,2013-01-01 00007,Null"
    path.write_text("\n".join(lines))

    assert list(likely_lines(path, [("M5", "2013-01-01 00007", "Null")], ",")) == [(31_235, lines[31_234])]


def test_bytes_that_are_no_text_hide_no_line(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"M1,\xff\xff,1\nM1,\xc3\nM2,x,2")

    assert list(likely_lines(path, [("M2", "x")], ",")) == [(3, "M2,x,2")]


def test_a_line_without_an_end_is_looked_at_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"M1," + b"0" * 40_000_000 + b"\nM2,x,2\n")

    assert [number for number, _ in likely_lines(path, [("M2", "x")], ",")] == [2]
