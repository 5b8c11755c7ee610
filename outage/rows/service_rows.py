"""When meters served their customers, as rows of services: a row a meter and stay at a place.

Enters: the fleet, when its meters served, and the outages. Leaves: rows. A meter serves from its first reading or message on, with
power or without, until another takes its place or it stops for good.
"""

from __future__ import annotations

import datetime as dt

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.silence_finding import Served
from meterlake.outage.fleet import NEVER_S
from meterlake.outage.judged_outages import Outage
from meterlake.outage.places.place_history import PlaceHistory
from meterlake.outage.rows.row_types import ServiceRow


def service_rows(places: PlaceHistory, served: Served, outages: list[Outage]) -> list[ServiceRow]:
    """Return the services of all meters."""
    stopped = {one.parts[0].meter: one.started_s for one in outages if one.cause is Cause.METER_STOPPED}
    fleet = places.fleet
    rows = []
    for meter in range(len(fleet.meter_ids)):
        from_s = int(served.from_s[meter])
        until_s = min(int(served.until_s[meter]), stopped.get(meter, NEVER_S))
        stays = places.of(meter)
        ends = [*(start for start, _, _ in stays[1:]), NEVER_S]
        for (start, customer, place), end in zip(stays, ends, strict=True):
            first, last = max(start, from_s), min(end, until_s)
            if first < last:
                rows.append(
                    ServiceRow(
                        customer_id=customer,
                        meter_id=fleet.meter_ids[meter],
                        served_from=dt.datetime.fromtimestamp(first, dt.UTC),
                        served_until=None if last == NEVER_S else dt.datetime.fromtimestamp(last, dt.UTC),
                        time_zone=served.time_zones[meter] or None,
                        **place,
                    )
                )
    return rows
