"""Which of the time without power was announced, meter by meter.

Enters: outages and announcements. Leaves: the outages, each wholly of meters whose loss was announced, or of none. A loss is
announced if an announcement names the meter and the loss falls in its time, or up to the tolerance before. What lasts beyond the
announced end is unplanned from there on. Rows of announcements add up: a street announced house by house is one work.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.announcements import PlannedOutage
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import Outage, OutagePart


@dataclass(frozen=True)
class _Announced:
    """A part with what was announced of it."""

    part: OutagePart
    by: tuple[PlannedOutage, ...]


def with_announcements(
    fleet: Fleet, outages: list[Outage], planned: list[PlannedOutage], tolerance_s: int
) -> list[Outage]:
    """Return power cuts with what was announced of them; one that strikes others too is two outages.

    Args:
        fleet: The meters.
        outages: As they were judged.
        planned: Announced outages.
        tolerance_s: How long before its time announced work may begin.
    """
    if not planned:
        return outages
    by_meter: dict[int, list[PlannedOutage]] = defaultdict(list)
    for one in planned:
        for meter in np.flatnonzero(one.names(fleet)).tolist():
            by_meter[meter].append(one)
    found = []
    for outage in outages:
        found += _told_apart(fleet, outage, by_meter, tolerance_s) if outage.cause is Cause.POWER_CUT else [outage]
    return found


def _told_apart(
    fleet: Fleet, outage: Outage, by_meter: dict[int, list[PlannedOutage]], tolerance_s: int
) -> list[Outage]:
    """Return an outage as what was announced and what was not."""
    parts = [_announced(fleet, part, by_meter.get(part.meter, []), tolerance_s) for part in outage.parts]
    named = [one for one in parts if one.by]
    if not named:
        return [outage]
    whole = [_of_parts(outage, Cause.PLANNED, named)]
    if others := [one for one in parts if not one.by]:
        whole.append(_of_parts(outage, Cause.POWER_CUT, others))
    return whole


def _announced(fleet: Fleet, part: OutagePart, planned: list[PlannedOutage], tolerance_s: int) -> _Announced:
    ended_s = max(part.started_s, fleet.newest_s) if part.ended_s is None else part.ended_s
    by = tuple(one for one in planned if one.start_s - tolerance_s <= part.started_s < one.end_s)
    # Work that goes on under the next announcement is announced, too.
    by += tuple(one for one in planned if by and one not in by and part.started_s < one.start_s < ended_s)
    spans = sorted((max(part.started_s, one.start_s - tolerance_s), min(ended_s, one.end_s)) for one in by)
    planned_s, covered_to = 0, part.started_s
    for first, last in spans:
        planned_s += max(0, last - max(first, covered_to))
        covered_to = max(covered_to, last)
    return _Announced(replace(part, planned_s=planned_s), by)


def _of_parts(outage: Outage, cause: Cause, parts: list[_Announced]) -> Outage:
    ends = [one.part.ended_s for one in parts]
    ended_s = None if None in ends else max(end for end in ends if end is not None)
    evidence = dict(outage.evidence)
    started_s = outage.started_s
    if len(parts) < len(outage.parts):
        started_s = min(one.part.started_s for one in parts)
    else:
        ended_s = outage.ended_s
    by = {one.planned_id: one for part in parts for one in part.by}
    if by:
        first = min(by.values(), key=lambda one: (one.start_s, one.planned_id))
        evidence |= {"planned_id": first.planned_id, "note": first.note}
        if len(by) > 1:
            evidence["planned_ids"] = sorted(by)
        evidence["planned_customer_minutes"] = round(sum(one.part.planned_s for one in parts) / 60, 3)
    return replace(
        outage,
        cause=cause,
        started_s=started_s,
        ended_s=ended_s,
        parts=tuple(one.part for one in parts),
        evidence=evidence,
    )
