"""Which meters make a group on a day."""

from __future__ import annotations

import datetime as dt

from meterlake.lake.errors import UnknownGroup
from meterlake.lake.metering.groups import GroupedBy
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.port import Lake


def meters_of_group(lake: Lake, by: GroupedBy, group: str, day: dt.date) -> frozenset[str]:
    """Return the meters that belong to a group on a day; those of the fleet, whose only group is `all`.

    Raises:
        UnknownGroup: If none belongs to it.
    """
    asked = {"attribute": by.value, "day": day}
    members = lake.ask("meters_of_group", group=group, **asked)["meter_id"].to_pylist()
    if not members:
        groups = set(lake.ask("meters_of_group", group="", **asked)["member"].to_pylist())
        raise UnknownGroup(by.value, group, nearest_names(group, sorted(groups)) if groups else ())
    return frozenset(members)
