"""ESB Networks' Harmonised Downloadable File, as Ireland's customers get it: a row a value, newest first.

Times are ends of intervals on Ireland's clock, as it showed them. What a row measures its read type says: mean power in kW or
energy in kWh of a half-hour, in or out, or the register of all hours or of a tariff's. It is read as a mapping is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.named_format import NamedFormat
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.formats.mapping import FORMAT as MAPPING
from meterlake.etl.formats.mapping.layouts import layout_of

_HEADER = ("MPRN", "Meter Serial Number", "Read Value", "Read Type", "Read Date and End Time")


def _codes() -> dict[str, dict[str, object]]:
    codes: dict[str, dict[str, object]] = {}
    for word, quantity in (("Import", "energy"), ("Export", "energy_export")):
        codes |= {f"Active {word} Interval ({unit})": {"quantity": quantity, "unit": unit} for unit in ("kW", "kWh")}
        codes[f"24 Hr Active {word} Register (kWh)"] = {"quantity": quantity, "register": True}
    for rate, hours in enumerate(("Day Peak", "Day Off-Peak", "Night"), 1):
        codes[f"{hours} Import Register (kWh)"] = {"quantity": f"energy_rate_{rate}", "register": True}
    return codes


_DECLARED = MappingDeclaration.model_validate(
    {
        "meter_id": "MPRN",
        "time": {
            "column": "Read Date and End Time",
            "format": "%d-%m-%Y %H:%M",
            "zone": "Europe/Dublin",
            "marks": "end_instant",
        },
        "interval_minutes": 30,
        "values": [{"column": "Read Value", "quantity": {"column": "Read Type", "codes": _codes()}}],
    }
)


class EsbHdf(NamedFormat):
    """ESB Networks' harmonised downloadable file: half-hours in kW or kWh, in and out, and daily registers."""

    target = "readings"
    holds = (
        "`MPRN, Meter Serial Number, Read Value, Read Type, Read Date and End Time`; read types say quantity and unit"
    )
    times = "Ireland's clock, interval ends, newest first or last"
    described_at = "ESB Networks, *Harmonised Downloadable Files* (esbnetworks.ie)"
    example = Example(
        "esb_hdf.csv",
        (
            f"{','.join(_HEADER)}\n"
            "10000000001,000000000000011111,0.500000,Active Export Interval (kW),02-06-2024 12:30\n"
            "10000000001,000000000000011111,0.100000,Active Import Interval (kW),02-06-2024 12:30\n"
        ),
    )

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its header."""
        if head.kind != "csv":
            return Mismatch(1.0, f"expected CSV, found {head.kind}")
        names = read_header(head).names
        if not _is_whole(names):
            return header_mismatch(tuple(names), _HEADER)
        found = layout_of(head, _DECLARED)
        return replace(found, format=self.name) if isinstance(found, Layout) else found

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn rows into readings, as a mapping does."""
        return MAPPING.conform(raw, layout, options)


def _is_whole(names: Sequence[str]) -> bool:
    return set(_HEADER) <= set(names)


FORMAT = EsbHdf()
