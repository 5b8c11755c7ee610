"""Which meters took the place of others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meterlake.outage.evidence.meter_exchanges import exchanged
from meterlake.outage.fleet import NEVER_S, Fleet
from tests.unit.outage.fleet_fixture import SLOT_S, Town

DAY_S = 48 * SLOT_S


def town(begins: dict[int, int], *, points: dict[int, str] | None = None) -> Fleet:
    """Return meters of which some begin on a later day, all of one transformer at one place."""
    fleet = Town().fleet
    first_s = np.array([begins.get(meter, 0) * DAY_S for meter in range(60)])
    customers = tuple((points or {}).get(meter, name) for meter, name in enumerate(fleet.meter_ids))
    return replace(fleet, first_s=first_s, longitude=np.zeros(60), customer_ids=customers)


def stops(days: dict[int, int]) -> np.ndarray:
    return np.array([days.get(meter, 400) * DAY_S if meter in days else 400 * SLOT_S for meter in range(60)])


def test_one_that_begins_where_another_stops_has_its_customer() -> None:
    fleet, until_s = exchanged(town({5: 3}), stops({2: 3}))

    assert (fleet.customer_of(5), fleet.customer_of(2)) == ("M002", "M002")
    assert (until_s[2], until_s[5]) == (3 * DAY_S, NEVER_S)


def test_one_that_stops_where_nobody_begins_was_not_exchanged() -> None:
    fleet, until_s = exchanged(town({5: 6}), stops({2: 3}))

    assert fleet.customer_of(5) == "M005"
    assert (until_s == NEVER_S).all()


def test_meters_of_one_service_point_follow_each_other_however_long_after() -> None:
    fleet, until_s = exchanged(town({5: 6}, points={2: "P1", 5: "P1"}), stops({2: 3}))

    assert (fleet.customer_of(2), fleet.customer_of(5), until_s[2]) == ("P1", "P1", 6 * DAY_S)
