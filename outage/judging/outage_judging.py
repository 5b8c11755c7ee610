"""Why meters were away: power cuts, head-end losses, and what is left of single meters.

Enters: the fleet, silences, events, announced outages and a reader of energy; all as arrays, from a lake or made up.
Leaves: outages in order of time, each meter's absence in exactly one of them, or shared out without overlap where two causes
follow one another. Everything is judged from all that is known, so the order in which data came does not matter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from meterlake.outage.evidence.absence_joining import join_absences, sends_at_end
from meterlake.outage.evidence.absences import Absences, Events, Silences
from meterlake.outage.evidence.announcements import PlannedOutage
from meterlake.outage.evidence.energy_totals import TotalsReader
from meterlake.outage.fleet import Flags, Fleet
from meterlake.outage.judged_outages import Outage
from meterlake.outage.judging.announced_parts import with_announcements
from meterlake.outage.judging.head_end_losses import HeadEndLoss, find_head_end_losses, head_end_outage
from meterlake.outage.judging.single_meters import single_outage
from meterlake.outage.places.place_grouping import PlaceLevel
from meterlake.outage.power_cuts.cut_edges import EnergyReader, KnownEnergy, intervals_needed
from meterlake.outage.power_cuts.cut_finding import CutFinder
from meterlake.outage.power_cuts.cut_linking import link_places
from meterlake.outage.power_cuts.cut_outages import cut_outage
from meterlake.outage.power_cuts.cut_places import CutPlace, absences_in
from meterlake.outage.power_cuts.cut_reporters import join_reporters
from meterlake.outage.power_cuts.cut_shaping import Remainder, shape_cuts
from meterlake.outage.power_cuts.powered_places import powered_places
from meterlake.outage.settings import OutageSettings


def judge_outages(
    fleet: Fleet,
    silences: Silences,
    events: Events,
    energy: EnergyReader,
    settings: OutageSettings,
    planned: list[PlannedOutage] | None = None,
    totals: TotalsReader | None = None,
) -> list[Outage]:
    """Return all outages, ordered by start, cause and first meter.

    Args:
        fleet: The meters.
        silences: Intervals that they owed and did not send.
        events: What they reported.
        energy: Reads single intervals, to sharpen the edges of cuts that nobody reported.
        settings: The thresholds.
        planned: Announced outages.
        totals: Reads what flowed in longer times, to ask whether the power was on; None where nothing is known.
    """
    fleet = replace(fleet, sends_at_end=sends_at_end(fleet, silences, events, settings.alive_at))
    absences = join_absences(fleet, silences, events)
    finder = CutFinder(fleet, absences, settings)
    wires = finder.levels[0]
    groups, absences = _dark_groups(fleet, absences, finder, settings, totals)
    lost = find_head_end_losses(fleet, absences, ~absences_in(absences, groups), wires, settings.least_head_end_meters)
    shapes, left = shape_cuts(fleet, absences, groups, [(loss.key_s, _usual_end(absences, loss)) for loss in lost])
    known = KnownEnergy(energy, [one for shape in shapes for one in intervals_needed(fleet, absences, shape)])
    outages = [cut_outage(fleet, absences, shape, known, settings) for shape in shapes]
    whole = _with_remainders(fleet, absences, left)
    unexplained = np.ones(len(whole), dtype=bool)
    for shape in shapes:
        unexplained[shape.absences] = False
    outages += _without_cuts(fleet, whole, unexplained, wires, settings)
    outages = with_announcements(fleet, outages, planned or [], round(60 * settings.planned_tolerance_minutes))
    return sorted(outages, key=lambda one: (one.started_s, one.cause, one.parts[0].meter))


def _dark_groups(
    fleet: Fleet, absences: Absences, finder: CutFinder, settings: OutageSettings, totals: TotalsReader | None
) -> tuple[list[list[CutPlace]], Absences]:
    """Return the places without power, those of one fault together, and the absences with those that had power."""
    groups = link_places(fleet, absences, finder.find(), settings.district_metres)
    groups = join_reporters(fleet, absences, groups, settings.district_metres)
    if totals is None:
        return groups, absences
    is_on = powered_places(fleet, absences, groups, totals)
    powered = [group for group, on in zip(groups, is_on, strict=True) if on]
    dark = [group for group, on in zip(groups, is_on, strict=True) if not on]
    return dark, replace(absences, has_power=absences.has_power | absences_in(absences, powered))


def _without_cuts(
    fleet: Fleet, absences: Absences, unexplained: Flags, wires: PlaceLevel, settings: OutageSettings
) -> list[Outage]:
    """Return the outages of what no power cut explains."""
    losses = find_head_end_losses(fleet, absences, unexplained, wires, settings.least_head_end_meters)
    # What nobody confirms: half a report that cost nothing, and zeros of which nothing was reported.
    single = unexplained & ~absences.is_loose & absences.is_nothing_sent
    for loss in losses:
        single[loss.absences] = False
    return [
        *(head_end_outage(fleet, absences, loss) for loss in losses),
        *(single_outage(fleet, absences, one, settings) for one in np.flatnonzero(single).tolist()),
    ]


def _usual_end(absences: Absences, loss: HeadEndLoss) -> int:
    ends: list[int] = absences.to_s[loss.absences].tolist()
    return Counter(ends).most_common(1)[0][0]


def _with_remainders(fleet: Fleet, absences: Absences, remainders: list[Remainder]) -> Absences:
    """Return the absences and what cuts left of some of them, where that is a whole interval."""
    kept = [one for one in remainders if one.to_s - one.from_s >= fleet.interval_s[int(absences.meter[one.absence])]]
    places = np.array([one.absence for one in kept], dtype=np.int64)
    from_s, to_s = (np.array([getattr(one, name) for one in kept], dtype=np.int64) for name in ("from_s", "to_s"))
    is_open = np.array([one.is_open for one in kept], dtype=bool)
    return absences.joined_with(absences.cut_to(places, from_s, to_s, is_open))
