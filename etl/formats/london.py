"""London's published household readings: six columns with Acorn groups, the plain three, and Kaggle's.

Times are GMT all year and mark the start of a half-hour; `timestamp_marks="end"` reads them as ends.
Source: SmartMeter Energy Consumption Data in London Households, UK Power Networks, London Datastore.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.plain_reading import ISO_PATTERNS, PlainReading
from meterlake.etl.conforming.raw_format import Example, Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, as_time, judged_readings
from meterlake.lake.codes.quantities import ENERGY

_ACORN = ("LCLid", "stdorToU", "DateTime", "KWH/hh (per half hour)", "Acorn", "Acorn_grouped")
_PLAIN = ("LCLid", "DateTime", "KWH/hh (per half hour)")
_KAGGLE = ("LCLid", "tstp", "energy(kWh/hh)")
_CANONICAL = {
    "lclid": "meter_id",
    "datetime": "time",
    "tstp": "time",
    "kwh/hh (per half hour)": "value",
    "energy(kwh/hh)": "value",
    "stdortou": "tariff",
    "acorn": "acorn",
    "acorn_grouped": "segment",
}
_NEEDED = {"meter_id", "time", "value"}
_MINUTES = 30


class London(HeaderFormat):
    """London's published half-hourly household readings: with Acorn groups, plain, or Kaggle's."""

    target = "readings"
    headers = (_ACORN, _PLAIN, _KAGGLE)
    holds = (
        "`LCLid, stdorToU, DateTime, KWH/hh (per half hour), Acorn, Acorn_grouped`; or `LCLid, DateTime, "
        "KWH/hh (per half hour)`; or Kaggle's `LCLid, tstp, energy(kWh/hh)`; any order"
    )
    times = "GMT, interval starts"
    usual_zone = "Europe/London"
    described_at = "UK Power Networks, *SmartMeter Energy Consumption Data in London Households* (data.london.gov.uk)"
    example = Example(
        "london.csv",
        (
            "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
            "MAC000002,Std,2012-10-12 00:30:00.0000000, 0.218 ,ACORN-A,Affluent\n"
        ),
    )

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """See HeaderFormat."""
        return tuple(_CANONICAL.get(name.lower(), "") for name in names)

    def is_whole(self, columns: set[str]) -> bool:
        """See HeaderFormat."""
        return columns >= _NEEDED

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into readings of energy."""
        parts = RawReading(
            meter_id=raw.meter_id,
            time_text=raw.time,
            time=as_time(raw.time),
            value_text=raw.value,
            quantity=ENERGY,
            interval_minutes=_MINUTES,
        )
        return judged_readings(raw, parts, options)

    def plain(self, layout: Layout, options: ReadOptions) -> PlainReading | None:
        """See meterlake.etl.conforming.plain_reading."""
        if layout.kind != "csv":
            return None
        marks = options.timestamp_marks
        return PlainReading("meter_id", "time", "value", ISO_PATTERNS, ENERGY, _MINUTES, timestamp_marks=marks)


FORMAT = London()
