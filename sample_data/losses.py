"""Readings that never arrive though the power is on: gaps of one meter, and a head-end system that loses a slot.

Enters: the sample's size and random streams. Leaves: gaps as runs of half-hours, head-end losses as a slot and a
share. A head-end loss strikes meters all over the town at once; that is what tells it from a power cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAPS_PER_YEAR = 2.2
LONG_GAP_SHARE = 0.12
HEAD_END_LOSSES_PER_YEAR = 8.0


@dataclass(frozen=True)
class HeadEndLoss:
    """One slot that a share of all meters fails to deliver."""

    slot: int
    lost_share: float


def plan_head_end_losses(slots: int, stream: np.random.Generator) -> tuple[HeadEndLoss, ...]:
    """Draws the head-end losses of a sample, at least one, each of 10 to 15 % of the meters."""
    count = max(1, int(stream.poisson(HEAD_END_LOSSES_PER_YEAR * slots / (48 * 365))))
    at_slots = np.sort(stream.choice(slots, size=min(count, slots), replace=False))
    return tuple(HeadEndLoss(int(slot), float(stream.uniform(0.10, 0.15))) for slot in at_slots)


def draw_gaps(slots: int, stream: np.random.Generator) -> NDArray[np.bool_]:
    """Draws one meter's gaps, most of an hour or two, some of days.

    Args:
        slots: length of the sample.
        stream: the meter's own stream for gaps.

    Returns:
        Whether each half-hour is lost, `(slots,)`.
    """
    is_lost = np.zeros(slots, dtype=bool)
    for _ in range(stream.poisson(GAPS_PER_YEAR * slots / (48 * 365))):
        first = int(stream.integers(0, slots))
        is_long = stream.random() < LONG_GAP_SHARE
        length = int(stream.integers(24, 300)) if is_long else int(stream.geometric(0.45))
        is_lost[first : first + length] = True
    return is_lost


def find_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Finds the runs of True.

    Args:
        flags: `(n,)`.

    Returns:
        `(first, end)` of each run, half-open.

    Example:
        >>> find_runs(np.array([True, False, True, True]))
        [(0, 1), (2, 4)]
    """
    steps = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))
