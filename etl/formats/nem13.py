"""NEM13, the accumulated reads of Australia's electricity market: what flowed between two reads of a register.

    100 header, 250 two reads and what flowed between them, 550 a visit, 900 end

What flowed is stored over the time between the reads, whose seconds are cut from its length. A 550 says nothing that is
stored and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch
from meterlake.etl.translating.aemo_codes import (
    DESCRIBED_AT,
    MARKET_CLOCK,
    MARKET_ZONE,
    MEASURED,
    QUALITY_METHOD,
    quality_of,
    series_of,
)
from meterlake.etl.translating.raw_source import Line, RawSource
from meterlake.etl.translating.record_lines import field, fields_of, local_time, seconds_of
from meterlake.etl.translating.translated_format import TranslatedFormat
from meterlake.etl.translating.translated_values import BrokenRecord, Values, worst
from meterlake.lake.codes.quality import Quality

_FIELDS = 20
# By direction, and whether the unit is one of reactive energy.
_OF_DIRECTION = {
    ("E", False): "energy",
    ("I", False): "energy_export",
    ("E", True): "energy_reactive",
    ("I", True): "energy_reactive_export",
}


class Nem13(TranslatedFormat):
    """NEM13, accumulated reads of Australia's market: record types 100, 250, 900."""

    holds = (
        "a record a line, by its type: `250,NMI,…,suffix,…` with two reads, their times and what flowed; a row is a 250"
    )
    times = "market time, +10:00 all year"
    described_at = DESCRIBED_AT
    zone = MARKET_ZONE
    measures = MEASURED
    example = Example(
        "nem13.csv",
        (
            "100,NEM13,202401101030,MDP1,RET1\n250,9990000002,11,1,11,11,M2,E,001000.0,20231205093055,A,,,001020.5,"
            "20240107100333,A,,,20.5,kWh,20240407,20240108100333,20240108091133\n900\n"
        ),
    )

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its 100 record, or by a 250 where it has none."""
        line = next((line for line in head.lines if line.strip()), "") if head.kind == "csv" else ""
        first = fields_of(line, ",")
        if (first[0] == "100" and field(first, 1).upper() == "NEM13") or (first[0] == "250" and len(first) >= _FIELDS):
            return self.layout_of(head)
        return Mismatch(0.5 if first[0] == "100" else 0.95, "expected a 100 record that says NEM13, or a 250 record")

    def translate(self, source: RawSource, layout: Layout) -> Iterator[Values | BrokenRecord]:
        """See TranslatedFormat."""
        for line in source.lines():
            if isinstance(line, BrokenRecord):
                yield line
                continue
            fields = fields_of(line.text, ",")
            if fields[0] == "250":
                yield _flow(line, fields)
            elif fields[0] not in ("100", "550", "900"):
                yield line.broken(Reason.BAD_RECORD, f"{fields[0][:20]!r} is no type of record: 100, 250, 550, 900")


def _flow(line: Line, fields: list[str]) -> Values | BrokenRecord:
    if len(fields) < _FIELDS:
        return line.broken(Reason.WRONG_COLUMNS, f"{len(fields)} fields, where a 250 record has {_FIELDS} at least")
    methods = fields[10], fields[15]
    start, end = local_time(fields[9]), local_time(fields[14])
    if start is None or end is None or start >= end:
        return line.broken(Reason.BAD_TIME, f"from {fields[9]!r} to {fields[14]!r} is no time between two reads")
    if not all(QUALITY_METHOD.fullmatch(method) for method in methods):
        return line.broken(Reason.BAD_RECORD, f"{methods[0]!r} and {methods[1]!r} are not both quality methods")
    unit = fields[19]
    quantity = _OF_DIRECTION.get((fields[7].upper(), "var" in unit.lower()))
    series = series_of(fields[1], fields[4], unit, quantity=quantity)
    known = [quality_of(method) for method in methods]
    return Values(
        line.number,
        series,
        seconds_of(start, MARKET_CLOCK),
        int((end - start).total_seconds()) // 60,
        [fields[18]],
        [worst(*(quality or Quality.ACTUAL for quality in known))],
        [Reason.MISSING_VALUE if None in known else None],
        f"suffix {fields[4]} in {unit}, direction {fields[7]}",
    )


FORMAT = Nem13()
