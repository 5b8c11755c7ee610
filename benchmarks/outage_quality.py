"""How well outages are found: fleets with known cuts, and the real London homes, in which there is none.

Run `python benchmarks/outage_quality.py [--seeds N] [--meters N] [--days N]` from the project's root. A found cut is right
if it and a true one share at least half of their meters (intersection over union) and overlap in time, one found to one true.
Only cuts that cost an interval and five meters count; others are neither asked for nor held against it. Interruptions are asked
for customer by customer, of other fleets whose meters send in many ways (parts/interruption_fleets.py). The last line is one JSON
object.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.parts.anomaly_readings import REAL_READINGS, read_half_hours
from benchmarks.parts.figures import print_figures, say
from benchmarks.parts.interruption_figures import FLOORS as INTERRUPTION_FLOORS
from benchmarks.parts.interruption_figures import interruption_figures
from benchmarks.parts.outage_fleets import SLOT_S, MadeFleet, TrueCut, make_fleet, real_loads, silences_of
from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.event_reading import make_events
from meterlake.outage.fleet import Fleet, Floats, Ints
from meterlake.outage.judged_outages import Outage
from meterlake.outage.judging.outage_judging import judge_outages
from meterlake.outage.settings import OutageSettings

FLOORS = {
    "precision": 0.95,
    "recall": 0.95,
    "real_power_cuts": 0,
    "head_end_losses_found": 5,
    **INTERRUPTION_FLOORS,
}
LEAST_METERS = 5
LEAST_SHARED = 0.5
# The five half-hours of 2013 that most of the 398 homes lost, as slots from 2013-01-01T00:00Z.
REAL_LOSSES = ("2013-02-10T22:00", "2013-02-25T12:30", "2013-10-04T21:30", "2013-11-10T16:30", "2013-12-19T06:00")


@dataclass
class Tally:
    """What was right and wrong over the seeds."""

    true: int = 0
    found: int = 0
    right: int = 0
    start_errors: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    end_errors: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    confusion: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Judge the fleets and the real homes and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--meters", type=int, default=1500)
    parser.add_argument("--days", type=int, default=91)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    options = parser.parse_args()
    real = real_loads(options.input)
    tally = Tally()
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        judge_seed(make_fleet(seed, options.meters, options.days, real), tally, seed)
    figures = {
        "benchmark": "outage_quality",
        "seeds": options.seeds,
        "loads": "london" if real is not None else "made_up",
        **tally_figures(tally),
        **interruption_figures(range(options.first_seed, options.first_seed + options.seeds)),
        **(real_figures(options.input) if real is not None else {}),
        "floors": FLOORS,
    }
    print_figures(figures)


def judge_seed(made: MadeFleet, tally: Tally, seed: int) -> None:
    """Judge one fleet and add what was right and wrong."""
    began = time.perf_counter()
    outages = judge_outages(made.fleet, made.silences(), made.events, made, OutageSettings())
    seconds = time.perf_counter() - began
    cuts = [one for one in outages if one.cause is Cause.POWER_CUT]
    pairs = matched(cuts, made.cuts)
    asked = [
        place for place, cut in enumerate(made.cuts) if cut.lost_intervals >= 1 and cut.meters.size >= LEAST_METERS
    ]
    of_true = {true: found for found, true in pairs}
    right = sum(place in of_true for place in asked)
    excused = sum(place not in asked for place in of_true)
    tally.true += len(asked)
    tally.right += right
    tally.found += len(cuts) - excused
    for found, true in pairs:
        cut, outage = made.cuts[true], cuts[found]
        tally.start_errors[cut.is_reported].append(abs(outage.started_s - cut.start_s) / 60)
        if outage.ended_s is not None:
            tally.end_errors[cut.is_reported].append(abs(outage.ended_s - cut.end_s) / 60)
    tally.confusion += confusion_of(made, outages)
    say(
        f"seed {seed}: {right} of {len(asked)} cuts, {len(cuts) - excused - right} wrong, {len(outages)} outages,"
        f" {seconds:.1f} s"
    )
    for place, cut in enumerate(made.cuts):
        if place in asked and place not in of_true:
            say(f"  missed: {cut.meters.size} meters, {cut.lost_intervals} intervals, reported {cut.is_reported}")
    for place, outage in enumerate(cuts):
        if place not in {found for found, _ in pairs}:
            say(f"  wrong: {len(outage.parts)} meters, at {outage.started_s / SLOT_S:.2f}, {outage.evidence}")


def matched(found: list[Outage], true: list[TrueCut]) -> list[tuple[int, int]]:
    """Return pairs of a found and a true cut, the best first, each in one pair at most."""
    scores = []
    for one, outage in enumerate(found):
        meters = np.unique([part.meter for part in outage.parts])
        for other, cut in enumerate(true):
            if outage.started_s > cut.end_s or (outage.ended_s or cut.end_s) < cut.start_s:
                continue
            shared = np.intersect1d(meters, cut.meters).size
            union = meters.size + cut.meters.size - shared
            if shared >= LEAST_SHARED * union:
                scores.append((shared / union, one, other))
    pairs: list[tuple[int, int]] = []
    for _, one, other in sorted(scores, reverse=True):
        if all(one != first and other != second for first, second in pairs):
            pairs.append((one, other))
    return pairs


def confusion_of(made: MadeFleet, outages: list[Outage]) -> Counter[str]:
    """Count lost meter-intervals by what was true and what was said."""
    meters, slots = made.energy_kwh.shape
    truth = np.full((meters, slots), 0, dtype=np.int8)
    for meter in made.stopped:
        silent = np.isnan(made.energy_kwh[meter])
        truth[meter, slots - int(np.argmin(silent[::-1])) :] = 1
    for cut in made.cuts:
        truth[cut.meters, -(-cut.start_s // SLOT_S) : -(-cut.end_s // SLOT_S)] = 2
    counts: Counter[str] = Counter()
    for outage in outages:
        for part in outage.parts:
            if part.lost_from_s is not None:
                first = part.lost_from_s // SLOT_S
                of_part = np.bincount(truth[part.meter, first : first + part.intervals_lost], minlength=3)
                for kind, lost in zip(("other_loss", "meter_stopped", "power_cut"), of_part.tolist(), strict=True):
                    counts[f"{kind} said {outage.cause}"] += lost
    return counts


def tally_figures(tally: Tally) -> dict[str, Any]:
    """Return precision, recall and errors."""
    starts, ends = tally.start_errors, tally.end_errors
    return {
        "true_cuts": tally.true,
        "found_cuts": tally.found,
        "precision": round(tally.right / max(tally.found, 1), 4),
        "recall": round(tally.right / max(tally.true, 1), 4),
        "start_error_minutes": _mean(starts[True] + starts[False]),
        "end_error_minutes": _mean(ends[True] + ends[False]),
        "start_error_minutes_reported": _mean(starts[True]),
        "end_error_minutes_reported": _mean(ends[True]),
        "start_error_minutes_unreported": _mean(starts[False]),
        "end_error_minutes_unreported": _mean(ends[False]),
        "meter_intervals": dict(sorted(tally.confusion.items())),
    }


def _mean(errors: list[float]) -> float | None:
    return round(float(np.mean(errors)), 2) if errors else None


class _NoEnergy:
    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return nothing: without a cut nobody asks."""
        return np.full(meters.shape, np.nan)


