"""Where meters are, their service points: a row a meter with its coordinates, and what else is known of its place.

Empty cells are unknown and erase nothing that an earlier file said.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import says_nothing, trim
from meterlake.etl.conforming.reference_expressions import (
    COORDINATES,
    is_time_zone,
    judged_rows,
    number_checks,
    number_or_null,
    text_or_null,
    time_check,
)
from meterlake.etl.conforming.time_expressions import as_zoned_time

_NEEDED = ("meter_id", "latitude", "longitude")
_TEXTS = ("building_id", "transformer_id", "site_id", "time_zone", "tariff", "segment")
_COMMISSIONED = "commissioned_at"


class Geodata(HeaderFormat):
    """a row a meter: meter_id, latitude, longitude; or also building_id, transformer_id, site_id, time_zone, tariff, segment, commissioned_at."""

    target = "meters"
    headers = (_NEEDED,)
    holds = (
        "`meter_id, latitude, longitude` and any of `building_id, transformer_id, site_id, time_zone, "
        "tariff, segment, commissioned_at`"
    )
    times = "UTC or the offset they say"
    example = Example(
        "geodata.csv", "meter_id,latitude,longitude,building_id,time_zone\nMAC000002,51.507,-0.128,B1,Europe/London\n"
    )

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """See HeaderFormat."""
        known = {*_NEEDED, *_TEXTS, _COMMISSIONED}
        return tuple(name.lower() if name.lower() in known else "" for name in names)

    def is_whole(self, columns: set[str]) -> bool:
        """See HeaderFormat."""
        return columns >= set(_NEEDED)

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into meters."""
        columns: dict[str, ir.Value] = {"meter_id": trim(raw.meter_id)}
        columns |= {name: text_or_null(raw[name]) for name in _TEXTS if name in layout.columns}
        columns |= {column.name: number_or_null(raw[column.name]) for column in COORDINATES}
        checks = [(says_nothing(raw.meter_id), Reason.MISSING_METER), *number_checks(raw, list(COORDINATES))]
        if "time_zone" in layout.columns:
            checks.append((~is_time_zone(raw.time_zone), Reason.UNKNOWN_TIME_ZONE))
        if _COMMISSIONED in layout.columns:
            columns[_COMMISSIONED] = as_zoned_time(raw[_COMMISSIONED])
            checks.append(time_check(raw[_COMMISSIONED], columns[_COMMISSIONED], options))
        return judged_rows(raw, columns, checks, layout)


FORMAT = Geodata()
