"""What is known of meters: where they stand, what feeds them, their tariff and segment, and the days for which that holds.

Empty cells are unknown and erase nothing that an earlier file said.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import as_time, says_nothing, trim
from meterlake.etl.conforming.reference_expressions import (
    NUMBER_FACTS,
    day_check,
    days_of_validity,
    ends_before_it_begins,
    is_time_zone,
    judged_rows,
    number_checks,
    number_or_null,
    text_or_null,
    time_check,
)
from meterlake.etl.conforming.time_expressions import as_zoned_time, wall_text
from meterlake.lake.tables import LIMITS, MULTIPLIERS

_PLACE = ("latitude", "longitude")
_TEXTS = (
    *("building_id", "transformer_id", "site_id", "time_zone", "tariff", "segment"),
    *("service_point_id", "feeder_id", "substation_id", "district_id"),
)
_COMMISSIONED = "commissioned_at"
_DAYS = ("valid_from", "valid_until")
# Files of these alone are of the format households.
_OF_CUSTOMERS = ("tariff", "segment")


class Geodata(HeaderFormat):
    """a row a meter, or a row a meter and the days for which it holds: meter_id and any of latitude with longitude, building_id, transformer_id, site_id, time_zone, tariff, segment, service_point_id, feeder_id, substation_id, district_id, commissioned_at, multiplier, ct_ratio, vt_ratio, highest_kw, valid_from, valid_until."""

    target = "meters"
    headers = (("meter_id", *_PLACE),)
    holds = (
        "`meter_id` and any of `latitude` with `longitude`, `building_id, transformer_id, site_id, time_zone, tariff, "
        "segment, service_point_id, feeder_id, substation_id, district_id, commissioned_at, multiplier, ct_ratio, "
        "vt_ratio, highest_kw`, and `valid_from, valid_until`, the days for which that holds"
    )
    times = "UTC or the offset they say; days are the meter's"
    example = Example(
        "geodata.csv", "meter_id,latitude,longitude,building_id,time_zone\nMAC000002,51.507,-0.128,B1,Europe/London\n"
    )

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """See HeaderFormat."""
        known = {"meter_id", *_PLACE, *MULTIPLIERS, *LIMITS, *_TEXTS, _COMMISSIONED, *_DAYS}
        return tuple(name.lower() if name.lower() in known else "" for name in names)

    def is_whole(self, columns: set[str]) -> bool:
        """Say whether meters are named, and of them a whole place or anything but what customers' files say."""
        has_place = not columns.isdisjoint(_PLACE)
        says = columns - {"meter_id", *_DAYS}
        is_own = not says <= {*_OF_CUSTOMERS} or not columns.isdisjoint(_DAYS)
        return "meter_id" in columns and bool(says) and is_own and (not has_place or columns >= {*_PLACE})

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into meters."""
        columns: dict[str, ir.Value] = {"meter_id": trim(raw.meter_id)}
        columns |= {name: text_or_null(raw[name]) for name in _TEXTS if name in layout.columns}
        numbers = [column for column in NUMBER_FACTS if column.name in layout.columns]
        columns |= {column.name: number_or_null(raw[column.name]) for column in numbers}
        checks = [(says_nothing(raw.meter_id), Reason.MISSING_METER), *number_checks(raw, numbers)]
        if "time_zone" in layout.columns:
            checks.append((~is_time_zone(raw.time_zone), Reason.UNKNOWN_TIME_ZONE))
        if _COMMISSIONED in layout.columns:
            columns[_COMMISSIONED] = as_zoned_time(raw[_COMMISSIONED])
            checks.append(time_check(raw[_COMMISSIONED], columns[_COMMISSIONED], options))
        days = {name: as_time(wall_text(raw[name])) for name in _DAYS if name in layout.columns}
        checks += [day_check(raw[name], day) for name, day in days.items()]
        columns |= days_of_validity(days.get("valid_from"), days.get("valid_until"))
        checks.append(ends_before_it_begins(columns))
        return judged_rows(raw, columns, checks, layout)


FORMAT = Geodata()
