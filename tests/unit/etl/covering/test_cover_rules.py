"""What stands of statements that overlap, by hand and for any set of intervals."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meterlake.etl.covering.cover_rules import Cover, Kind, Piece, Statement, lying_over

MINUTE, KWH = 60_000_000, 1_000_000_000
ENERGY, SIGNED, MEAN = Kind(True, False), Kind(True, True), Kind(False, True)
HALVES = [(slot * 30, slot * 30 + 30, 0.5) for slot in range(48)]


def said(*files: Sequence[tuple[float, float, float | None]], rank: Sequence[int] = ()) -> list[Statement]:
    """Return statements in minutes and kilowatt-hours, a file after the other."""
    return [
        Statement(
            int(start * MINUTE), int(end * MINUTE), None if value is None else round(value * KWH),
            rank[arrival] if rank else 0, arrival, rank[arrival] if rank else 0,
        )
        for arrival, rows in enumerate(files)
        for start, end, value in rows
    ]  # fmt: skip


def standing(statements: list[Statement], kind: Kind = ENERGY) -> list[tuple[float, float, float]]:
    """Return what stands, in minutes and kilowatt-hours."""
    pieces = Cover(statements, kind).pieces()
    return [(piece.start / MINUTE, piece.end / MINUTE, round(value_of(piece, statements) / KWH, 9)) for piece in pieces]


def value_of(piece: Piece, statements: Sequence[Statement]) -> int:
    value = statements[piece.owner].value if piece.value is None else piece.value
    assert value is not None
    return value


def total(statements: list[Statement], kind: Kind = ENERGY) -> float:
    return round(sum(value for _, _, value in standing(statements, kind)), 6)


def test_hours_that_agree_with_half_hours_leave_them_as_they_are() -> None:
    hours = [(hour * 60, hour * 60 + 60, 1.0) for hour in range(24)]

    assert standing(said(HALVES, hours)) == HALVES
    assert standing(said(hours, HALVES)) == HALVES


def test_an_hour_that_says_otherwise_takes_the_place_of_its_half_hours() -> None:
    found = standing(said(HALVES, [(600, 660, 1.2)]))

    assert [row for row in found if 600 <= row[0] < 660] == [(600, 660, 1.2)]
    assert total(said(HALVES, [(600, 660, 1.2)])) == 24.2


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
@pytest.mark.parametrize("estimate", [(30, 60, 0.9), (45, 75, 0.9), (0, 60, 1.3)])
def test_an_estimate_never_coarsens_what_was_measured(order: list[int], estimate: tuple[float, float, float]) -> None:
    files = [[(0, 30, 0.25)], [(0, 60, 1.0)], [estimate]]

    found = standing(said(*(files[place] for place in order), rank=[int(place == 2) for place in order]))

    assert [row for row in found if row[0] < 60] == [(0, 30, 0.25), (30, 60, 0.75)]


@pytest.mark.parametrize("day_comes_first", [True, False])
def test_a_day_gives_the_half_hours_that_are_missing_what_they_leave(day_comes_first: bool) -> None:
    day, some = [(0.0, 1440.0, 24.0)], HALVES[:40]

    found = standing(said(day, some) if day_comes_first else said(some, day))

    assert found == [*some, (1200, 1440, 4.0)]


def test_what_is_left_in_several_places_is_shared_by_their_length_and_nobody_measured_it() -> None:
    statements = said([(0, 1440, 24.0)], HALVES[10:30])

    pieces = [piece for piece in Cover(statements, ENERGY).pieces() if piece.value is not None]

    assert [(piece.start // MINUTE, piece.value, piece.is_shared) for piece in pieces] == [
        (0, 14 * KWH * 5 // 14, True),
        (900, 14 * KWH * 9 // 14, True),
    ]


def test_parts_that_say_more_than_their_total_leave_nothing_of_it() -> None:
    assert standing(said([(0, 60, 1.0)], [(0, 30, 1.5)])) == [(0, 30, 1.5)]
    assert standing(said([(0, 30, 1.5)], [(0, 60, 1.0)])) == [(0, 60, 1.0)]
    assert standing(said([(0, 60, 1.0)], [(0, 30, 1.5)]), SIGNED) == [(0, 30, 1.5), (30, 60, -0.5)]


def test_of_intervals_that_cross_the_newer_stands_and_the_rest_of_the_older_is_not_known() -> None:
    assert standing(said([(0, 60, 1.0)], [(30, 90, 2.0)])) == [(30, 90, 2.0)]
    assert standing(said([(30, 90, 2.0)], [(0, 60, 1.0)])) == [(0, 60, 1.0)]


def test_better_quality_wins_whenever_it_comes() -> None:
    actual, estimated = [(0, 30, 1.0)], [(0, 30, 0.4)]

    assert standing(said(actual, estimated, rank=[0, 1])) == actual
    assert standing(said(estimated, actual, rank=[1, 0])) == actual
    # An estimated total is no reason to doubt what was measured; what is left of it stays an estimate.
    assert standing(said(actual, [(0, 60, 3.0)], rank=[0, 1])) == [(0, 30, 1.0), (30, 60, 2.0)]


def test_a_month_holds_a_day_that_holds_an_hour() -> None:
    month, day, hour = [(0.0, 43200.0, 300.0)], [(1440.0, 2880.0, 12.0)], [(1500.0, 1560.0, 2.0)]

    for files in ((month, day, hour), (hour, day, month), (day, month, hour), (hour, month, day)):
        assert total(said(*files)) == 300.0
        assert (1500.0, 1560.0, 2.0) in standing(said(*files))


def test_a_withdrawal_takes_away_what_was_said_before_it() -> None:
    withdrawn = [(0, 30, None)]

    assert standing(said([(0, 30, 1.0)], withdrawn)) == []
    assert standing(said([(0, 30, 1.0)], withdrawn, [(0, 30, 2.0)])) == [(0, 30, 2.0)]


def test_a_part_of_a_mean_is_as_large_as_the_whole() -> None:
    assert standing(said([(0, 60, 20.0)], [(0, 15, 25.0)]), MEAN) == [(0, 15, 25.0), (15, 60, 20.0)]


def test_what_does_not_stand_names_what_lies_over_it() -> None:
    statements = said([(0, 60, 1.0), (60, 120, 1.0)], [(0, 60, 2.0)], [(0, 30, 0.4)], [(60, 120, None)])

    assert lying_over(statements, Cover(statements, ENERGY).pieces()) == {0: 3, 1: 4, 2: 3, 4: None}


# Intervals of a tree: each lies in another or beside it.
LENGTHS = (15, 30, 60, 240, 1440)
nodes = st.tuples(st.sampled_from(LENGTHS), st.integers(0, 95)).map(
    lambda node: (node[1] * 15 // node[0] * node[0], node[0])
)


@settings(max_examples=300, deadline=None)
@given(st.lists(nodes, min_size=1, max_size=30, unique=True), st.integers(0, 2**32))
def test_values_that_agree_give_the_same_in_any_order(intervals: list[tuple[int, int]], seed: int) -> None:
    chance = random.Random(seed)
    truth = [chance.choice((0, 1, 2, 1000)) * 1_000_000 for _ in range(1440)]
    sums = [
        Statement(start * MINUTE, (start + length) * MINUTE, sum(truth[start : start + length]), 0, 0)
        for start, length in intervals
    ]
    outermost = [
        one
        for one in sums
        if not any(other != one and other.start <= one.start and one.end <= other.end for other in sums)
    ]

    for _ in range(3):
        chance.shuffle(sums)
        statements = [one._replace(arrival=arrival) for arrival, one in enumerate(sums)]
        pieces = Cover(statements, ENERGY).pieces()

        assert sum(value_of(piece, statements) for piece in pieces) == sum(one.value or 0 for one in outermost)
        assert sum(piece.end - piece.start for piece in pieces) == sum(one.end - one.start for one in outermost)
        leaves = {
            (one.start, one.end, one.value)
            for one in sums
            if not any(other != one and one.start <= other.start and other.end <= one.end for other in sums)
        }
        assert leaves <= {(piece.start, piece.end, value_of(piece, statements)) for piece in pieces}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 40), st.one_of(st.none(), st.integers(0, 50)), st.integers(0, 2)),
        min_size=1, max_size=14,
    ),
    st.sampled_from([ENERGY, SIGNED, MEAN]),
)  # fmt: skip
def test_no_moment_stands_twice_whatever_is_said(rows: list[tuple[int, int, int | None, int]], kind: Kind) -> None:
    statements = [
        Statement(start, start + length, None if value is None else value * 10_000, rank, arrival, rank)
        for arrival, (start, length, value, rank) in enumerate(rows)
    ]

    pieces = Cover(statements, kind).pieces()

    assert all(one.end <= other.start for one, other in pairwise(pieces))
    over = lying_over(statements, pieces)
    whole = {piece.owner for piece in pieces if piece.value is None}
    assert set(over) | whole == set(range(len(statements))) and not set(over) & whole
