"""What files do not say themselves is said once: by the environment, or for a run, which wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import ReadOptions
from tests.landing import half_hours, select, take_in, write_london


def test_readings_before_the_earliest_year_of_the_environment_are_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERLAKE_EARLIEST_YEAR", "2013")
    rows = half_hours("M1", "2012-12-31", [1]) + half_hours("M1", "2013-01-01", [2])

    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows))

    assert select(tmp_path / "lake", "SELECT value FROM readings") == [(2.0,)]
    assert select(tmp_path / "lake", "SELECT reason FROM quarantine") == [("bad_time",)]


def test_what_is_said_for_a_run_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_INTERVAL_MINUTES", "15")
    monkeypatch.setenv("METERLAKE_TIME_ZONE", "Europe/London")

    options = ReadOptions(interval_minutes=60)

    assert (options.interval_minutes, options.time_zone) == (60, "Europe/London")
