"""Values of any length over one another: every minute counts once, whatever came in whichever order, and an undo is exact."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.merging.quality_order import quality_order
from meterlake.etl.undo import undo_ingest
from tests.examples import examples
from tests.landing import adds_up, differences, lake_settings, select, take_in, whole_lake
from tests.three_ways import by_api, by_command
from tests.values_of_any_length import DECLARED, Row, write_values


def lake_of(folder: Path, *files: list[Row]) -> Path:
    """Take files into a lake, one after the other."""
    for number, rows in enumerate(files):
        report = take_in(folder / "lake", write_values(folder / f"{number}.csv", rows), mapping=DECLARED)
        assert adds_up(report) and not report.refused
    return folder / "lake"


def days(root: Path) -> list[tuple[Any, ...]]:
    return select(root, "SELECT round(energy_kwh, 6), minutes_present FROM consumption_daily ORDER BY local_date")


def overlaps(root: Path) -> list[tuple[Any, ...]]:
    """Return the readings that begin before another of their series has ended."""
    return select(
        root,
        """SELECT meter_id, interval_start FROM (
               SELECT *, lag(interval_end) OVER (PARTITION BY meter_id, quantity ORDER BY interval_start) AS before FROM readings)
           WHERE before > interval_start""",
    )


def test_a_utility_has_an_order_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_QUALITY_ORDER", "edited, actual, estimated, suspect")

    root = lake_of(tmp_path, every(30, 0.5, "S"), every(30, 0.9))

    assert days(root) == [(24.0, 1440)]
    assert select(root, "SELECT DISTINCT quality FROM readings") == [("edited",)]


@pytest.mark.parametrize(
    "order", ["actual", "actual, edited, estimated, withdrawn", "actual, edited, estimated, doubtful"]
)
def test_an_order_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    monkeypatch.setenv("METERLAKE_QUALITY_ORDER", order)

    with pytest.raises(ValueError, match="quality_order"):
        quality_order()


def every(minutes: int, value: float, quality: str = "A", *, until: int = 1440) -> list[Row]:
    return [(start, start + minutes, value, quality) for start in range(0, until, minutes)]


HALVES, HOURS = every(30, 0.5), every(60, 1.0)


@pytest.mark.parametrize(
    ("files", "kwh", "minutes"),
    [
        pytest.param([HALVES, HOURS], 24.0, 1440, id="hours that agree after their half-hours"),
        pytest.param([HOURS, HALVES], 24.0, 1440, id="half-hours after their hours"),
        pytest.param([HOURS + HALVES], 24.0, 1440, id="both in one file"),
        pytest.param([HALVES, [(600, 660, 1.2, "A")]], 24.2, 1440, id="an hour that corrects two half-hours"),
        pytest.param([HALVES[:40], [(0, 1440, 24.0, "A")]], 24.0, 1440, id="a day's total after most of its parts"),
        pytest.param([[(0, 1440, 24.0, "A")], HALVES[:40]], 24.0, 1440, id="parts after their total"),
        pytest.param([[(0, 1440, 24.0, "A")], [(600, 630, 0.5, "A")]], 24.0, 1440, id="one part of a total"),
        pytest.param([HALVES, [(600, 630, "", "N")]], 23.5, 1410, id="a value withdrawn"),
        pytest.param([HALVES, [(600, 630, "", "N")], [(600, 630, 0.4, "A")]], 23.9, 1440, id="and sent again"),
        pytest.param([every(30, 0.9, "E"), HALVES, [(600, 630, "", "N")]], 23.5, 1410, id="with what lay under it"),
        pytest.param([[(0, 1440, 24.0, "A")], HALVES[:1], [(0, 30, "", "N")]], 24.0, 1440, id="a part withdrawn"),
        pytest.param([[(600, 630, "", "N")], HALVES[:2]], 1.0, 60, id="nothing that was there withdrawn"),
        pytest.param([[*HALVES[:2], (0, 30, "", "N")]], 0.5, 30, id="a value withdrawn in its own file"),
        pytest.param([HALVES, every(30, 0.9, "E")], 24.0, 1440, id="late estimates over actual values"),
        pytest.param([every(30, 0.9, "E"), HALVES], 24.0, 1440, id="actual values over estimates"),
        pytest.param([every(30, 0.9, "E"), HALVES[:10]], 5 + 38 * 0.9, 1440, id="some actual values over estimates"),
        pytest.param([every(30, 0.9, "S"), every(30, 0.7, "E")], 48 * 0.7, 1440, id="estimates before substitutes"),
        pytest.param([[(0, 60, 1.0, "A")], [(30, 90, 2.0, "A")]], 3.0, 90, id="two that cut each other"),
        pytest.param([every(15, 0.25, until=720), every(60, 1.0)], 24.0, 1440, id="a length that changes at noon"),
    ],
)
def test_every_minute_counts_once(tmp_path: Path, files: list[list[Row]], kwh: float, minutes: int) -> None:
    root = lake_of(tmp_path, *files)

    assert overlaps(root) == []
    [(found, present)] = days(root)
    if minutes == 1440:
        assert (found, present) == (pytest.approx(kwh), minutes)
    else:
        assert found <= kwh and present <= minutes


def test_what_lies_under_others_is_kept_with_what_lies_over_it(tmp_path: Path) -> None:
    root = lake_of(tmp_path, [(0, 60, 1.0, "A")], [(0, 30, 0.75, "A")])

    assert select(
        root, "SELECT strftime(interval_start, '%H:%M'), value, reading_type FROM readings ORDER BY interval_start"
    ) == [("22:00", 0.75, "interval"), ("22:30", 0.25, "remainder")]
    assert select(
        root,
        """SELECT value, source_file LIKE '%1.csv' FROM covered JOIN ingests ON ingests.ingest_id = covered_by""",
    ) == [(1.0, True)]
    assert [row["covered"] for row in by_command(root, "ingests")] == [0, 1]
    assert [row["covered"] for row in by_api(root, "/v1/ingests", "ingests")] == [0, 1]
    again = take_in(
        root, write_values(tmp_path / "again.csv", [(0, 60, 1.0, "A"), (0, 30, 0.75, "A")]), mapping=DECLARED
    )
    assert not again.refused
    assert (again.accounts[0].duplicates, again.accounts[0].rows_stored) == (2, 0)


PARTS = [0.25 + (slot % 7) / 8 for slot in range(32)]  # the truth, a quarter-hour each


def agreeing(bounds: tuple[int, int]) -> Row:
    start, end = sorted(bounds)
    return (15 * start, 15 * (end + 1), sum(PARTS[start : end + 1]), "A")


agreeing_files = st.lists(
    st.lists(st.tuples(st.integers(0, 31), st.integers(0, 31)).map(agreeing), min_size=1, max_size=6),
    min_size=1,
    max_size=4,
)


@settings(max_examples=examples(2), deadline=None, derandomize=True)
@given(agreeing_files, st.randoms(use_true_random=False))
def test_values_that_agree_give_the_same_in_any_order(files: list[list[Row]], chance: random.Random) -> None:
    whole = (0, 480, sum(PARTS), "A")
    with tempfile.TemporaryDirectory() as scratch:
        found = []
        for number in range(2):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            shuffled = [[*rows] for rows in [*files, [whole]]]
            chance.shuffle(shuffled)
            root = lake_of(folder, *shuffled)
            assert overlaps(root) == []
            found.append(days(root))
        assert found[0] == found[1] == [(round(sum(PARTS), 6), 480)]


any_row = st.builds(
    lambda start, length, value, quality: (15 * start, 15 * (start + length), value / 4, quality),
    st.integers(0, 7), st.integers(1, 6), st.integers(0, 8), st.sampled_from("AAESN"),
)  # fmt: skip
any_files = st.lists(st.lists(any_row, min_size=1, max_size=5), min_size=2, max_size=4)
ACTS = st.lists(st.integers(0, 3), min_size=2, max_size=6)


@settings(max_examples=examples(2), deadline=None, derandomize=True)
@given(any_files, ACTS)
def test_an_undo_uncovers_what_lay_under(files: list[list[Row]], acts: list[int]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder, standing = Path(scratch), list[int]()
        paths = [write_values(folder / f"{number}.csv", [*rows, (30 * (40 + number), 30 * (41 + number), 9, "A")])
                 for number, rows in enumerate(files)]  # fmt: skip
        root = folder / "lake"
        for act in acts:
            number = act % len(files)
            if number in standing:
                found = select(root, f"SELECT ingest_id FROM ingests WHERE source_file = '{paths[number]}'")
                undo_ingest(str(found[0][0]), lake_settings(root))
                standing.remove(number)
            else:
                take_in(root, paths[number], mapping=DECLARED)
                standing.append(number)
            assert overlaps(root) == []
        for number in standing:
            take_in(folder / "fresh", paths[number], mapping=DECLARED)
        if standing:
            assert differences(whole_lake(root), whole_lake(folder / "fresh")) == {}
