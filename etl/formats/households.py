"""Who the meters' customers are: the tariff and the Acorn group of each, as London publishes them.

`Acorn_grouped` (Affluent, Comfortable, Adversity) becomes the segment; the finer `Acorn` is not kept.
Source: SmartMeter Energy Consumption Data in London Households, UK Power Networks, London Datastore.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, Layout, ReadOptions
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


class Households(HeaderFormat):
    """a row a meter: LCLid, stdorToU (tariff), Acorn, Acorn_grouped (segment)."""

    target = "meters"
    headers = (_EXPECTED,)
    holds = "`LCLid, stdorToU, Acorn, Acorn_grouped`"
    times = "none"
    described_at = "the same, `informations_households.csv`"
    example = Example("households.csv", "LCLid,stdorToU,Acorn,Acorn_grouped\nMAC000002,Std,ACORN-A,Affluent\n")

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """See HeaderFormat."""
        return tuple(_CANONICAL.get(name.lower(), "") for name in names)

    def is_whole(self, columns: set[str]) -> bool:
        """Say whether meters are named, and their tariff or segment."""
        return "meter_id" in columns and not columns.isdisjoint(_KEPT)

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into meters."""
        columns = {"meter_id": trim(raw.meter_id)}
        columns |= {name: text_or_null(raw[name]) for name in _KEPT if name in layout.columns}
        return judged_rows(raw, columns, [(says_nothing(raw.meter_id), Reason.MISSING_METER)], layout)


FORMAT = Households()
