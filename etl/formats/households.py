"""Who the meters' customers are: the tariff and the Acorn group of each, as London publishes them.

`Acorn_grouped` (Affluent, Comfortable, Adversity) becomes the segment; the finer `Acorn` is not kept.
Source: SmartMeter Energy Consumption Data in London Households, UK Power Networks, London Datastore.
"""

from __future__ import annotations

import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import says_nothing, trim
from meterlake.etl.conforming.reference_expressions import judged_rows, text_or_null

_EXPECTED = ("LCLid", "stdorToU", "Acorn", "Acorn_grouped")
_CANONICAL = {
    "lclid": "meter_id",
    "meter_id": "meter_id",
    "stdortou": "tariff",
    "tariff": "tariff",
    "acorn": "acorn",
    "acorn_grouped": "segment",
    "segment": "segment",
    "file": "file",
}
_KEPT = ("tariff", "segment")


class Households:
    """Meters with tariff and segment."""

    name = "households"
    meaning = "a row a meter: LCLid, stdorToU (tariff), Acorn, Acorn_grouped (segment)"
    target = "meters"

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file that names meters and their tariff or segment, and nothing else."""
        if head.kind != "csv":
            return Mismatch(1.0, f"expected CSV, found {head.kind}")
        header = read_header(head)
        columns = tuple(_CANONICAL.get(name.lower(), "") for name in header.names)
        is_whole = "meter_id" in columns and not {*_KEPT}.isdisjoint(columns)
        if is_whole and "" not in columns and len(set(columns)) == len(columns):
            return Layout(self.name, "csv", columns, header.delimiter, header.quote, encoding=head.encoding)
        return header_mismatch(header.names, _EXPECTED)

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into meters."""
        columns = {"meter_id": trim(raw.meter_id)}
        columns |= {name: text_or_null(raw[name]) for name in _KEPT if name in layout.columns}
        return judged_rows(raw, columns, [(says_nothing(raw.meter_id), Reason.MISSING_METER)])


FORMAT = Households()
