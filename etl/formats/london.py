"""London's published household readings: six columns with Acorn groups, the plain three, and Kaggle's.

Times are GMT all year and mark the start of a half-hour; `timestamp_marks="end"` reads them as ends.
Source: SmartMeter Energy Consumption Data in London Households, UK Power Networks, London Datastore.
"""

from __future__ import annotations

import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, as_time, judged_readings
from meterlake.lake.quantities import ENERGY

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


class London:
    """The three layouts of the London readings."""

    name = "london"
    meaning = "London's published half-hourly household readings: with Acorn groups, plain, or Kaggle's"
    target = "readings"

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its header, whatever the order of its columns."""
        if head.kind != "csv":
            return Mismatch(1.0, f"expected CSV, found {head.kind}")
        header = read_header(head)
        columns = tuple(_CANONICAL.get(name.lower(), "") for name in header.names)
        if set(columns) >= _NEEDED and "" not in columns and len(set(columns)) == len(columns):
            return Layout(self.name, "csv", columns, header.delimiter, header.quote, encoding=head.encoding)
        return min(
            (header_mismatch(header.names, layout) for layout in (_ACORN, _PLAIN, _KAGGLE)),
            key=lambda mismatch: mismatch.distance,
        )

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into readings of energy."""
        parts = RawReading(
            meter_id=raw.meter_id,
            time_text=raw.time,
            time=as_time(raw.time),
            value_text=raw.value,
            quantity=ENERGY,
            interval_minutes=30,
        )
        return judged_readings(raw, parts, options)


FORMAT = London()
