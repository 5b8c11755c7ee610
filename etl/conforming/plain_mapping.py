"""Declared files whose rows are plain: CSV of one value in UTC, with nothing else that a row could say.

A declaration that says anything that is not known here is none of them, so that what is new to it is never passed over.
"""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration import TIME_WORDS, MappingDeclaration
from meterlake.etl.conforming.plain_reading import ISO_PATTERNS, ZULU_PATTERNS, PlainReading
from meterlake.etl.conforming.raw_format import Layout
from meterlake.lake.codes.quality import ReadingType

_KNOWN = {
    "": {"meter_id", "time", "values", "interval_minutes", "columns", "delimiter"},
    "time": {"column", "format", "zone", "marks"},
    "values": {"column", "quantity", "unit"},
}


def plain_mapping(declared: MappingDeclaration, layout: Layout) -> PlainReading | None:
    """Return how the rows of a declared file are read where they are plain; None where they may not be."""
    said = declared.model_dump(exclude_defaults=True)
    parts = {"": said, "time": said["time"], "values": said["values"][0]}
    is_known = all(parts[name].keys() <= known for name, known in _KNOWN.items())
    value = declared.values[0]
    is_alone = len(declared.values) == 1 and value.reading_type == ReadingType.INTERVAL.value
    if layout.kind != "csv" or not (is_known and is_alone) or declared.time.zone != "UTC":
        return None
    if declared.time.format != "iso" and declared.time.format in TIME_WORDS:
        return None
    return PlainReading(
        "meter",
        "time",
        "value_0",
        (*ISO_PATTERNS, *ZULU_PATTERNS) if declared.time.format == "iso" else (declared.time.format,),
        value.stored_quantity,
        declared.interval_minutes,
        value.factor,
        declared.time.marks,
    )
