"""What is promised of the default detector beside what it finds, measured on real homes.

Enters: half-hourly readings of a year. Leaves: figures by name. `splits_differing` counts verdicts that differ by how they
were asked for, `young_homes_flagged` is the share of flagged days of homes that join beside older ones,
`holiday_recall_ratio` is the recall of dead days on public holidays over that of dead days a week before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.anomaly_readings import as_meter_days
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.anomaly.detectors.fleet_band import FleetBand

Floats = NDArray[np.float64]

_SPLITS = 12
_DAYS_BEFORE_THE_YOUNG = 155
# Holidays of all Britain, late enough in the year that every home has a history.
_HOLIDAYS = ((5, 6), (12, 25), (12, 26))


def promises(meters: list[str], dates: list[dt.date], readings_kwh: Floats) -> dict[str, float]:
    """Return the figures.

    Args:
        meters: The homes.
        dates: The days, of one year.
        readings_kwh: `(n_meters, n_days, intervals_a_day)`, NaN where missing.
    """
    days = as_meter_days(meters, dates, readings_kwh)
    return {
        "splits_differing": _splits_differing(days),
        "young_homes_flagged": _young_homes_flagged(days),
        "holiday_recall_ratio": _holiday_recall_ratio(days),
    }


def _splits_differing(days: MeterDays) -> int:
    """Judge random meters up to random days and compare the last day with a run over all."""
    whole, rng, differing = FleetBand().score(days), np.random.default_rng(1), 0
    for _ in range(_SPLITS):
        some = rng.permutation(len(days.meter_ids))[: int(rng.integers(1, len(days.meter_ids)))]
        end = int(rng.integers(30, len(days.dates) + 1))
        chosen = days.of_meters(some)
        part = replace(
            chosen,
            dates=days.dates[:end],
            energy_kwh=chosen.energy_kwh[:, :end],
            intervals_present=chosen.intervals_present[:, :end],
            intervals_expected=chosen.intervals_expected[:, :end],
        )
        asked = FleetBand().score(part)
        differs = (asked.anomaly != whole.anomaly[some, :end]) | (asked.verdict != whole.verdict[some, :end])
        differing += int(differs.sum())
    return differing


def _young_homes_flagged(days: MeterDays) -> float:
    """Let all but the first ten homes join in June, and count what is flagged of them."""
    energy = days.energy_kwh.copy()
    energy[10:, :_DAYS_BEFORE_THE_YOUNG] = np.nan
    judged = FleetBand().score(replace(days, energy_kwh=energy))
    is_judged = judged.verdict[10:] == "judged"
    return round(float((judged.anomaly[10:] != 0)[is_judged].mean()), 4)


def _holiday_recall_ratio(days: MeterDays) -> float:
    """Put a dead day on each holiday, then on the day a week before, in all homes."""
    year = days.dates[0].year
    holidays = [days.dates.index(dt.date(year, month, day)) for month, day in _HOLIDAYS]
    return round(_dead_day_recall(days, holidays) / _dead_day_recall(days, [day - 7 for day in holidays]), 4)


def _dead_day_recall(days: MeterDays, places: Sequence[int]) -> float:
    found = judged = 0
    for place in places:
        energy = days.energy_kwh.copy()
        energy[:, place] = np.where(np.isfinite(energy[:, place]), 0.0, np.nan)
        scored = FleetBand().score(replace(days, energy_kwh=energy))
        found += int((scored.anomaly[:, place] == -1).sum())
        judged += int((scored.verdict[:, place] == "judged").sum())
    return found / judged
