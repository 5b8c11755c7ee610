"""The parts of outages without power as rows of interruptions, one a loss.

Enters: outages with their identities. Leaves: rows with what their bounds allow: how long at least, at most, and whether the
interruption is momentary or sustained.
"""

from __future__ import annotations

import datetime as dt

from meterlake.outage.judged_outages import KnownBy, Outage, OutagePart, Within
from meterlake.outage.places.place_history import PlaceHistory
from meterlake.outage.rows.outage_identity import Identity
from meterlake.outage.rows.row_types import InterruptionRow
from meterlake.outage.settings import OutageSettings, duration_of


def interruption_rows(
    places: PlaceHistory, outages: list[Outage], identities: list[Identity], settings: OutageSettings
) -> list[InterruptionRow]:
    """Return the interruptions of all outages without power, a row a loss."""
    return [
        _row(places, identity.outage_id, part, settings)
        for outage, identity in zip(outages, identities, strict=True)
        if outage.cause.is_without_power
        for part in outage.parts
    ]


def _row(places: PlaceHistory, outage_id: str, part: OutagePart, settings: OutageSettings) -> InterruptionRow:
    fleet = places.fleet
    ended_s = max(part.started_s, fleet.newest_s) if part.ended_s is None else part.ended_s
    lost = part.lost or Within(part.started_s, part.started_s, KnownBy.READING)
    returned = part.returned or Within(ended_s, ended_s, KnownBy.READING)
    minutes = (ended_s - part.started_s) / 60
    low = min(minutes, max(0, returned.low_s - lost.high_s) / 60)
    high = max(minutes, (returned.high_s - lost.low_s) / 60)
    duration = duration_of(minutes, settings)
    other = next((one for one in (duration_of(low, settings), duration_of(high, settings)) if one != duration), None)
    customer, place = places.at(part.meter, part.started_s)
    return InterruptionRow(
        outage_id=outage_id,
        customer_id=customer,
        meter_id=fleet.meter_ids[part.meter],
        lost_at=dt.datetime.fromtimestamp(part.started_s, dt.UTC),
        returned_at=None if part.ended_s is None else dt.datetime.fromtimestamp(part.ended_s, dt.UTC),
        lost_known_by=lost.known_by.value,
        returned_known_by=None if part.ended_s is None else returned.known_by.value,
        minutes_low=low,
        minutes=minutes,
        minutes_high=high,
        duration=duration.value,
        also_possible=other,
        planned_minutes=part.planned_s / 60,
        first_lost_at=None if part.lost_from_s is None else dt.datetime.fromtimestamp(part.lost_from_s, dt.UTC),
        interval_minutes=int(fleet.interval_s[part.meter]) / 60,
        intervals_lost=part.intervals_lost,
        codes=part.codes or None,
        **place,
    )
