"""A row a meter and day, a column a half-hour: London's hhblock files, and other spellings of the same.

The half-hours are called hh_0 to hh_47, HH01 to HH48, or 00:00 to 23:30. Times are UTC. Each cell is a reading of
its own in the accounts; an empty one is set aside as a missing value, so that the cells add up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.raw_format import Example, Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, guarded, judged_readings
from meterlake.lake.codes.quantities import ENERGY

_METERS = ("lclid", "meter_id", "meter")
_DAYS = ("day", "date")
_SLOTS = 48
_MINUTES = 30
_HEADER = ("LCLid", "day", *(f"hh_{slot}" for slot in range(_SLOTS)))
_COUNTED = re.compile(r"hh[_ ]?(\d{1,2})", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(00|30)(:00)?")


class Wide(HeaderFormat):
    """a row a meter and day, a column a half-hour: hh_0 to hh_47, HH01 to HH48 or 00:00 to 23:30."""

    target = "readings"
    headers = (_HEADER,)
    holds = (
        "a row a meter and day, forty-eight half-hours: `LCLid, day, hh_0 … hh_47`; also `HH01 … HH48` or "
        "`00:00 … 23:30`; kWh"
    )
    times = "UTC"
    described_at = "the same, as Kaggle's *Smart meters in London* lays it out in `hhblock_dataset`"
    example = Example("wide.csv", ",".join(_HEADER) + "\nMAC000002,2012-10-13" + ",0.25" * _SLOTS + "\n")

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """See HeaderFormat."""
        return _canonical(tuple(names))

    def is_whole(self, columns: set[str]) -> bool:
        """Say whether a meter, a day and all forty-eight half-hours are there, and nothing else."""
        return columns == {"meter_id", "day", *_cells()}

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn each cell into a reading of energy."""
        slots = [
            ibis.struct({"slot": ibis.literal(slot, "int64"), "text": raw[cell]}) for slot, cell in enumerate(_cells())
        ]
        cells = raw.select("file_index", "meter_id", "day", cell=ibis.array(slots).unnest())
        rows = cells.select("file_index", "meter_id", "day", slot=cells.cell["slot"], text=cells.cell["text"])
        start = guarded(rows.day).try_cast("date").cast("timestamp") + (rows.slot * _MINUTES).as_interval("m")
        clock = (rows.slot // 2).cast("string") + (rows.slot % 2 == 0).ifelse(":00", ":30")
        parts = RawReading(
            meter_id=rows.meter_id,
            time_text=rows.day,
            time=start,
            value_text=rows.text,
            quantity=ENERGY,
            interval_minutes=_MINUTES,
            fragments=(rows.meter_id, rows.day),
            place_in_line=rows.slot,
            place_name=clock + " = " + rows.text.fill_null(""),
        )
        return judged_readings(rows, parts, options)


def _cells() -> list[str]:
    return [f"cell_{slot:02d}" for slot in range(_SLOTS)]


def _canonical(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the canonical name of each column, empty for one that is none of this format's."""
    counts_from_one = not any(_slot_of(name, 0) == 0 for name in names if _COUNTED.fullmatch(name))
    columns = []
    for name in names:
        slot = _slot_of(name, int(counts_from_one))
        if name.lower() in _METERS:
            columns.append("meter_id")
        elif name.lower() in _DAYS:
            columns.append("day")
        else:
            columns.append(f"cell_{slot:02d}" if slot is not None else "")
    return tuple(columns)


def _slot_of(name: str, first: int) -> int | None:
    if counted := _COUNTED.fullmatch(name):
        return int(counted[1]) - first
    if clock := _CLOCK.fullmatch(name):
        return 2 * int(clock[1]) + (clock[2] == "30")
    return None


FORMAT = Wide()
