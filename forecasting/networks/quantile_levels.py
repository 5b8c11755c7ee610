"""From the quantiles that a network gives to those that are asked for, and to a mean.

Enters: values at the network's own levels. Leaves: values at any level, the mean, and levels moved so that what was
held back lay below each as often as it says.
"""

from __future__ import annotations

import numpy as np

from meterlake.forecasting.panels.panel import Floats, Panel

_LEAST_TRAINING_DAYS = 28


def at_levels(values: Floats, known: tuple[float, ...], wanted: tuple[float, ...]) -> Floats:
    """Return values at other levels, on straight lines between the known ones; beyond the outermost, that one.

    Args:
        values: Ascending, `(..., n_known)`.
        known: Levels of the values, ascending.
        wanted: Levels asked for.

    Returns:
        `(..., n_wanted)`.
    """
    above = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    low, high = np.array(known)[above - 1], np.array(known)[above]
    part = np.clip((np.array(wanted) - low) / (high - low), 0, 1).astype(np.float32)
    found: Floats = values[..., above - 1] * (1 - part) + values[..., above] * part
    return found


def mean_of(values: Floats, known: tuple[float, ...]) -> Floats:
    """Return the mean of the distribution whose quantiles these are, `(...,)`.

    The area under the quantile function: a line between levels, flat below the lowest, and above the highest the
    mean of the exponential tail that goes through the last two.
    """
    widths = np.diff(known).astype(np.float32)
    area = (values[..., :-1] + values[..., 1:]) @ (widths / 2) + values[..., 0] * known[0]
    beyond = 1 - known[-1]
    tail = values[..., -1] + (values[..., -1] - values[..., -2]) / np.log((1 - known[-2]) / beyond)
    mean: Floats = (area + tail * beyond).astype(np.float32)
    return mean


def intervals_kept_aside(panel: Panel, calibration_days: int, horizon_intervals: int) -> int:
    """Return how many of a panel's last intervals are kept out of training to calibrate on.

    None where they would hold no horizon, or leave too little to learn from.
    """
    aside = calibration_days * panel.intervals_a_day
    is_enough = panel.intervals - aside >= _LEAST_TRAINING_DAYS * panel.intervals_a_day and aside >= horizon_intervals
    return aside if is_enough else 0


def calibrated_levels(values: Floats, measured: Floats, known: tuple[float, ...]) -> tuple[float, ...]:
    """Return the level to ask the network for, in place of each of its own.

    Args:
        values: What the network gave for rows it has not learned from, `(n_rows, n_known)`.
        measured: What was measured, `(n_rows,)`.
        known: Levels of the values.
    """
    if not len(measured):
        return known
    below = (measured[:, None] <= values).mean(axis=0)
    # A level was right as often as `below` says: the level that is right `known` of the time lies between.
    return tuple(np.clip(np.interp(known, np.maximum.accumulate(below), known), known[0], known[-1]).tolist())
