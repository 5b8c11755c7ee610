"""A level that follows a meter from day to day: each day is judged before it counts.

Enters: how far each day lay from the fit, in order of the days. Leaves: for each day what the days before it say of
the level, and how far the day lay from that. Ordinary days move the level slowly. A third day in a row that is off to
the same side is no chance any more: the level moves to the mean of the three. A day that lies where the level was
before its last move brings it back at once. So a step or a vacancy is followed on its fourth day, a return on its second,
and a slow drift lags behind and shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_HALF_LIFE_DAYS = 20.0
_WEIGHT = 1.0 - 0.5 ** (1.0 / _HALF_LIFE_DAYS)
# A single day moves the level no more than if it lay so far off.
_CLIP_SIGMAS = 2.0
_OFF_SIGMAS = 2.5
_RUN_DAYS = 3
_BACK_SIGMAS = 1.5


@dataclass(frozen=True)
class FollowedLevel:
    """What the days before each day say; every array is `(n_meters, n_days)`.

    Attributes:
        level: Where the day is expected, relative to the fit.
        news: How far it lay from there; NaN where it is missing.
        silent_days: How many days in a row before it are missing.
    """

    level: Floats
    news: Floats
    silent_days: Floats


class _State:
    """Where the level of every meter stands; all arrays are `(n_meters,)`."""

    def __init__(self, noise: Floats) -> None:
        self.noise = noise
        self.level, self.silent_days = np.zeros((2, noise.size))
        # The run of days off to one side: the side, how many, their sum.
        self.side, self.run, self.total = np.zeros((3, noise.size))
        self.level_before = np.full(noise.size, np.nan)

    def take(self, residual: Floats) -> None:
        """Let a day count; NaN where it is missing."""
        is_known = np.isfinite(residual)
        news = np.where(is_known, residual - self.level, 0.0)
        side = np.where(np.abs(news) > _OFF_SIGMAS * self.noise, np.sign(news), 0.0)
        goes_on = (side == self.side) & (side != 0)
        self.run = np.where(is_known, np.where(goes_on, self.run + 1, side != 0), self.run)
        self.total = np.where(is_known, np.where(goes_on, self.total, 0.0) + residual, self.total)
        self.side = np.where(is_known, side, self.side)
        is_back = is_known & (side != 0) & (np.abs(residual - self.level_before) < _BACK_SIGMAS * self.noise)
        has_moved = is_back | (is_known & (self.run >= _RUN_DAYS))
        crept = self.level + _WEIGHT * np.clip(news, -_CLIP_SIGMAS * self.noise, _CLIP_SIGMAS * self.noise)
        moved = np.where(is_back, self.level_before, self.total / _RUN_DAYS)
        self.level_before = np.where(has_moved, self.level, self.level_before)
        self.level = np.where(has_moved, moved, crept)
        self.run, self.side = np.where(has_moved, 0.0, self.run), np.where(has_moved, 0.0, self.side)
        self.silent_days = np.where(is_known, 0.0, self.silent_days + 1)


def follow_level(residuals: Floats, noise: Floats) -> FollowedLevel:
    """Follow every meter.

    Args:
        residuals: Values less what the fit says, `(n_meters, n_days)`; NaN where a day is missing.
        noise: The standard deviation of an ordinary day, `(n_meters,)`.
    """
    by_day = np.ascontiguousarray(residuals.T)
    levels, silences = np.empty_like(by_day), np.empty_like(by_day)
    state = _State(noise)
    for day, residual in enumerate(by_day):
        levels[day], silences[day] = state.level, state.silent_days
        state.take(residual)
    return FollowedLevel(levels.T, residuals - levels.T, silences.T)
