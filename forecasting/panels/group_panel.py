"""Many meters as one series: what a group used together.

Enters: a loader of the group's meters, a range. Leaves: a Panel of one series, and which meters are in it. Where some of the meters
were not measured, what the others used stands for all by the levels of both; where that would rest on too few, nothing is known.
"""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass

import numpy as np

from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.panel_loading import PanelLoader, require_readings
from meterlake.forecasting.panels.plausible import without_absurd

# Of the group's level, so much must have been measured in an interval.
_LEAST_PART = 0.5


@dataclass(frozen=True)
class GroupPanel:
    """A group's energy, `(1, n_intervals)`, how many meters are in it, and those that are not because they stopped."""

    panel: Panel
    meters: int
    stopped: tuple[str, ...]


@dataclass
class _Sum:
    """What was added up so far: energy and the levels of those measured, an interval each; the level of all."""

    energy_kwh: np.ndarray[tuple[int], np.dtype[np.float64]]
    measured_level_kwh: np.ndarray[tuple[int], np.dtype[np.float64]]
    level_kwh: float = 0.0


def group_panel(
    loader: PanelLoader,
    name: str,
    start: dt.datetime,
    end: dt.datetime,
    interval_minutes: int,
    *,
    stopped_days: int,
    batch_meters: int,
) -> GroupPanel:
    """Return what the loader's meters used together in [start, end).

    Args:
        loader: Of the group's meters.
        name: What the series is called.
        start: The first moment.
        end: The last, exclusive.
        interval_minutes: 30 or 60.
        stopped_days: A meter that has sent nothing for so many days is not in it.
        batch_meters: How many are read at a time.

    Raises:
        BadParameter: If none of them was measured in the last weeks.
    """
    intervals = (end - start) // dt.timedelta(minutes=interval_minutes)
    total = _Sum(np.zeros(intervals), np.zeros(intervals))
    meters, stopped = 0, list[str]()
    for some in loader.in_batches(batch_meters):
        panel = some.load(start, end, interval_minutes)
        recent = panel.last(stopped_days * panel.intervals_a_day)
        sent = np.isfinite(recent.energy_kwh).any(axis=1)
        stopped += [panel.meter_ids[place] for place in np.flatnonzero(~sent)]
        meters += int(sent.sum())
        _add(total, panel.of_meters(np.flatnonzero(sent)))
    if not meters:
        require_readings(recent)
    part = np.divide(total.measured_level_kwh, total.level_kwh, out=np.ones(intervals), where=total.level_kwh > 0)
    energy = np.where(part >= _LEAST_PART, total.energy_kwh / np.maximum(part, _LEAST_PART), np.nan)
    series = energy[None].astype(np.float32)
    summed = Panel((name,), start, interval_minutes, series, loader.time_zone, loader.country)
    return GroupPanel(summed, meters, tuple(stopped))


def _add(total: _Sum, panel: Panel) -> None:
    energy = without_absurd(panel.energy_kwh, panel.intervals_a_day).astype(np.float64)
    is_measured = np.isfinite(energy)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # one whose every reading is absurd has no level
        level = np.nan_to_num(np.nanmean(energy, axis=1))
    total.energy_kwh += np.nansum(energy, axis=0)
    total.measured_level_kwh += level @ is_measured
    total.level_kwh += float(level.sum())
