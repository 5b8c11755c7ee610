from __future__ import annotations

from pathlib import Path

from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR, PLACE_SEPARATOR
from meterlake.etl.staging.second_look import FoundLine, SoughtRow, find_lines


def found(path: Path, text: str, *rows: SoughtRow) -> list[FoundLine | None]:
    path.write_text(text)
    return find_lines(path, rows)


def test_equal_rows_are_found_on_lines_of_their_own(tmp_path: Path) -> None:
    row = SoughtRow(("M1", "x"))

    assert found(tmp_path / "a", "h\nM1,x\nM2,y\nM1,x\n", row, row) == [FoundLine(2, "M1,x"), FoundLine(4, "M1,x")]


def test_rows_of_one_line_share_it_until_the_place_starts_again(tmp_path: Path) -> None:
    first, second = SoughtRow(("M1", "d"), 3), SoughtRow(("M1", "d"), 5)

    lines = found(tmp_path / "a", "M1,d,1\nM1,d,2\n", first, second, first)

    assert lines == [FoundLine(1, "M1,d,1"), FoundLine(1, "M1,d,1"), FoundLine(2, "M1,d,2")]


def test_lone_fragment_is_the_whole_line_and_not_the_start_of_another(tmp_path: Path) -> None:
    assert found(tmp_path / "a", '{"a":1}\r\n{"a":\r\n', SoughtRow(('{"a":',), 0)) == [FoundLine(2, '{"a":')]


def test_row_that_is_nowhere_has_no_line_and_does_not_lose_the_next(tmp_path: Path) -> None:
    rows = (SoughtRow(("gone", "x")), SoughtRow(("",), 0, "made up"), SoughtRow(("M1", "x")))

    assert found(tmp_path / "a", "M1,x\n", *rows) == [None, None, FoundLine(1, "M1,x")]


def test_joined_text_is_taken_apart_again() -> None:
    joined = f"M1{FRAGMENT_SEPARATOR}d{PLACE_SEPARATOR}7{PLACE_SEPARATOR}3:30 = x"

    assert SoughtRow.from_raw_text(joined) == SoughtRow(("M1", "d"), 7, "3:30 = x")
    assert SoughtRow.from_raw_text("M1") == SoughtRow(("M1",))
