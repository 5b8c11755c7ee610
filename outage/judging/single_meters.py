"""Absences of single meters, which neither a power cut nor the head-end system explains, as outages.

Enters: an absence. Leaves: an outage with its confidence and evidence. A meter that reported the loss of its own power
had none, even if nobody shares it; one that said nothing is a gap, or has stopped.
"""

from __future__ import annotations

import math

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.absences import Absences
from meterlake.outage.evidence.time_bounds import lost_within, returned_within
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import KnownBy, Outage, OutagePart
from meterlake.outage.settings import OutageSettings

_BOTH_REPORTED, _ONE_REPORTED = 0.9, 0.6
_GAP = 0.8
_WEEK_HOURS = 168.0


def single_outage(fleet: Fleet, absences: Absences, one: int, settings: OutageSettings) -> Outage:
    """Return one meter's absence as an outage."""
    is_open = bool(absences.is_open[one])
    meter, from_s, to_s = int(absences.meter[one]), int(absences.from_s[one]), int(absences.to_s[one])
    lost, back = lost_within(fleet, absences, one, from_s), returned_within(fleet, absences, one, to_s)
    has_loss, has_return = lost.known_by is KnownBy.MESSAGE, back.known_by is KnownBy.MESSAGE
    cause, confidence = _cause(is_open, (to_s - from_s) / 3600, has_loss, has_return, settings)
    started, ended = (lost.middle_s, back.middle_s) if cause is Cause.POWER_CUT else (from_s, to_s)
    intervals = fleet.whole_intervals(meter, from_s, to_s) if absences.has_dark[one] else 0
    part = OutagePart(
        meter,
        started,
        None if is_open else max(ended, started),
        from_s if intervals else None,
        intervals,
        str(absences.codes[one]),
        lost,
        None if is_open else back,
    )
    evidence = {
        "meters_reporting": int(bool(absences.has_event[one])),
        "start_known_by": "last_gasp" if has_loss else "interval",
        "end_known_by": None if is_open else "restoration" if has_return else "interval",
    }
    return Outage(cause, part.started_s, part.ended_s, (part,), confidence, evidence)


def _cause(
    is_open: bool, away_hours: float, has_loss: bool, has_return: bool, settings: OutageSettings
) -> tuple[Cause, float]:
    if has_loss or has_return:
        return Cause.POWER_CUT, _BOTH_REPORTED if has_loss and has_return else _ONE_REPORTED
    if is_open and away_hours >= settings.stopped_hours:
        beyond = away_hours - settings.stopped_hours
        return Cause.METER_STOPPED, round(1 - 0.5 * math.exp(-beyond / _WEEK_HOURS), 3)
    return Cause.METER_GAP, _GAP
