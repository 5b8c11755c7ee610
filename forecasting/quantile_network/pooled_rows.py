"""Examples for a pooled model: meters and origins drawn from a panel, with features and what was then measured.

Half of the origins are at the panel's own hour of issue, half anywhere, so that a model is best where it will be
asked and good elsewhere. Of a few examples most of the history is hidden, so that the model knows short histories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.forecasting.forecaster import Progress, no_progress
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.panels.slot_history import slot_history
from meterlake.forecasting.quantile_network.load_features import features_at

# An example in ten knows only so many days, none among them.
_HIDDEN_PART = 0.1
_KNOWN_DAYS = (0, 1, 2, 3, 5, 7, 10, 14)
_ALL_DAYS = 10**6
_LEAST_MEASURED_DAYS = 3
_FIRST_DAY = 7


@dataclass(frozen=True)
class PooledRows:
    """Examples, one a row.

    Attributes:
        features: `(n_rows, n_features)`, half precision: they are many.
        share: Measured energy over the level, `(n_rows,)`.
        level_kwh: `(n_rows,)`.
    """

    features: NDArray[np.float16]
    share: Floats
    level_kwh: Floats


def draw_rows(
    panel: Panel,
    horizon_intervals: int,
    rows: int,
    pooled_level_kwh: float,
    meters_an_origin: int,
    generator: np.random.Generator,
    progress: Progress = no_progress,
    earliest: int = 0,
    hide: bool = True,
) -> PooledRows:
    """Return about so many examples, fewer where readings are missing.

    Args:
        panel: What was measured.
        horizon_intervals: Steps are drawn from these.
        rows: How many to draw.
        pooled_level_kwh: Level of a meter that is known for no day.
        meters_an_origin: How many meters are drawn at each origin.
        generator: Of all that is drawn.
        progress: Is told the part that is done.
        earliest: Place of the first interval that may be an origin.
        hide: Whether some examples are to know few days of their history.
    """
    slots = slot_history(panel, 0)
    day = panel.intervals_a_day
    latest = panel.intervals - horizon_intervals
    earliest = max(earliest, min(_FIRST_DAY * day, latest))
    steps_an_origin = min(horizon_intervals, 48)
    meters_an_origin = min(meters_an_origin, len(panel.meter_ids))
    origins = max(rows // (meters_an_origin * steps_an_origin), 1)
    parts: list[PooledRows] = []
    for count in range(origins):
        origin = int(generator.integers(earliest, latest + 1)) if latest > earliest else latest
        if count % 2:
            origin = _at_hour_of_issue(origin, panel.intervals, day, earliest, latest)
        steps = np.sort(generator.choice(horizon_intervals, steps_an_origin, replace=False))
        meters = np.sort(generator.choice(len(panel.meter_ids), meters_an_origin, replace=False))
        hidden = generator.random(meters_an_origin) < (_HIDDEN_PART if hide else 0)
        kept = np.where(hidden, generator.choice(_KNOWN_DAYS, meters_an_origin), _ALL_DAYS)
        energy = panel.energy_kwh[meters]
        features, level = features_at(
            slots.of_meters(meters), energy, origin, steps, pooled_level_kwh, kept, panel.temperature_c
        )
        measured = np.isfinite(energy[:, max(origin - 28 * day, 0) : origin]).sum(axis=1)
        target = energy[:, origin + steps]
        usable = np.isfinite(target) & (hidden | (measured >= _LEAST_MEASURED_DAYS * day))[:, None]
        levels = np.repeat(level[:, None], len(steps), axis=1)
        parts.append(PooledRows(features[usable].astype(np.float16), (target / level[:, None])[usable], levels[usable]))
        progress("features", (count + 1) / origins)
    return PooledRows(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.share for part in parts]),
        np.concatenate([part.level_kwh for part in parts]),
    )


def _at_hour_of_issue(origin: int, end: int, day: int, earliest: int, latest: int) -> int:
    """Return the origin moved to the panel's own time of day, the origin itself if that leaves no room."""
    before = origin - (origin - end) % day
    if before >= earliest:
        return before
    return before + day if before + day <= latest else origin
