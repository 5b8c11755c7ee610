"""Declared files whose rows are plain: CSV of one value in UTC, with nothing else that a row could say.

A declaration that says anything that is not known here is none of them, so that what is new to it is never passed over.
"""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.times import TIME_WORDS
from meterlake.etl.conforming.plain_reading import ISO_PATTERNS, ZULU_PATTERNS, PlainReading
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.lake.codes.quality import ReadingType

_KNOWN = {
    "": {"meter_id", "time", "values", "interval_minutes", "columns", "delimiter", "header", "skip_lines", "encoding"},
    "meter_id": {"columns"},
    "time": {"column", "format", "zone", "marks"},
    "values": {"column", "quantity", "unit"},
}
# What spreadsheets put before a text; see meterlake.etl.conforming.numbers.
_WRAPPERS = ("'", "=")


def plain_mapping(declared: MappingDeclaration, layout: Layout, options: ReadOptions) -> PlainReading | None:
    """Return how the rows of a declared file are read where they are plain; None where they may not be."""
    said = declared.model_dump(exclude_defaults=True)
    parts = {"": said, "meter_id": said["meter_id"], "time": said["time"], "values": said["values"][0]}
    value, time = declared.values[0], declared.time
    columns = (declared.meter_id.columns, time.column, value.column)
    is_known = all(parts[name].keys() <= known for name, known in _KNOWN.items())
    # A column that says what each row measures makes rows of one kind no more.
    is_alone = len(declared.values) == 1 and not value.codes and all(len(column) == 1 for column in columns)
    is_utc = (time.zone or options.time_zone) == "UTC" and time.format in ("iso", *_patterns(time.format))
    measured = value.meanings[0]
    is_sum = measured.reading_type == ReadingType.INTERVAL.value and not measured.read_unit.is_power
    if layout.kind != "csv" or not (is_known and is_alone and is_utc and is_sum):
        return None
    meter, moment, amount = (declared.raw_name(column) for (column,) in columns)
    return PlainReading(
        meter,
        moment,
        amount,
        (*ISO_PATTERNS, *ZULU_PATTERNS) if time.format == "iso" else (time.format,),
        measured.stored_quantity,
        declared.interval_minutes,
        float(measured.read_unit.factor),
        "start" if time.marks == "start" else "end",
        _WRAPPERS,
    )


def _patterns(time_format: str) -> tuple[str, ...]:
    return () if time_format in TIME_WORDS else (time_format,)
