"""How reliable the supply was: SAIDI, SAIFI and CAIDI by site and month, after IEEE Std 1366.

Enters: every meter's interruptions, and how many customers each site had in each month. Leaves: a row a site and month, and a
row a month of all sites together. What the standard says (IEEE Std 1366-2022; numbered as in the edition of 2012):

| clause | what is taken from it |
|---|---|
| 3 | a sustained interruption is one that lasts more than five minutes; shorter ones are momentary and do not count here |
| 4.2.1 | SAIFI = customers interrupted / customers served |
| 4.2.2 | SAIDI = minutes of customer interruption / customers served |
| 4.2.3 | CAIDI = minutes of customer interruption / customers interrupted = SAIDI / SAIFI |
| 5 | an interruption that goes on beyond its period is accrued to the period in which it began |

A customer is a meter. Major event days (clause 5) are not set apart: that needs years of history. Months are those of each
meter's own time zone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from meterlake.lake.codes.causes import Cause
from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.port import Lake

SUSTAINED = dt.timedelta(minutes=5)
ALL_SITES = "*"
_DECIMALS = 6


@dataclass(frozen=True)
class Interruption:
    """One meter's time without power; ended_at is the newest reading's end while it lasts."""

    site_id: str | None
    time_zone: str
    cause: str
    started_at: dt.datetime
    ended_at: dt.datetime


@dataclass(frozen=True)
class Reliability:
    """One site in one month.

    Attributes:
        site_id: The site; None for meters of no known site, "*" for all sites together.
        month_start: The first day of the month.
        customers_served: Meters that gave readings in the month.
        customers_interrupted: Sustained interruptions; a meter that was interrupted twice counts twice.
        customer_minutes: Their minutes, added up; so planned_customer_minutes, of those that were announced.
        saidi_minutes: Minutes that the average customer was without power.
        saifi: How often the average customer was interrupted.
        caidi_minutes: How long the average interruption lasted; None where there was none.
    """

    site_id: str | None
    month_start: dt.date
    customers_served: int
    customers_interrupted: int
    customer_minutes: float
    planned_customer_minutes: float
    saidi_minutes: float
    saifi: float
    caidi_minutes: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return asdict(self)


def reliability_of(
    interruptions: Iterable[Interruption], customers: dict[tuple[str | None, dt.date], int]
) -> list[Reliability]:
    """Return the indices of each site and month that had customers, and of all sites, ordered by month and site.

    Args:
        interruptions: In any order; momentary ones are left out here.
        customers: Meters with readings by site and month.
    """
    sums: dict[tuple[str | None, dt.date], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for one in interruptions:
        lasted = one.ended_at - one.started_at
        if lasted <= SUSTAINED:
            continue
        month = one.started_at.astimezone(ZoneInfo(one.time_zone)).date().replace(day=1)
        minutes = lasted / dt.timedelta(minutes=1)
        for site in (one.site_id, ALL_SITES):
            row = sums[site, month]
            row[0] += 1
            row[1] += minutes
            row[2] += minutes if one.cause == Cause.PLANNED else 0.0
    served: dict[tuple[str | None, dt.date], int] = defaultdict(int)
    for (site_id, month), count in customers.items():
        served[site_id, month] += count
        served[ALL_SITES, month] += count
    keys = sorted(served, key=lambda key: order_of(*key))
    return [_row(site, month, served[site, month], sums.get((site, month), [0.0, 0.0, 0.0])) for site, month in keys]


def order_of(site_id: str | None, month_start: dt.date) -> tuple[str, bool, bool, str]:
    """Return a row's place: by month, in it all sites together first and those of no known site last."""
    return (month_start.isoformat(), site_id != ALL_SITES, site_id is None, site_id or "")


def _row(site_id: str | None, month: dt.date, served: int, sums: list[float]) -> Reliability:
    interrupted, minutes, planned = sums
    return Reliability(
        site_id,
        month,
        served,
        int(interrupted),
        round(minutes, _DECIMALS),
        round(planned, _DECIMALS),
        round(minutes / served, _DECIMALS),
        round(interrupted / served, _DECIMALS),
        round(minutes / interrupted, _DECIMALS) if interrupted else None,
    )


def reliability_in_lake(lake: Lake) -> list[Reliability]:
    """Return the indices of a lake, from the outages that it holds."""
    newest = lake.ask("newest_reading").column(0)[0].as_py()
    interruptions = [
        Interruption(
            row["site_id"], row["time_zone"] or "UTC", row["cause"], row["started_at"], row["ended_at"] or newest
        )
        for row in lake.ask("interruptions").to_pylist()
    ]
    customers = {
        (row["site_id"], row["month_start"]): row["customers"]
        for row in lake.ask("customers_by_site", quantity=ENERGY.name).to_pylist()
    }
    return reliability_of(interruptions, customers)
