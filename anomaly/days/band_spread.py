"""How far ordinary days lie from their level, and how far the meter went before: a band's width, and its ranking.

Enters: a followed level. Leaves: the noise of each day, and what a day is held against when days of different meters
are ranked. Everything is counted from days before the month.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meterlake.anomaly.days.following_level import FollowedLevel

Floats = NDArray[np.float64]

# Single wild days widen the noise no more than as if they lay so far off.
_CLIP_SIGMAS = 4.0
# Homes have heavy tails: the band reaches at least as far as if this share of the days lay within so many noises.
_FAR_SHARE, _FAR_SIGMAS = 0.98, 2.33
# An event is news for three days, until the level follows, and on the day of the return: one alone is no tail.
_NEWS_OF_AN_EVENT = 4
# What a home's day usually scatters by, and how many days of its own weigh as much as that.
_USUAL_NOISE, _USUAL_DAYS = 0.4, 40.0
_SILENT_DAYS_THAT_DOUBLE_VARIANCE = 30.0
# Days of the same event are no precedent of each other.
_DAYS_OF_AN_EVENT = 8
# Every home is empty at some time and falls to about a seventh of its use, whether it did so before or not.
_USUAL_FALL = 1.2
# A meter of so many days may be half as sure of what is new to it.
_YOUNG_DAYS = 60.0


def noise_of_days(followed: FollowedLevel, known: int) -> Floats:
    """Return the noise of each day, `(n_meters, n_days)`.

    Args:
        followed: The level, of days before the month and of the month.
        known: How many of the days lie before the month: they alone are counted.
    """
    news = followed.news[:, :known]
    is_known = np.isfinite(news)
    count = is_known.sum(axis=1)
    distance = np.where(is_known, np.abs(news), 0.0)
    usual = np.sqrt(np.pi / 2) * distance.sum(axis=1) / np.maximum(count, 1)
    clipped = np.minimum(distance, (_CLIP_SIGMAS * usual)[:, None])
    own = np.sqrt((clipped**2).sum(axis=1) / np.maximum(count, 1))
    noise = np.maximum(beside_usual(own, count), _far(distance, is_known) / _FAR_SIGMAS)
    return np.asarray(noise[:, None] * np.sqrt(1 + followed.silent_days / _SILENT_DAYS_THAT_DOUBLE_VARIANCE))


def beside_usual(noise: Floats, days_seen: NDArray[np.int64]) -> Floats:
    """Return the noise of meters as far as so many days tell it, `(n_meters,)`: with few, what homes usually have."""
    squares = days_seen * noise**2 + _USUAL_DAYS * _USUAL_NOISE**2
    return np.asarray(np.sqrt(squares / (days_seen + _USUAL_DAYS)))


def farthest_before(followed: FollowedLevel, known: int) -> Floats:
    """Return how far from each day's level the farthest earlier days lie, `(2, n_meters, n_days of the month)`.

    A home that is back where it was before is no news, however far that is from where it was yesterday. Above comes
    first, then below.
    """
    residuals = followed.news + followed.level
    farthest = []
    for side, usual in ((1, 0.0), (-1, _USUAL_FALL)):
        reached = np.maximum.accumulate(np.where(np.isfinite(residuals), side * residuals, usual), axis=1)
        before = np.full_like(reached, usual)
        before[:, _DAYS_OF_AN_EVENT:] = np.maximum(reached[:, :-_DAYS_OF_AN_EVENT], usual)
        farthest.append(np.maximum((before - side * followed.level)[:, known:], 0.0))
    return np.stack(farthest)


def ranking_scatter(noise: Floats, noise_floor: float, days_seen: NDArray[np.int64]) -> Floats:
    """Return what distances are divided by where days of different meters are ranked, `(n_meters, n_days)`.

    Args:
        noise: The noise of each day.
        noise_floor: The scatter below which a day is no news.
        days_seen: How many days the fit has seen, `(n_meters,)`.
    """
    doubt = np.sqrt(1 + _YOUNG_DAYS / np.maximum(days_seen, 1))
    return np.asarray(np.hypot(noise, noise_floor) * doubt[:, None])


def _far(distance: Floats, is_known: NDArray[np.bool_]) -> Floats:
    """Return what most of each meter's distances lie below, `(n_meters,)`; those of one event alone are left out."""
    count = is_known.sum(axis=1)
    in_order = np.sort(np.where(is_known, distance, np.inf), axis=1)
    place = np.maximum(np.minimum(_FAR_SHARE * count - 1, count - 1 - _NEWS_OF_AN_EVENT), 0).astype(int)
    far = np.take_along_axis(in_order, place[:, None], axis=1)[:, 0]
    return np.where(np.isfinite(far), far, 0.0)
