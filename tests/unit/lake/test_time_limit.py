"""Queries that run too long are stopped, by one thread however many lakes are open."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import duckdb
import pytest

from meterlake.lake import time_limit
from meterlake.lake.errors import QueryTooLong
from meterlake.lake.time_limit import TimeLimit
from tests.landing import half_hours, select, take_in, write_london

ENDLESS = "SELECT count(*) FROM range(1_000_000_000_000)"


def watchmen() -> int:
    return sum(thread.name == "query-time-limit" for thread in threading.enumerate())


def test_a_query_that_runs_too_long_is_stopped_and_one_that_does_not_is_left_alone() -> None:
    with duckdb.connect() as slow, duckdb.connect() as quick, TimeLimit(60).watching(quick):
        with pytest.raises(QueryTooLong), TimeLimit(0.2).watching(slow):
            slow.execute(ENDLESS)
        assert quick.execute("SELECT 1").fetchall() == [(1,)]
        # The stopped connection answers again, and is stopped again.
        assert slow.execute("SELECT 1").fetchall() == [(1,)]
        with pytest.raises(QueryTooLong), TimeLimit(0.2).watching(slow):
            slow.execute(ENDLESS)


def test_a_shorter_limit_is_kept_beside_a_longer_one_that_began_before() -> None:
    with duckdb.connect() as patient, duckdb.connect() as hasty, TimeLimit(60).watching(patient):
        time.sleep(0.05)
        began = time.monotonic()
        with pytest.raises(QueryTooLong), TimeLimit(0.3).watching(hasty):
            hasty.execute(ENDLESS)
        assert time.monotonic() - began < 30


def test_many_lakes_are_watched_by_one_thread_that_goes_when_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limit, "_IDLE_SECONDS", 0.05)
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-01", range(48))))

    for _ in range(20):
        select(tmp_path / "lake", "SELECT count(*) FROM readings")
        assert watchmen() <= 1

    # It wakes at the end of the last query's time at the latest; a query with less wakes it now.
    with duckdb.connect() as connection, TimeLimit(0.1).watching(connection):
        pass
    waited = time.monotonic() + 60
    while watchmen() and time.monotonic() < waited:
        time.sleep(0.05)
    assert watchmen() == 0
