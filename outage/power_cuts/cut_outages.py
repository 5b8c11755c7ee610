"""Power cuts as outages: edges, confidence and evidence of one fault.

Enters: the shape of a cut. Leaves: an outage. The confidence joins what speaks for a cut as independent witnesses
do, 1 - (1 - a)(1 - b)(1 - c): a, the part of the place that is silent where that cannot be chance; b, the part of the meters that
reported it; c, energy missing from the last interval.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.absences import Absences
from meterlake.outage.evidence.time_bounds import lost_within, returned_within
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import KnownBy, Outage, OutagePart
from meterlake.outage.power_cuts.cut_edges import LAST_GASP, RESTORATION, Edge, EnergyReader, end_of, start_of
from meterlake.outage.power_cuts.cut_shaping import CutShape
from meterlake.outage.settings import OutageSettings

_SILENCE_WEIGHT, _REPORT_WEIGHT, _ENERGY_WEIGHT = 0.9, 0.95, 0.3
_WITHOUT_CHANCE_WEIGHT = 0.4
_ENERGY_FELL = 0.9


def cut_outage(
    fleet: Fleet,
    absences: Absences,
    cut: CutShape,
    energy: EnergyReader,
    settings: OutageSettings,
) -> Outage:
    """Return one cut as an outage."""
    start = start_of(fleet, absences, cut, energy)
    ends = {end: end_of(fleet, absences, cut, end, energy) for end in np.unique(cut.to_s[~cut.is_open]).tolist()}
    parts = tuple(
        sorted((_part(fleet, absences, cut, place, start, ends) for place in range(cut.absences.size)), key=_by_meter)
    )
    is_open = bool(cut.is_open.any())
    ended_s = None if is_open else max([start.at_s, *(edge.at_s for edge in ends.values())])
    evidence = _evidence(absences, cut, start, ends)
    return Outage(Cause.POWER_CUT, start.at_s, ended_s, parts, _confidence(cut, start, evidence, settings), evidence)


def _by_meter(part: OutagePart) -> tuple[int, int]:
    return part.meter, part.started_s


def _part(
    fleet: Fleet, absences: Absences, cut: CutShape, place: int, start: Edge, ends: dict[int, Edge]
) -> OutagePart:
    absence, to_s, lost_from_s = int(cut.absences[place]), int(cut.to_s[place]), int(cut.from_s[place])
    meter = int(absences.meter[absence])
    lost = lost_within(fleet, absences, absence, lost_from_s)
    if lost.known_by is not KnownBy.MESSAGE and start.known_by == LAST_GASP:
        lost = replace(lost, known_by=KnownBy.INFERRED)
    began, ended, returned = lost.nearest(start.at_s), None, None
    if not cut.is_open[place]:
        edge = ends[to_s]
        returned = returned_within(fleet, absences, absence, to_s)
        if returned.known_by is not KnownBy.MESSAGE and edge.known_by == RESTORATION:
            returned = replace(returned, known_by=KnownBy.INFERRED)
        ended = max(returned.nearest(edge.at_s), began)
    intervals = fleet.whole_intervals(meter, lost_from_s, to_s) if absences.has_dark[absence] else 0
    codes = str(absences.codes[absence])
    return OutagePart(meter, began, ended, lost_from_s if intervals else None, intervals, codes, lost, returned)


def _evidence(absences: Absences, cut: CutShape, start: Edge, ends: dict[int, Edge]) -> dict[str, Any]:
    places = cut.places
    owing = sum(place.owing for place in places)
    last = ends[max(ends)] if ends else None
    return {
        "places": len(places),
        "place_level": places[0].level.name,
        "meters_of_places": owing,
        "silent_fraction": round(min(1.0, sum(place.absences.size for place in places) / max(owing, 1)), 3),
        "outside_fraction": round(max(place.background for place in places), 4),
        "chance": float(f"{max(places, key=lambda place: place.absences.size).chance:.1e}"),
        "meters_reporting": int(absences.has_event[cut.absences].sum()),
        "start_known_by": start.known_by,
        "end_known_by": last.known_by if last else None,
        "energy_fraction_of_last_interval": start.energy_fraction,
    }


def _confidence(cut: CutShape, start: Edge, evidence: dict[str, Any], settings: OutageSettings) -> float:
    weight = _SILENCE_WEIGHT if evidence["chance"] < settings.largest_chance else _WITHOUT_CHANCE_WEIGHT
    silent = weight * evidence["silent_fraction"]
    reported = _REPORT_WEIGHT * min(1.0, evidence["meters_reporting"] / cut.absences.size)
    fell = start.energy_fraction is not None and start.energy_fraction < _ENERGY_FELL
    doubt = (1 - silent) * (1 - reported) * (1 - (_ENERGY_WEIGHT if fell else 0.0))
    return round(float(1 - doubt), 3)
