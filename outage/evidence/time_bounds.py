"""Between which times a meter lost power or got it back, as far as its own messages and readings say.

Enters: absences. Leaves: bounds. A message is one moment. Otherwise power failed in the interval before the first that is missing, and came
back in the last one; for meters that send an interval if they have power at its end, in the first missing one and in the one
after. Of zeros the first whole one is known: power failed in the interval before, and came back in the one after.
"""

from __future__ import annotations

from meterlake.outage.evidence.absences import NONE, UNKNOWN, Absences
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import KnownBy, Within


def lost_within(fleet: Fleet, absences: Absences, one: int, from_s: int) -> Within:
    """Return between which times power failed, for an absence whose first lost interval begins at a time."""
    reported = int(absences.loss_s[one])
    if reported != UNKNOWN:
        return Within(reported, reported, KnownBy.MESSAGE)
    if not absences.has_dark[one]:
        return Within(int(absences.from_s[one]), int(absences.to_s[one]), KnownBy.READING)
    interval = int(fleet.interval_s[int(absences.meter[one])])
    if fleet.sends_at_end and absences.zeros[one] == NONE:
        return Within(from_s, from_s + interval, KnownBy.READING)
    return Within(from_s - interval, from_s, KnownBy.READING)


def returned_within(fleet: Fleet, absences: Absences, one: int, to_s: int) -> Within:
    """Return between which times power came back, for an absence whose last lost interval ends at a time."""
    reported = int(absences.restored_s[one])
    if reported != UNKNOWN:
        return Within(reported, reported, KnownBy.MESSAGE)
    if not absences.has_dark[one]:
        return Within(int(absences.from_s[one]), int(absences.to_s[one]), KnownBy.READING)
    interval = int(fleet.interval_s[int(absences.meter[one])])
    if fleet.sends_at_end or absences.zeros[one] != NONE:
        return Within(to_s, to_s + interval, KnownBy.READING)
    return Within(to_s - interval, to_s, KnownBy.READING)
