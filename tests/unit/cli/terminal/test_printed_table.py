"""Tables for people: as wide as the terminal, rounded, never broken within a word."""

from __future__ import annotations

import pyarrow as pa
import pytest

from meterlake.cli.terminal.printed_table import print_table


def test_numbers_of_a_column_share_their_decimals_and_small_ones_are_not_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(
        pa.table({"kwh": [346.88, 1067.1350001, None, 1e-7], "days": [1.0, 2.0, 3.0, 4.0], "latitude": [51.507351] * 4})
    )

    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in capsys.readouterr().out.splitlines() if "│" in line
    ]
    assert rows == [
        ["346.880", "1", "51.50735"],
        ["1,067.135", "2", "51.50735"],
        ["", "3", "51.50735"],
        ["1e-07", "4", "51.50735"],
    ]


def test_columns_that_do_not_fit_are_named_and_not_squeezed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("meterlake.cli.terminal.printed_table._PIPED_WIDTH", 40)
    print_table(
        pa.table({"meter_id": ["MAC004904"], "intervals_expected": [48], "source_file": ["a-file-of-a-long-name.csv"]})
    )

    shown = capsys.readouterr()
    assert all(len(line) <= 40 for line in shown.out.splitlines())
    assert "MAC004904" in shown.out and "expected" in shown.out and "a-file" not in shown.out
    assert shown.err == "Not shown, for the terminal is 40 wide: source_file; --format csv or json gives all\n"


def test_what_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(pa.table({"raw_text": ["[bold]x[/bold]"]}))

    assert "[bold]x[/bold]" in capsys.readouterr().out
