"""Known anomalies put into real readings, by seed, so that detectors can be judged.

Enters: half-hourly readings of a year, a block of whole local days a meter. Leaves: the same readings with one
event in some of the meters, and the list of events. What real homes did by themselves stays in: an absence or a
party counts against a detector that ranks it above an injected event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PREVALENCE = 0.25
# Kind, share of the events. Shares are even: no field study gives rates of all six.
MIX = {"spike": 1 / 6, "drop": 1 / 6, "shift": 1 / 6, "stuck": 1 / 6, "theft": 1 / 6, "outage": 1 / 6}
_QUIET_DAYS = 14
_FUSE_KWH = 11.5


@dataclass(frozen=True)
class InjectedEvent:
    """One event.

    Attributes:
        meter: The meter's place.
        kind: What was done.
        first_day: The first day touched, as a place.
        end_day: The day after the last one touched.
        direction: 1 where days come out higher, -1 where lower, 0 where it depends on the meter.
    """

    meter: int
    kind: str
    first_day: int
    end_day: int
    direction: int


def inject_events(
    readings_kwh: Floats, seed: int, prevalence: float = PREVALENCE
) -> tuple[Floats, list[InjectedEvent]]:
    """Put events into some meters.

    Args:
        readings_kwh: `(n_meters, n_days, intervals_a_day)`, NaN where missing; not changed.
        seed: The same seed gives the same events.
        prevalence: The fraction of the meters that get one event.

    Returns:
        The readings of the chosen meters alone are copied and changed; and the events.
    """
    rng = np.random.default_rng(seed)
    changed = readings_kwh.copy()
    n_meters, n_days = readings_kwh.shape[:2]
    living = np.flatnonzero(np.isfinite(readings_kwh).all(axis=2).sum(axis=1) > n_days // 2)
    chosen = rng.permutation(living)[: round(prevalence * n_meters)]
    kinds = np.array(list(MIX))[np.arange(chosen.size) % len(MIX)]
    events = []
    for meter, kind in zip(chosen.tolist(), rng.permutation(kinds).tolist(), strict=True):
        events.append(_INJECTORS[kind](changed[meter], meter, rng))
    return changed, events


def _start(rng: np.random.Generator, n_days: int, length: int) -> int:
    return int(rng.integers(_QUIET_DAYS, n_days - length - 1))


def _spike(meter_kwh: Floats, meter: int, rng: np.random.Generator) -> InjectedEvent:
    """Add a load that runs for 4 to 24 hours: on the day 2 to 6 times the meter's mean day on top."""
    n_days, slots = meter_kwh.shape
    day = _start(rng, n_days, 1)
    hours = int(rng.integers(4, 25))
    length = hours * slots // 24
    first = int(rng.integers(0, slots - length + 1))
    extra = rng.uniform(2, 6) * np.nanmean(meter_kwh) * slots
    meter_kwh[day, first : first + length] = np.minimum(
        meter_kwh[day, first : first + length] + extra / length, _FUSE_KWH
    )
    return InjectedEvent(meter, "spike", day, day + 1, 1)


def _drop(meter_kwh: Floats, meter: int, rng: np.random.Generator) -> InjectedEvent:
    """Let 1 to 3 days fall to 2 to 15 % of what they were."""
    length = int(rng.integers(1, 4))
    day = _start(rng, meter_kwh.shape[0], length)
    meter_kwh[day : day + length] *= rng.uniform(0.02, 0.15)
    return InjectedEvent(meter, "drop", day, day + length, -1)


def _shift(meter_kwh: Floats, meter: int, rng: np.random.Generator) -> InjectedEvent:
    """Raise 14 to 45 days to 2 to 4 times what they were."""
    length = int(rng.integers(14, 46))
    day = _start(rng, meter_kwh.shape[0], length)
    meter_kwh[day : day + length] *= rng.uniform(2, 4)
    return InjectedEvent(meter, "shift", day, day + length, 1)


def _stuck(meter_kwh: Floats, meter: int, rng: np.random.Generator) -> InjectedEvent:
    """Repeat one half-hour's value for 3 to 10 days, whatever it was."""
    length = int(rng.integers(3, 11))
    day = _start(rng, meter_kwh.shape[0], length)
    known = meter_kwh[day][np.isfinite(meter_kwh[day])]
    value = float(rng.choice(known)) if known.size else float(np.nanmedian(meter_kwh))
    meter_kwh[day : day + length] = np.where(np.isfinite(meter_kwh[day : day + length]), value, np.nan)
    return InjectedEvent(meter, "stuck", day, day + length, 0)


def _theft(meter_kwh: Floats, meter: int, rng: np.random.Generator) -> InjectedEvent:
    """Let the meter see less and less over 30 to 60 days, then 10 to 50 % of the truth for 30 more."""
    falling = int(rng.integers(30, 61))
    length = falling + 30
    day = _start(rng, meter_kwh.shape[0], length)
    lowest = rng.uniform(0.1, 0.5)
    factors = np.concatenate([np.linspace(1, lowest, falling, endpoint=False), np.full(30, lowest)])
    meter_kwh[day : day + length] *= factors[:, None]
    return InjectedEvent(meter, "theft", day, day + length, -1)


def _outage(meter_kwh: Floats, meter: int, rng: np.random.Generator) -> InjectedEvent:
    """Let a whole day read zero: the supply was off and the meter filled its log with zeros."""
    day = _start(rng, meter_kwh.shape[0], 1)
    meter_kwh[day] = np.where(np.isfinite(meter_kwh[day]), 0.0, np.nan)
    return InjectedEvent(meter, "outage", day, day + 1, -1)


_INJECTORS = {"spike": _spike, "drop": _drop, "shift": _shift, "stuck": _stuck, "theft": _theft, "outage": _outage}
