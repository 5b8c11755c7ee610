"""A raw format whose files are not rows: a translator turns them into values, and then they go the way of every reading.

Enters: a raw file. Leaves: its values and broken records, which meterlake.etl.translating.translated_files writes as a
table of rows, for DuckDB here and in Spark's workers alike; and readings from those rows. A row in the accounts is a value,
or a record that no value can be read from.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.named_format import NamedFormat
from meterlake.etl.conforming.raw_format import TRANSLATED, Example, FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, judged_readings
from meterlake.etl.translating.raw_source import RawSource
from meterlake.etl.translating.translated_files import TRANSLATED_COLUMNS
from meterlake.etl.translating.translated_values import BrokenRecord, Values
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES


class TranslatedFormat(NamedFormat, ABC):
    """One such format.

    Attributes:
        holds, times, example: See RawFormat.
        measures: The names of the quantities that its series may have.
        has_registers: Whether its register reads are also differenced into what flowed between them.
        has_lines: Whether a record is a line of text.
        zone: The zone of the days of its meters, unless another is given.
    """

    target = "readings"
    holds: str
    times: str
    example: Example
    measures: Sequence[str]
    has_registers = False
    has_lines = True
    zone = ""

    @abstractmethod
    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Return how to read the file (see `layout_of`), or how it differs from this format."""

    @abstractmethod
    def translate(self, source: RawSource, layout: Layout) -> Iterator[Values | BrokenRecord]:
        """Give the file's values, record by record, in its order; nothing of it is left out without a word."""

    def layout_of(self, head: FileHead, *, variant: str = "", zone: str = "") -> Layout:
        """Return the layout of a file of this format.

        Args:
            head: The file's head.
            variant: What else the translator must know.
            zone: The zone of its meters' days, where the file says one.
        """
        return Layout(
            self.name,
            TRANSLATED,
            tuple(TRANSLATED_COLUMNS),
            header_lines=0,
            encoding=head.encoding,
            variant=variant,
            has_registers=self.has_registers,
            time_zone=zone or self.zone,
            has_lines=self.has_lines,
        )

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn translated rows into readings; a translator says when each begins and how long it is."""
        # A register read holds for a moment, whatever length a row is given.
        is_register = raw.reading_type == ReadingType.REGISTER.value
        start = raw.start_s.as_timestamp("s").cast("timestamp")
        parts = RawReading(
            meter_id=raw.meter_id,
            time_text=ibis.literal(""),
            time=start,
            value_text=raw.value,
            quantity=raw.quantity,
            quantities=tuple(QUANTITIES[name] for name in self.measures),
            interval_minutes=is_register.ifelse(options.interval_minutes, raw.interval_minutes),
            factor=raw.factor,
            quality=raw.quality,
            reading_type=raw.reading_type,
            early_reason=raw.early_reason,
            is_on_grid=ibis.literal(True),
            fragments=(raw.meter_id, raw.series, raw.value, raw.note),
            line_number=raw.line_number,
        )
        return judged_readings(raw, parts, options.model_copy(update={"timestamp_marks": "start"}))
