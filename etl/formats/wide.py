"""A row a meter and day, a column an interval: London's hhblock files, and other spellings of the same.

Half-hours are called hh_0 to hh_47 or HH01 to HH48; intervals of any length by the clock, 00:00 to 23:30, or by their ends,
0:30 to 0:00. London's own are GMT; others show the clock of `--time-zone`. Each cell is a reading of its own in the
accounts; an empty one is set aside as a missing value, so that the cells add up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import read_header
from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.interval_starts import with_starts
from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, guarded, judged_readings
from meterlake.etl.conforming.unsaid_clock import OF_RUN
from meterlake.lake.codes.quantities import ENERGY

_METERS = ("lclid", "meter_id", "meter")
_DAYS = ("day", "date")
_LONDON = "lclid"
_HALF_HOURS = 48
_A_DAY = 1440
_COUNTS = tuple(_A_DAY // minutes for minutes in (60, 30, 15, 10, 5))
_HEADER = ("LCLid", "day", *(f"hh_{slot}" for slot in range(_HALF_HOURS)))
_COUNTED = re.compile(r"hh[_ ]?(\d{1,2})", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(:00)?")
_GMT = "gmt"


class Wide(HeaderFormat):
    """a row a meter and day, a column an interval: hh_0 to hh_47, HH01 to HH48, 00:00 to 23:30 or 0:30 to 0:00."""

    target = "readings"
    headers = (_HEADER,)
    holds = (
        "a row a meter and day, forty-eight half-hours: `LCLid, day, hh_0 … hh_47`; also `HH01 … HH48`, or clocks "
        "of any interval: `00:00 … 23:30`, `0:30 … 0:00` (ends); kWh"
    )
    times = "`LCLid`: GMT; others: `--time-zone`"
    described_at = "the same, as Kaggle's *Smart meters in London* lays it out in `hhblock_dataset`"
    example = Example("wide.csv", ",".join(_HEADER) + "\nMAC000002,2012-10-13" + ",0.25" * _HALF_HOURS + "\n")

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """See RawFormat; London's own files are told by what they call a meter."""
        answer = super().recognise(head)
        if isinstance(answer, Mismatch):
            return answer
        is_london = _LONDON in {name.lower() for name in read_header(head).names}
        return replace(
            answer,
            variant=_GMT if is_london else "",
            is_local=not is_london,
            is_ordered=not is_london,
            unsaid_clock="" if is_london else OF_RUN,
        )

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """See HeaderFormat."""
        return _canonical(tuple(names))

    def is_whole(self, columns: set[str]) -> bool:
        """Say whether a meter, a day and all its intervals are there, and nothing else."""
        return len(columns) - 2 in _COUNTS and columns == {"meter_id", "day", *_cells(len(columns) - 2)}

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn each cell into a reading of energy."""
        count = len(layout.columns) - 2
        minutes = _A_DAY // count
        slots = [
            ibis.struct({"slot": ibis.literal(slot, "int64"), "text": raw[cell]})
            for slot, cell in enumerate(_cells(count))
        ]
        line = raw.row_index if layout.is_ordered else ibis.literal(0, "int64")
        cells = raw.select("file_index", "meter_id", "day", row_index=line, cell=ibis.array(slots).unnest())
        rows = cells.select(
            "file_index", "meter_id", "day", "row_index", slot=cells.cell["slot"], text=cells.cell["text"]
        )
        passed = rows.slot * minutes
        rows = rows.mutate(
            local_time=guarded(rows.day).try_cast("date").cast("timestamp") + passed.as_interval("m"),
            meter=rows.meter_id,
            series=ibis.literal(""),
            place=rows.slot,
        )
        clock = Clock.of("UTC" if layout.variant == _GMT else options.time_zone, options.earliest_year)
        rows = with_starts(rows, clock, "start", minutes)
        rows = rows.order_by("row_index", "place") if clock.changes else rows
        parts = RawReading(
            meter_id=rows.meter_id,
            time_text=rows.day,
            time=rows.start_time,
            value_text=rows.text,
            quantity=ENERGY,
            interval_minutes=minutes,
            early_reason=rows.clock_reason if clock.changes else None,
            is_on_grid=rows.is_on_grid if clock.changes else None,
            fragments=(rows.meter_id, rows.day),
            place_in_line=rows.slot,
            place_name=_shown(rows.slot, minutes) + " = " + rows.text.fill_null(""),
        )
        # Whatever end of its interval a column's name is, its place in the header says which interval of the day it is.
        return judged_readings(rows, parts, options.model_copy(update={"timestamp_marks": "start"}))


def _shown(slot: ir.IntegerValue, minutes: int) -> ir.StringValue:
    """Return the clock at which an interval of a day begins, as 1:30."""
    passed = slot * minutes
    minute = (passed % 60).cast("string")
    return (passed // 60).cast("string") + ":" + (passed % 60 < 10).ifelse(ibis.literal("0") + minute, minute)


def _cells(count: int) -> list[str]:
    return [f"cell_{slot:03d}" for slot in range(count)]


def _canonical(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the canonical name of each column, empty for one that is none of this format's."""
    counted = {int(found[1]) for name in names if (found := _COUNTED.fullmatch(name))}
    clocks = [clock for name in names if (clock := _clock_minutes(name)) is not None]
    length = _A_DAY // len(clocks) if clocks else _A_DAY
    names_ends = bool(clocks) and clocks[0] == length and clocks[-1] in (0, _A_DAY)
    columns = []
    for name in names:
        slot: int | None = None
        if found := _COUNTED.fullmatch(name):
            slot = int(found[1]) - (0 not in counted)
        elif (clock := _clock_minutes(name)) is not None and clock % length == 0:
            slot = (clock // length - names_ends) % len(clocks)
        if name.lower() in _METERS:
            columns.append("meter_id")
        elif name.lower() in _DAYS:
            columns.append("day")
        else:
            columns.append(f"cell_{slot:03d}" if slot is not None else "")
    return tuple(columns)


def _clock_minutes(name: str) -> int | None:
    found = _CLOCK.fullmatch(name)
    return int(found[1]) * 60 + int(found[2]) if found else None


FORMAT = Wide()
