"""Units and flags in cells are found, and what is neither leaves a text as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.guessing.cell_marks import cell_marks
from meterlake.etl.guessing.guess import Guess, guess_of


def guessed(name: str, *cells: str) -> Guess:
    rows = [f"M1;2024-07-14 {slot // 2:02d}:{30 * (slot % 2):02d};{cell}" for slot, cell in enumerate(cells)]
    guess = guess_of(FileHead(Path("export.csv"), "csv", "utf-8", (f"meter;time;{name}", *rows)))
    assert guess is not None
    _ = guess.declaration
    return guess


@pytest.mark.parametrize("text", ["1.5e3", "12 Main St", "0.5%", "<0.1", "-", "AB12", "0.5 min"])
def test_a_text_with_anything_else_behind_its_number_stays_as_it_is(text: str) -> None:
    marks = cell_marks((text,))

    assert (marks.numbers, marks.units, marks.flags) == ((text,), (), ())


def test_units_in_all_cells_need_no_other() -> None:
    guess = guessed("usage", "1,234.5 kWh", "999 kWh", "500 Wh")

    assert guess.declared["values"] == [{"column": "usage", "quantity": "energy", "unit_in_cell": True}]
    assert (guess.declared["thousands"], guess.doubts) == (",", ())


def test_a_unit_of_some_cells_and_one_that_the_name_denies_are_asked_about() -> None:
    assert any("no unit behind them" in doubt for doubt in guessed("usage", "1.5 kWh", "0.5", "0.25").doubts)
    assert any("its cells say Wh" in doubt for doubt in guessed("usage kWh", "150 Wh", "50 Wh").doubts)


def test_flags_of_letters_are_known_and_a_star_is_asked_about() -> None:
    letters, star = guessed("kWh", "0.5 E", "0.25", "0.75 A"), guessed("kWh", "0.5*", "0.25", "0.75")

    assert (letters.declared["values"][0]["flags"], letters.doubts) == ({"E": "estimated", "A": "actual"}, ())
    assert star.declared["values"][0]["flags"] == {"*": "estimated"}
    assert any("'*' behind values" in doubt for doubt in star.doubts)
