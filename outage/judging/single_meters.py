"""Absences of single meters, which neither a power cut nor the head-end system explains, as outages.

Enters: an absence. Leaves: an outage with its confidence and evidence. A meter that reported the loss of its own power
had none, even if nobody shares it; one that said nothing is a gap, or has stopped.
"""

from __future__ import annotations

import math

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.absences import UNKNOWN, Absences
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import Outage, OutagePart
from meterlake.outage.settings import OutageSettings

_BOTH_REPORTED, _ONE_REPORTED = 0.9, 0.6
_GAP = 0.8
_WEEK_HOURS = 168.0


def single_outage(fleet: Fleet, absences: Absences, one: int, settings: OutageSettings) -> Outage:
    """Return one meter's absence as an outage."""
    loss, back = int(absences.loss_s[one]), int(absences.restored_s[one])
    is_open = bool(absences.is_open[one])
    meter, from_s, to_s = int(absences.meter[one]), int(absences.from_s[one]), int(absences.to_s[one])
    started = from_s if loss == UNKNOWN else loss
    ended = None if is_open else to_s if back == UNKNOWN else max(back, started)
    intervals = fleet.whole_intervals(meter, from_s, to_s)
    cause, confidence = _cause(is_open, (to_s - from_s) / 3600, loss != UNKNOWN, back != UNKNOWN, settings)
    lost_from = from_s if intervals else None
    part = OutagePart(meter, started, ended, lost_from, intervals, str(absences.codes[one]))
    evidence = {
        "meters_reporting": int(bool(absences.has_event[one])),
        "start_known_by": "interval" if loss == UNKNOWN else "last_gasp",
        "end_known_by": None if is_open else "interval" if back == UNKNOWN else "restoration",
    }
    return Outage(cause, started, ended, (part,), confidence, evidence)


def _cause(
    is_open: bool, away_hours: float, has_loss: bool, has_return: bool, settings: OutageSettings
) -> tuple[Cause, float]:
    if is_open and away_hours >= settings.stopped_hours:
        beyond = away_hours - settings.stopped_hours
        return Cause.METER_STOPPED, round(1 - 0.5 * math.exp(-beyond / _WEEK_HOURS), 3)
    if has_loss or has_return:
        return Cause.POWER_CUT, _BOTH_REPORTED if has_loss and has_return else _ONE_REPORTED
    return Cause.METER_GAP, _GAP
