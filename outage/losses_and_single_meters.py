"""Absences that no common power cut explains, as outages: head-end losses and single meters.

Enters: absences. Leaves: outages with their confidence and evidence. A meter that reported the loss of its own power
had none, even if nobody shares it; one that said nothing is a gap, or has stopped.
"""

from __future__ import annotations

import math

from meterlake.lake.causes import Cause
from meterlake.outage.evidence.absences import UNKNOWN, Absences
from meterlake.outage.fleet import Fleet
from meterlake.outage.head_end_finding import HeadEndLoss
from meterlake.outage.judged_outages import Outage, OutagePart
from meterlake.outage.settings import OutageSettings

_PLACES_KNOWN, _PLACES_UNKNOWN, _NOBODY_LEFT = 0.95, 0.8, 0.6
_ALMOST_ALL = 0.9
_BOTH_REPORTED, _ONE_REPORTED = 0.9, 0.6
_GAP = 0.8
_WEEK_HOURS = 168.0


def head_end_outage(fleet: Fleet, absences: Absences, loss: HeadEndLoss) -> Outage:
    """Return a head-end loss as an outage."""
    parts = tuple(
        OutagePart(
            int(absences.meter[one]),
            int(absences.from_s[one]),
            None if absences.is_open[one] else int(absences.to_s[one]),
            int(absences.from_s[one]),
            _intervals(fleet, absences, one),
            str(absences.codes[one]),
        )
        for one in sorted(loss.absences.tolist(), key=lambda one: int(absences.meter[one]))
    )
    fraction = len(parts) / max(1, loss.owing)
    confidence = _PLACES_KNOWN if loss.places else _PLACES_UNKNOWN
    if fraction > _ALMOST_ALL:  # nobody is left to tell a lost delivery from a blackout
        confidence = _NOBODY_LEFT
    evidence = {
        "meters_owing": loss.owing,
        "silent_fraction": round(fraction, 4),
        "places": loss.places,
        "chance": float(f"{loss.chance:.1e}"),
    }
    ends = [part.ended_s for part in parts]
    ended = None if None in ends else max(end for end in ends if end is not None)
    return Outage(Cause.HEAD_END_LOSS, loss.key_s, ended, parts, confidence, evidence)


def single_outage(fleet: Fleet, absences: Absences, one: int, settings: OutageSettings) -> Outage:
    """Return one meter's absence as an outage."""
    loss, back = int(absences.loss_s[one]), int(absences.restored_s[one])
    is_open = bool(absences.is_open[one])
    started = int(absences.from_s[one]) if loss == UNKNOWN else loss
    ended = None if is_open else int(absences.to_s[one]) if back == UNKNOWN else max(back, started)
    intervals = _intervals(fleet, absences, one)
    away_hours = (int(absences.to_s[one]) - int(absences.from_s[one])) / 3600
    cause, confidence = _cause(is_open, away_hours, loss != UNKNOWN, back != UNKNOWN, settings)
    lost_from = int(absences.from_s[one]) if intervals else None
    part = OutagePart(int(absences.meter[one]), started, ended, lost_from, intervals, str(absences.codes[one]))
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


def _intervals(fleet: Fleet, absences: Absences, one: int) -> int:
    lost = max(0, int(absences.to_s[one] - absences.from_s[one]))
    return lost // int(fleet.interval_s[int(absences.meter[one])])
