"""How well interruptions are found: found and true ones of a fleet, matched meter by meter.

Enters: fleets with their truth. Leaves: recall, precision, the error of SAIDI, and cuts where there was none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.parts.interruption_fleets import SendingFleet, make_sending_fleet
from meterlake.outage.judged_outages import Outage, OutagePart
from meterlake.outage.judging.outage_judging import judge_outages
from meterlake.outage.settings import OutageSettings

FLOORS = {
    "interruption_recall": 0.97,
    "interruption_precision": 0.98,
    "saidi_error": 0.01,
    "saidi_error_without_messages": 0.06,
    "false_cuts_a_million_meter_days": 1,
}
_SUSTAINED_S = 300


@dataclass
class InterruptionTally:
    """What was true, found and right over the fleets of one kind; minutes are those of customers."""

    true: int = 0
    found: int = 0
    right: int = 0
    true_minutes: float = 0.0
    found_minutes: float = 0.0
    false_cuts: int = 0
    meter_days: float = 0.0

    def add(self, made: SendingFleet) -> None:
        """Judge one fleet and count."""
        outages = judge_outages(made.fleet, made.silences, made.events, made, OutageSettings())
        cuts = [one for one in outages if one.cause.is_without_power]
        is_reported = bool(made.events.meter.size)
        truth: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for one in made.interruptions:
            # What was not reported is known by the intervals that it cost alone.
            if is_reported or one.is_seen:
                truth[one.meter].append((one.start_s, one.end_s))
                self.true += 1
                self.true_minutes += (one.end_s - one.start_s) / 60
        for part in (part for cut in cuts for part in cut.parts):
            start, end = _span(part, made)
            if end - start > _SUSTAINED_S:
                self.found += 1
                self.found_minutes += (end - start) / 60
                self.right += _take(truth[part.meter], start, end)
        struck = {(one.meter, one.start_s, one.end_s) for one in made.interruptions}
        self.false_cuts += sum(not _is_true(cut, struck, made) for cut in cuts)
        self.meter_days += len(made.fleet.meter_ids) * made.fleet.newest_s / 86_400

    @property
    def saidi_error(self) -> float:
        """How far the minutes found are from the true ones, as a part of these."""
        return round(abs(self.found_minutes - self.true_minutes) / self.true_minutes, 4)


def interruption_figures(seeds: Iterable[int]) -> dict[str, Any]:
    """Judge a fleet with messages and one without for each seed."""
    tallies = {True: InterruptionTally(), False: InterruptionTally()}
    for seed in seeds:
        for reports, tally in tallies.items():
            tally.add(make_sending_fleet(seed, reports=reports))
    both = list(tallies.values())
    found, true, right = (sum(getattr(one, name) for one in both) for name in ("found", "true", "right"))
    meter_days = sum(one.meter_days for one in both)
    return {
        "true_interruptions": true,
        "interruption_recall": round(right / true, 4),
        "interruption_precision": round(right / max(found, 1), 4),
        "saidi_error": tallies[True].saidi_error,
        "saidi_error_without_messages": tallies[False].saidi_error,
        "false_cuts_a_million_meter_days": round(sum(one.false_cuts for one in both) / meter_days * 1e6, 2),
        "of_reported": vars(tallies[True]),
        "of_unreported": vars(tallies[False]),
    }


def _span(part: OutagePart, made: SendingFleet) -> tuple[int, int]:
    return part.started_s, made.fleet.newest_s if part.ended_s is None else part.ended_s


def _take(true: list[tuple[int, int]], start: int, end: int) -> bool:
    """Say whether an interruption is true, and take the one that it overlaps most."""
    best = max(true, key=lambda one: min(end, one[1]) - max(start, one[0]), default=None)
    if best is None or min(end, best[1]) <= max(start, best[0]):
        return False
    true.remove(best)
    return True


def _is_true(cut: Outage, struck: set[tuple[int, int, int]], made: SendingFleet) -> bool:
    own = {part.meter: _span(part, made) for part in cut.parts}
    return any(meter in own and start < own[meter][1] and own[meter][0] < end for meter, start, end in struck)
