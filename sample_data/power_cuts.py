"""Power cuts: a transformer fails, and every meter behind it falls silent.

Enters: the transformers, the wind, a random stream. Leaves: cuts, exact to the minute, and their mark on readings
and events. Cuts are likelier in a wind. A meter that was alive when an interval began reports it, with the energy
of its powered part; an interval that began in the dark is never reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CUTS_PER_TRANSFORMER_YEAR = 0.7
SLOT_S = 1800
SHORTEST_CUT_MIN, USUAL_CUT_MIN, LONGEST_CUT_MIN = 35, 85, 18 * 60
CUT_SPREAD = 0.85
LAST_GASP_SHARE = 0.92
LONGEST_RETURN_S = 120


@dataclass(frozen=True)
class PowerCut:
    """One cut over `[start_s, end_s)`, seconds from the first instant of the sample, whole minutes."""

    transformer_id: str
    start_s: int
    end_s: int


def plan_power_cuts(
    transformer_ids: list[str], struck_first: str, wind_mps: NDArray[np.float64], stream: np.random.Generator
) -> dict[str, tuple[PowerCut, ...]]:
    """Draws the cuts of a sample.

    Args:
        transformer_ids: all transformers.
        struck_first: the one that gets a cut in any case, so that every sample holds an outage.
        wind_mps: `(n_slots,)`, metres a second.
        stream: where the draws come from.

    Returns:
        Cuts by transformer, in time order, never touching.
    """
    years = len(wind_mps) / (48 * 365)
    # Two hours are kept free at the end, so that the return of power can be seen.
    likely = wind_mps[:-4] ** 2
    likely = likely / likely.sum()
    cuts: dict[str, tuple[PowerCut, ...]] = {}
    for transformer_id in transformer_ids:
        count = max(int(stream.poisson(CUTS_PER_TRANSFORMER_YEAR * years)), int(transformer_id == struck_first))
        drawn: list[PowerCut] = []
        for slot in np.sort(stream.choice(len(likely), size=count, p=likely)).tolist():
            start_s = slot * SLOT_S + 60 * int(stream.integers(0, 30))
            minutes = np.clip(USUAL_CUT_MIN * np.exp(stream.normal(0, CUT_SPREAD)), SHORTEST_CUT_MIN, LONGEST_CUT_MIN)
            end_s = min(start_s + 60 * int(minutes), (len(wind_mps) - 1) * SLOT_S)
            if not drawn or start_s > drawn[-1].end_s + 24 * 3600:
                drawn.append(PowerCut(transformer_id, start_s, end_s))
        if drawn:
            cuts[transformer_id] = tuple(drawn)
    return cuts


def darken(energy_kwh: NDArray[np.float64], is_reported: NDArray[np.bool_], cut: PowerCut) -> None:
    """Takes a cut's energy and intervals away from one meter, in place.

    Args:
        energy_kwh: kWh a half-hour, `(n_slots,)`.
        is_reported: whether each half-hour is reported, `(n_slots,)`.
        cut: the cut.
    """
    first_dark = -(-cut.start_s // SLOT_S)
    first_lit = -(-cut.end_s // SLOT_S)
    powered_s = cut.start_s % SLOT_S
    if powered_s:
        energy_kwh[first_dark - 1] *= powered_s / SLOT_S
    is_reported[first_dark:first_lit] = False
