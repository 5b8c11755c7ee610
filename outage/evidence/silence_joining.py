"""Runs of intervals put together: what did not come, and what came as zeros, of one meter and without a break.

Enters: silences and runs of zeros. Leaves: silences. Zeros count where they are not usual for the meter; where they are they are kept
apart, because a meter that reports a loss is believed in an empty house, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meterlake.outage.evidence.absences import ALL, NONE, SOME, USUAL, Silences
from meterlake.outage.fleet import Flags, Fleet, Ints

# A meter more of whose other time is zeros than this sends them in light and dark.
_USUAL_ZEROS = 0.05


@dataclass(frozen=True)
class Runs:
    """Runs of zeros, `(n,)` each, in parts where one goes on from month to month: whose, and [from_s, to_s)."""

    meter: Ints
    from_s: Ints
    to_s: Ints


def whole_silences(
    fleet: Fleet, meter: Ints, from_s: Ints, to_s: Ints, is_open: Flags, zeros: Ints | None = None
) -> Silences:
    """Return those of some times that cost at least one whole interval, ordered by meter and start.

    Less than an interval is a meter that changed its grid, or one whose newest interval is not over yet.
    """
    kinds = np.full(meter.size, NONE, dtype=np.int64) if zeros is None else zeros
    whole = np.flatnonzero(to_s - from_s >= fleet.interval_s[meter])
    return _chosen(Silences(meter, from_s, to_s, is_open, kinds), whole[np.lexsort((from_s[whole], meter[whole]))])


def with_zero_runs(fleet: Fleet, silences: Silences, zeros: Runs, covered_s: Ints) -> Silences:
    """Return silences with the runs of zeros; a silence and zeros that touch are one, where zeros are not usual.

    Args:
        fleet: The meters.
        silences: Where nothing came.
        zeros: Where zeros came.
        covered_s: How long each meter sent in all, `(n_meters,)`.
    """
    if zeros.meter.size == 0:
        return silences
    count = zeros.meter.size
    nothing, whole = np.zeros(count, dtype=bool), np.full(count, ALL, dtype=np.int64)
    runs = _touching(Silences(zeros.meter, zeros.from_s, zeros.to_s, nothing, whole))
    lasts = runs.to_s - runs.from_s
    zeros_s = np.bincount(runs.meter, weights=lasts, minlength=len(fleet.meter_ids))[runs.meter]
    is_usual = (zeros_s - lasts) > _USUAL_ZEROS * np.maximum(covered_s[runs.meter] - lasts, 1)
    dark = _touching(_joined(silences, _chosen(runs, np.flatnonzero(~is_usual))))
    usual = _chosen(runs, np.flatnonzero(is_usual))
    kinds = np.concatenate([dark.zeros, np.full(usual.meter.size, USUAL, dtype=np.int64)])
    both = _joined(dark, usual)
    return whole_silences(fleet, both.meter, both.from_s, both.to_s, both.is_open, kinds)


def _chosen(silences: Silences, places: Ints) -> Silences:
    return Silences(
        silences.meter[places],
        silences.from_s[places],
        silences.to_s[places],
        silences.is_open[places],
        silences.zeros[places],
    )


def _joined(one: Silences, other: Silences) -> Silences:
    return Silences(
        np.concatenate([one.meter, other.meter]),
        np.concatenate([one.from_s, other.from_s]),
        np.concatenate([one.to_s, other.to_s]),
        np.concatenate([one.is_open, other.is_open]),
        np.concatenate([one.zeros, other.zeros]),
    )


def _touching(runs: Silences) -> Silences:
    """Return runs with those of one meter that touch as one."""
    runs = _chosen(runs, np.lexsort((runs.from_s, runs.meter)))
    if runs.meter.size == 0:
        return runs
    goes_on = (runs.meter[1:] == runs.meter[:-1]) & (runs.from_s[1:] <= runs.to_s[:-1])
    starts = np.flatnonzero(np.concatenate([[True], ~goes_on]))
    lowest, highest = np.minimum.reduceat(runs.zeros, starts), np.maximum.reduceat(runs.zeros, starts)
    return Silences(
        runs.meter[starts],
        runs.from_s[starts],
        np.maximum.reduceat(runs.to_s, starts),
        np.logical_or.reduceat(runs.is_open, starts),
        np.where(lowest == highest, lowest, SOME),
    )
