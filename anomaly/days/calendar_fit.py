"""Ridge regressions on the calendar, all meters at once, each from its own days alone.

Enters: one design and the values of all meters. Leaves: what each meter's own history says of any day. The normal
equations of all meters are one matrix product, because they share the columns and differ in which days they have.
Residuals beyond a few noises count as that many (Huber, "Robust estimation of a location parameter", The Annals of
Mathematical Statistics 35, 1964).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.anomaly.days.calendar_design import YEAR_DAYS, CalendarDesign

Floats = NDArray[np.float64]

_USUAL_NOISE = 0.25
_LEAST_NOISE = 1e-3
_ROUNDS = 3
# Of a year that was not seen yet nothing is said: its season is held at 0.
_UNSEEN_YEAR_PENALTY = 1e4
# The mean distance of a normal value from its mean is its standard deviation divided by this.
_MEAN_DISTANCE = float(np.sqrt(np.pi / 2))


@dataclass(frozen=True)
class CalendarFit:
    """What was fitted.

    Attributes:
        coefficients: `(n_meters, n_columns)`.
        noise: Standard deviation of a day round the fit, `(n_meters,)`.
    """

    coefficients: Floats
    noise: Floats


def fit_calendar(values: Floats, design: CalendarDesign, clip_sigmas: float) -> CalendarFit:
    """Fit every meter.

    Args:
        values: `(n_meters, n_days)`; NaN where a day is missing.
        design: The columns of these days.
        clip_sigmas: Residuals beyond so many noises count as that many.
    """
    is_known = np.isfinite(values)
    columns = design.columns
    count = columns.shape[1]
    products = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    normal = (is_known.astype(float) @ products).reshape(-1, count, count)
    normal[:, np.arange(count), np.arange(count)] += _penalties(is_known.sum(axis=1), design)
    seen = np.where(is_known, values, 0.0)
    days = np.maximum(is_known.sum(axis=1), 1)
    for _ in range(_ROUNDS):
        coefficients = np.linalg.solve(normal, (seen @ columns)[:, :, None])[:, :, 0]
        fitted = coefficients @ columns.T
        residuals = np.where(is_known, values - fitted, 0.0)
        noise = np.maximum(_MEAN_DISTANCE * np.abs(residuals).sum(axis=1) / days, _LEAST_NOISE)
        reach = (clip_sigmas * noise)[:, None]
        seen = np.where(is_known, fitted + np.clip(residuals, -reach, reach), 0.0)
    return CalendarFit(np.asarray(coefficients, dtype=float), noise)


def _penalties(days_known: NDArray[np.int64], design: CalendarDesign) -> Floats:
    """Return what is added to the diagonal, `(n_meters, n_columns)`."""
    usual = (_USUAL_NOISE / design.spread) ** 2
    unseen = np.maximum(1.0 - days_known / YEAR_DAYS, 0.0)
    return np.asarray(usual[None, :] + _UNSEEN_YEAR_PENALTY * unseen[:, None] * design.is_season[None, :])
