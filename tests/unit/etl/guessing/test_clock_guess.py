"""A clock that a file names is heeded where it is certain, and asked for where many places have one of that name."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.guessing.guess import Guess, guess_of
from meterlake.etl.landing.landed_file import LandedFile


def guessed(folder: Path, header: str, *rows: str, is_zone_said: bool = False) -> Guess:
    path = folder / "export.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    guess = guess_of(LandedFile.at(path).read_head(), is_zone_said=is_zone_said)
    assert guess is not None
    _ = guess.declaration
    return guess


@pytest.mark.parametrize("name", ["time (CET)", "Time (UTC+01:00)", "time_utc+1", "Timestamp EST"])
def test_a_clock_in_a_columns_name_is_asked_for(tmp_path: Path, name: str) -> None:
    rows = ("M1,2024-07-14 00:00,0.5", "M1,2024-07-14 00:30,0.7")

    guess = guessed(tmp_path, f"meter,{name},kWh", *rows)

    assert [doubt for doubt in guess.doubts if "say `zone`" in doubt]
    assert "zone" not in guess.declared["time"]
    assert guessed(tmp_path, f"meter,{name},kWh", *rows, is_zone_said=True).doubts == ()


def test_utc_alone_in_a_columns_name_is_its_clock(tmp_path: Path) -> None:
    guess = guessed(tmp_path, "meter,time_utc,kWh", "M1,2024-07-14 00:00,0.5", "M1,2024-07-14 00:30,0.7")

    assert (guess.declared["time"]["zone"], guess.doubts) == ("UTC", ())


def test_times_that_name_their_clock_ask_for_the_zone(tmp_path: Path) -> None:
    rows = ("M1,2024-07-14 00:00 EDT,0.5", "M1,2024-07-14 00:30 EDT,0.7")

    guess = guessed(tmp_path, "meter,time,kWh", *rows)

    assert guess.declared["time"]["format"] == "%Y-%m-%d %H:%M %Z"
    assert len(guess.doubts) == 1
    assert guessed(tmp_path, "meter,time,kWh", *rows, is_zone_said=True).doubts == ()


def test_a_column_of_clocks_is_read_with_the_time(tmp_path: Path) -> None:
    rows = ("M1,2024-11-03 01:30,EDT,0.5", "M1,2024-11-03 01:00,EST,0.7")

    guess = guessed(tmp_path, "meter,time,tz,kWh", *rows, is_zone_said=True)

    assert guess.declared["time"] == {"column": ["time", "tz"], "format": "%Y-%m-%d %H:%M %Z"}


def test_a_column_of_offsets_needs_no_zone(tmp_path: Path) -> None:
    rows = ("M1,2024-10-27 02:30,+02:00,0.5", "M1,2024-10-27 02:00,+01:00,0.7", "M1,2024-10-27 02:30,+01:00,0.7")

    guess = guessed(tmp_path, "meter,time,offset,kWh", *rows)

    assert guess.declared["time"] == {"column": ["time", "offset"], "format": "%Y-%m-%d %H:%M %z"}
    assert guess.doubts == ()


def test_a_column_of_one_zone_is_the_zone_and_of_two_is_asked_about(tmp_path: Path) -> None:
    one = guessed(tmp_path, "meter,time,zone,kWh", *(f"M1,2024-07-14 0{hour}:00,Asia/Tokyo,0.5" for hour in range(3)))
    two = guessed(tmp_path, "meter,time,zone,kWh", "A,2024-07-14 00:00,Asia/Tokyo,1", "B,2024-07-14 00:00,Asia/Seoul,1")

    assert (one.declared["time"]["zone"], one.doubts) == ("Asia/Tokyo", ())
    assert any("several zones" in doubt for doubt in two.doubts)
