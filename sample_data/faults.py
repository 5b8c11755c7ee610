"""What goes wrong with one meter or one home: spikes, drops, shifts, stuck values, theft, dead and late meters.

Enters: the sample's size and a random stream. Leaves: a plan, at most one kind a meter, so that the truth of one
meter is never muddled by another's; and the change itself, made on an array of kWh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.load_curve import FUSE_KWH
from meterlake.sample_data.options import HALF_HOURS_PER_DAY, SampleOptions
from meterlake.sample_data.truth import Kind

LEAST_STUCK_KWH = 0.05
# Kind, share of the meters, fewest days of a sample that can hold it.
QUOTAS = (
    (Kind.SPIKE, 0.02, 1),
    (Kind.DROP, 0.02, 4),
    (Kind.STUCK, 0.01, 16),
    (Kind.SHIFT, 0.015, 14),
    (Kind.THEFT, 0.01, 14),
    (Kind.METER_STOPPED, 0.01, 7),
    (Kind.LATE_COMMISSIONING, 0.03, 7),
)


@dataclass(frozen=True)
class Fault:
    """One fault over the half-hours `[first_slot, end_slot)`.

    Attributes:
        kind: what it is.
        first_slot: where it begins.
        end_slot: where it is over.
        amount: kWh a half-hour added by a spike; the factor of a drop, shift or theft; otherwise 0.
    """

    kind: Kind
    first_slot: int
    end_slot: int
    amount: float = 0.0


def plan_faults(options: SampleOptions, stream: np.random.Generator) -> dict[int, tuple[Fault, ...]]:
    """Chooses which London meters go wrong, how and when.

    Args:
        options: the sample's size.
        stream: where the draws come from.

    Returns:
        The faults by meter number, from 0. Each kind that the sample's days can hold gets its share of the meters
        and at least one, as long as meters last.
    """
    waiting = stream.permutation(options.meters).tolist()
    plan: dict[int, tuple[Fault, ...]] = {}
    for kind, share, fewest_days in QUOTAS:
        if options.days < fewest_days:
            continue
        for _ in range(min(len(waiting), max(1, round(share * options.meters)))):
            plan[waiting.pop()] = _draw_faults(kind, options.slots, stream)
    return plan


def _draw_faults(kind: Kind, slots: int, stream: np.random.Generator) -> tuple[Fault, ...]:
    """Draws when and how strongly one kind strikes one meter."""
    day = HALF_HOURS_PER_DAY
    midway = int(stream.uniform(0.3, 0.7) * slots)
    if kind is Kind.SPIKE:
        return _draw_spikes(slots, stream)
    if kind is Kind.DROP:
        first = day * int(stream.integers(0, slots // day - 3))
        return (Fault(kind, first, first + day * int(stream.integers(1, 4)), float(stream.uniform(0.05, 0.2))),)
    if kind is Kind.STUCK:
        first = int(stream.integers(0, slots - 13 * day))
        return (Fault(kind, first, first + int(stream.integers(8 * day, 12 * day))),)
    if kind is Kind.SHIFT:
        return (Fault(kind, midway, slots, float(stream.uniform(1.6, 2.6))),)
    if kind is Kind.THEFT:
        return (Fault(kind, midway, slots, float(stream.uniform(0.25, 0.5))),)
    if kind is Kind.METER_STOPPED:
        return (Fault(kind, midway, slots),)
    return (Fault(kind, 0, int(stream.uniform(0.08, 0.6) * slots)),)


def _draw_spikes(slots: int, stream: np.random.Generator) -> tuple[Fault, ...]:
    """Draws one to three spikes of one to four hours, apart from one another."""
    episodes = int(stream.integers(1, 4)) if slots >= 10 * HALF_HOURS_PER_DAY else 1
    starts = (np.arange(episodes) + stream.uniform(0.1, 0.7, episodes)) * (slots / episodes)
    return tuple(
        Fault(Kind.SPIKE, int(start), int(start) + int(stream.integers(2, 9)), float(stream.uniform(3.0, 7.0)))
        for start in starts
    )


def change_energy_kwh(energy_kwh: NDArray[np.float64], fault: Fault) -> str:
    """Makes a fault's change on the readings of one meter, in place.

    Args:
        energy_kwh: kWh a half-hour, `(n_slots,)`.
        fault: what happens; kinds that only lose readings change nothing.

    Returns:
        What was done, as the truth's detail.
    """
    struck = slice(fault.first_slot, fault.end_slot)
    if fault.kind is Kind.SPIKE:
        energy_kwh[struck] = np.minimum(energy_kwh[struck] + fault.amount, FUSE_KWH)
        return f"added_kwh={fault.amount:.3f}"
    if fault.kind is Kind.STUCK:
        stuck_kwh = round(max(float(energy_kwh[fault.first_slot]), LEAST_STUCK_KWH), 3)
        energy_kwh[struck] = stuck_kwh
        return f"value_kwh={stuck_kwh:.3f}"
    if fault.kind in (Kind.DROP, Kind.SHIFT, Kind.THEFT):
        energy_kwh[struck] = np.minimum(energy_kwh[struck] * fault.amount, FUSE_KWH)
        return f"factor={fault.amount:.3f}"
    return ""
