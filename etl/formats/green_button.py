"""Green Button: the XML of NAESB's Energy Services Provider Interface (ESPI), as utilities hand it to their customers.

A feed of Atom holds usage points, their meter readings, reading types that say what is measured, and blocks of readings.
Times are seconds since 1970 in UTC. Costs are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch
from meterlake.etl.translating.espi_codes import MEASURED, quality_of
from meterlake.etl.translating.espi_entries import EntryWalker, RawReading, ReadingWalker
from meterlake.etl.translating.espi_series import BlockSeries, series_of_blocks
from meterlake.etl.translating.espi_zones import zone_of
from meterlake.etl.translating.raw_source import RawSource
from meterlake.etl.translating.record_lines import whole_number
from meterlake.etl.translating.translated_format import TranslatedFormat
from meterlake.etl.translating.translated_values import BrokenRecord, Values, worst
from meterlake.lake.codes.quality import Quality, ReadingType

_NAMESPACE = "http://naesb.org/espi"
_LOCAL_TIME = re.compile(r"<(?:\w+:)?(tzOffset|dstOffset|dstStartRule)>\s*([-\w]+)\s*<")
_EXAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
 <entry><content><ReadingType xmlns="http://naesb.org/espi"><flowDirection>1</flowDirection>
  <intervalLength>3600</intervalLength><powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType></content></entry>
 <entry><content><IntervalBlock xmlns="http://naesb.org/espi">
  <interval><duration>7200</duration><start>1293868800</start></interval>
  <IntervalReading><timePeriod><duration>3600</duration><start>1293868800</start></timePeriod><value>450</value></IntervalReading>
  <IntervalReading><ReadingQuality><quality>8</quality></ReadingQuality>
   <timePeriod><duration>3600</duration><start>1293872400</start></timePeriod><value>512</value></IntervalReading>
 </IntervalBlock></content></entry>
</feed>
"""


class GreenButton(TranslatedFormat):
    """Green Button, the XML of ESPI: usage points, reading types and blocks of readings."""

    holds = "XML, a feed of Atom: `UsagePoint`, `MeterReading`, `ReadingType`, `IntervalBlock`; a row is an `IntervalReading`"
    times = "UTC, seconds since 1970"
    described_at = "NAESB REQ.21, *Energy Services Provider Interface*, espi.xsd (greenbuttonalliance.org)"
    measures = MEASURED
    has_registers = True
    has_lines = False
    example = Example("green_button.xml", _EXAMPLE)

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its namespace."""
        if head.kind != "xml":
            return Mismatch(1.0, f"expected XML, found {head.kind}")
        text = "\n".join(head.lines)
        if _NAMESPACE not in text:
            return Mismatch(0.5, f"expected elements of {_NAMESPACE}")
        if "<!DOCTYPE" in text:
            return Mismatch(0.4, "it declares a document type, which may hold entities and is not read")
        return self.layout_of(head, variant=head.name, zone=zone_of(dict(_LOCAL_TIME.findall(text))))

    def translate(self, source: RawSource, layout: Layout) -> Iterator[Values | BrokenRecord]:
        """See TranslatedFormat."""
        blocks = series_of_blocks(list(EntryWalker().walk(source)), layout.variant)
        for reading in ReadingWalker().walk(source):
            block = blocks.get(reading.entry, "no entry holds its block")
            if isinstance(block, BlockSeries):
                yield _values(reading, block)
            else:
                yield BrokenRecord(reading.line, Reason.BAD_RECORD, block, _shown(reading))


def _values(reading: RawReading, block: BlockSeries) -> Values:
    said = reading.said
    start, duration = (
        whole_number(said.get("timePeriod/start", "")),
        whole_number(said.get("timePeriod/duration", block.step)),
    )
    step, block_start = whole_number(block.step), whole_number(reading.block_start)
    if "timePeriod/start" not in said and step is not None and block_start is not None:
        start = block_start + reading.place * step
    if block.series.reading_type is ReadingType.REGISTER and start is not None:
        # A register stands where it stands when its period ends.
        start += duration or 0
    text, series, shift = said.get("value", ""), block.series, block.measured.shift
    if block.back and text.startswith("-"):
        text, series = text[1:], block.back
    qualities = [quality_of(code) for code in reading.qualities or [block.quality]]
    reason = Reason.BAD_RECORD if None in qualities else None
    minutes, seconds = divmod(duration or 0, 60)
    is_plain = start is not None and not reason and not seconds and text.isdecimal()
    return Values(
        reading.line,
        series,
        start,
        0 if seconds else minutes,
        [f"{text}e{shift}" if text and shift else text],
        [worst(*(quality or Quality.ACTUAL for quality in qualities))],
        [reason],
        block.measured.said if is_plain else f"{_shown(reading)} of {block.measured.said}",
    )


def _shown(reading: RawReading) -> str:
    """Return a reading in words."""
    words = {**reading.said, **({"quality": ", ".join(reading.qualities)} if reading.qualities else {})}
    return "; ".join(f"{name} {text}" for name, text in words.items())[:2_000]


FORMAT = GreenButton()
