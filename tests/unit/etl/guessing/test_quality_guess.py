"""Codes of quality are heeded where all their words are known; factors and parts that a file leaves open are asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.guessing.guess import Guess, guess_of


def guessed(*lines: str) -> Guess:
    guess = guess_of(FileHead(Path("export.csv"), "csv", "utf-8", lines))
    assert guess is not None
    _ = guess.declaration
    return guess


@pytest.mark.parametrize(
    ("name", "good", "other"),
    [
        ("Quality", "Actual", "Estimated"),
        ("status", "A", "E"),
        ("Estado", "REAL", "ESTIMADA"),
        ("estimated", "No", "Yes"),
    ],
)
def test_a_column_of_known_words_says_the_quality(name: str, good: str, other: str) -> None:
    guess = guessed(f"meter,time,kWh,{name}", f"M1,2024-07-14 00:00,0.5,{good}", f"M1,2024-07-14 00:30,0.7,{other}")

    codes = guess.declared["quality"]["codes"]

    assert (guess.declared["quality"]["column"], codes[good], codes[other]) == (name, "actual", "estimated")
    assert guess.doubts == ()


def test_an_estimate_behind_the_first_rows_is_known_too() -> None:
    guess = guessed("meter,time,kWh,Quality", *(f"M1,2024-07-14 0{hour}:00,0.5,ACTUAL" for hour in range(5)))

    assert guess.declared["quality"]["codes"]["ESTIMATED"] == "estimated"


@pytest.mark.parametrize(("name", "words"), [("type", "AE"), ("phase", "AE"), ("status", "XY")])
def test_other_letters_are_no_quality(name: str, words: str) -> None:
    rows = (f"M1,2024-07-14 0{hour}:00,0.5,{words[hour % 2]}" for hour in range(5))

    assert "quality" not in guessed(f"meter,time,kWh,{name}", *rows).declared


@pytest.mark.parametrize(("name", "says"), [("multiplier", "40"), ("CT ratio", "200/5"), ("Wandlerfaktor", "30")])
def test_a_column_of_factors_is_asked_about(name: str, says: str) -> None:
    guess = guessed(f"meter,time,kWh,{name}", *(f"M1,2024-07-14 0{hour}:00,0.5,{says}" for hour in range(5)))

    assert [doubt for doubt in guess.doubts if "multiplied" in doubt and says in doubt]


@pytest.mark.parametrize(("name", "says"), [("multiplier", "1"), ("multiplier", "1.0"), ("power factor", "0.9")])
def test_a_factor_of_one_and_a_power_factor_are_none(name: str, says: str) -> None:
    guess = guessed(f"meter,time,kWh,{name}", *(f"M1,2024-07-14 0{hour}:00,0.5,{says}" for hour in range(5)))

    assert guess.doubts == ()


def test_a_factor_in_a_values_name_is_asked_about() -> None:
    guess = guessed("meter,time,kWh x 10", *(f"M1,2024-07-14 0{hour}:00,5" for hour in range(5)))

    assert [doubt for doubt in guess.doubts if "names a factor" in doubt]


def test_phases_that_measured_the_same_are_told_apart_all_the_same() -> None:
    rows = (f"M1,2024-07-14 0{hour}:00,L{phase},0.1" for hour in range(4) for phase in (1, 2, 3))

    guess = guessed("meter,time,phase,kWh", *rows)

    assert [doubt for doubt in guess.doubts if "told apart by 'phase'" in doubt]