def real_figures(path: Path) -> dict[str, Any]:
    """Judge the real homes, of which no place is known."""
    names, dates, readings = read_half_hours(path)
    is_sent = np.isfinite(readings.reshape(len(names), -1))
    first = np.argmax(is_sent, axis=1)
    nowhere = np.full(len(names), "", dtype=object)
    unknown = np.full(len(names), np.nan)
    fleet = Fleet(
        tuple(names), nowhere, nowhere, nowhere, unknown, unknown, first * SLOT_S,
        np.full(len(names), SLOT_S), is_sent.shape[1] * SLOT_S,
    )  # fmt: skip
    settings = OutageSettings()
    nothing = np.zeros(0, dtype=np.int64)
    events = make_events(nothing, nothing, np.zeros(0, dtype=object), settings)
    owed = is_sent | (np.arange(is_sent.shape[1])[None, :] < first[:, None])
    outages = judge_outages(fleet, silences_of(fleet, owed), events, _NoEnergy(), settings)
    begin = np.datetime64(dates[0])
    slots = {int((np.datetime64(one) - begin) / np.timedelta64(SLOT_S, "s")) for one in REAL_LOSSES}
    lost = [one for one in outages if one.cause is Cause.HEAD_END_LOSS]
    return {
        "real_power_cuts": sum(one.cause.is_without_power for one in outages),
        "head_end_losses_found": sum(one.started_s // SLOT_S in slots for one in lost),
        "real_outages": dict(sorted(Counter(str(one.cause) for one in outages).items())),
    }


if __name__ == "__main__":
    main()
