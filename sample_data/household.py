"""Who lives behind a meter: the traits that make one home unlike the next.

Enters: a random stream. Leaves: a frozen household. The spreads are set so that the generated homes' mean use,
peaks and shapes spread like those of real London homes (benchmarks/sample_realism.py measures it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACORN_LETTERS = {"Affluent": "ACDE", "Comfortable": "FGHIJ", "Adversity": "KLMNOPQ"}
ACORN_LETTER_WEIGHTS = {
    "Affluent": (2, 2, 4, 32),
    "Comfortable": (13, 5, 8, 1, 2),
    "Adversity": (5, 6, 1, 4, 2, 2, 18),
}
SEGMENT_SHARES = {"Affluent": 0.40, "Comfortable": 0.27, "Adversity": 0.325, "ACORN-U": 0.005}
SEGMENT_SIZES = {"Affluent": 1.08, "Comfortable": 1.0, "Adversity": 0.86, "ACORN-U": 1.8}
TIME_OF_USE_SHARE = 0.31


@dataclass(frozen=True)
class Household:
    """One home.

    Attributes:
        tariff: `Std` or `ToU`, as the publisher writes it.
        acorn: the Acorn letter's name.
        acorn_group: its group.
        size: how much of everything, 1 for a middling home.
        wake_hour, leave_hour, return_hour, bed_hour: local clock on working days.
        home_by_day_share: working days on which someone stays at home.
        idle_kwh: what never goes off, a half-hour.
        fridge_kwh: a half-hour of the compressor running.
        fridge_period_slots: from one start of the compressor to the next.
        lively_kwh: lights, screens and small appliances of an awake home, a half-hour.
        lighting_kwh: lamps of an awake home in the dark, a half-hour.
        direct_heating_kwh_per_c: electric heating a half-hour and degree, 0 without.
        storage_heating_kwh: night storage charge a half-hour, 0 without.
        is_idle_off: a home whose standing load rounds to nothing between uses.
        irregularity: how far its days differ, 1 for a restless home.
        journeys_per_year: how often it stands empty for days; a few homes are seldom used.
    """

    tariff: str
    acorn: str
    acorn_group: str
    size: float
    wake_hour: float
    leave_hour: float
    return_hour: float
    bed_hour: float
    home_by_day_share: float
    idle_kwh: float
    fridge_kwh: float
    fridge_period_slots: float
    lively_kwh: float
    lighting_kwh: float
    direct_heating_kwh_per_c: float
    storage_heating_kwh: float
    is_idle_off: bool
    irregularity: float
    journeys_per_year: float


def draw_household(stream: np.random.Generator) -> Household:
    """Draws one household.

    Args:
        stream: the meter's own stream for its household.

    Returns:
        The household.
    """
    group = str(stream.choice(list(SEGMENT_SHARES), p=list(SEGMENT_SHARES.values())))
    size = SEGMENT_SIZES[group] * float(np.exp(stream.normal(-0.24, 0.66)))
    is_seldom_used = bool(stream.random() < 0.02)
    is_idle_off = is_seldom_used or bool(stream.random() < 0.055)
    has_direct_heating = stream.random() < 0.15
    has_storage_heating = stream.random() < 0.06
    return Household(
        tariff="ToU" if stream.random() < TIME_OF_USE_SHARE else "Std",
        acorn=_draw_acorn(group, stream),
        acorn_group=group,
        size=size,
        wake_hour=float(stream.normal(7.5, 1.2)),
        leave_hour=float(stream.normal(8.6, 0.7)),
        return_hour=float(stream.normal(17.0, 1.3)),
        bed_hour=float(stream.normal(24.0, 1.3)),
        home_by_day_share=float(stream.beta(1.1, 0.7)),
        idle_kwh=0.0 if is_idle_off else float(0.053 * size * np.exp(stream.normal(0, 0.62))),
        fridge_kwh=float(0.042 * size**0.5 * np.exp(stream.normal(0, 0.4))),
        fridge_period_slots=float(stream.uniform(1.4, 4.2)),
        lively_kwh=float(0.07 * size * np.exp(stream.normal(0, 0.4))),
        lighting_kwh=float(0.052 * size * np.exp(stream.normal(0, 0.5))),
        direct_heating_kwh_per_c=float(0.02 * size * np.exp(stream.normal(0, 0.7))) if has_direct_heating else 0.0,
        storage_heating_kwh=float(0.7 * np.exp(stream.normal(0, 0.5))) if has_storage_heating else 0.0,
        is_idle_off=is_idle_off,
        irregularity=float(np.exp(stream.normal(-0.85, 0.6))),
        journeys_per_year=40.0 if is_seldom_used else float(2.6 * np.exp(stream.normal(0, 0.5))),
    )


def _draw_acorn(group: str, stream: np.random.Generator) -> str:
    """Draws the Acorn letter within its group."""
    if group not in ACORN_LETTERS:
        return group
    weights = np.array(ACORN_LETTER_WEIGHTS[group], dtype=float)
    return f"ACORN-{stream.choice(list(ACORN_LETTERS[group]), p=weights / weights.sum())}"
