"""Any CSV, JSON, Parquet, ORC or Avro file, read by a declaration of its columns (meterlake.etl.conforming.mapping_declaration).

Each value of a record is a reading of its own, or what its parts add up to. A module here is a step of the way: which
columns are which (layouts, raw_columns), a row a value (cells), numbers and units (measures), when and how long (times).
Files of weather and of meters go another, shorter way (reference).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration, MetersDeclaration, WeatherDeclaration
from meterlake.etl.conforming.plain_mapping import plain_mapping
from meterlake.etl.conforming.plain_reading import PlainReading
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, first_reason, judged_readings
from meterlake.etl.formats.mapping.cells import one_row_a_value
from meterlake.etl.formats.mapping.layouts import layout_of
from meterlake.etl.formats.mapping.measures import measured, with_quality
from meterlake.etl.formats.mapping.reference import meter_rows, weather_rows
from meterlake.etl.formats.mapping.sums import with_codes_added
from meterlake.etl.formats.mapping.times import timed
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.errors import BadParameter

__all__ = ["FORMAT", "layout_of"]


class Mapping:
    """Files that a declaration describes."""

    name = "mapping"
    meaning = "any CSV, JSON, Parquet, ORC or Avro file, by a declaration of its columns (--mapping FILE.yaml)"
    target = "readings"
    holds = "any columns, by a declaration: `--mapping FILE.yaml`; readings, or weather or meters where it says so"
    times = "as declared"
    described_at = ""
    example = None

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise nothing by itself: the declaration decides; see `layout_of`."""
        return Mismatch(1.0, "it needs a declaration of the columns (--mapping FILE.yaml)")

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn each value of each record into a reading, or each record into a row about weather or a meter."""
        declared = layout.mapping
        if isinstance(declared, WeatherDeclaration):
            return weather_rows(raw, layout, declared, options)
        if isinstance(declared, MetersDeclaration):
            return meter_rows(raw, layout, declared, options)
        if not isinstance(declared, MappingDeclaration):
            raise BadParameter("mapping", None, "a declaration of the columns", "--mapping mapping.yaml")
        return _readings(raw, layout, declared, options)

    def plain(self, layout: Layout, options: ReadOptions) -> PlainReading | None:
        """See meterlake.etl.conforming.plain_reading."""
        declared = layout.mapping
        return plain_mapping(declared, layout, options) if isinstance(declared, MappingDeclaration) else None


def _readings(raw: ir.Table, layout: Layout, declared: MappingDeclaration, options: ReadOptions) -> ir.Table:
    """Turn each value of each record into a reading."""
    clock = Clock.of(declared.time.zone or options.time_zone, options.earliest_year)
    rows = one_row_a_value(raw, layout, declared)
    rows = measured(rows, declared)
    rows = timed(rows, declared, clock)
    rows = with_codes_added(rows, declared)
    rows = with_quality(rows, declared)
    if layout.is_ordered:
        # What looks at a row's neighbours leaves rows in any order, and of two that are one the last counts.
        rows = rows.order_by("row_index", "place")
    is_interval = rows.reading_type == ReadingType.INTERVAL.value
    is_withdrawn = is_interval & (rows.quality == Quality.WITHDRAWN.value)
    is_json = layout.kind == "json"
    parts = RawReading(
        meter_id=rows.meter,
        time_text=rows.time_text,
        time=rows.taken_at,
        # Whatever stands beside a withdrawal is no value.
        value_text=is_withdrawn.ifelse(ibis.literal("0"), rows.value_text),
        number=is_withdrawn.ifelse(ibis.literal(0.0), rows.number),
        quantity=rows.quantity,
        quantities=tuple(dict.fromkeys(one.stored_quantity for value in declared.values for one in value.meanings)),
        interval_minutes=rows.minutes,
        factor=rows.factor,
        quality=rows.quality,
        reading_type=rows.reading_type,
        early_reason=ibis.coalesce(
            first_reason((_is_broken(rows, layout), Reason.BAD_RECORD)),
            rows.early_reason,
            rows.clock_reason,
            rows.quality_reason,
        ),
        is_on_grid=~is_interval | rows.is_on_grid,
        fragments=(rows.line,) if is_json else tuple(rows[name] for name in rows.columns if name.startswith("sought_")),
        place_in_line=rows.place,
        place_name=rows.value_name + " = " + rows.value_text.fill_null(""),
    )
    return judged_readings(rows, parts, options.model_copy(update={"timestamp_marks": "start"}))


def _is_broken(rows: ir.Table, layout: Layout) -> ir.BooleanValue:
    """Say whether a line of JSON is no record at all."""
    if layout.kind != "json":
        return ibis.literal(False)
    return rows.meter_text.isnull() & rows.time_text.isnull() & rows.value_text.isnull()


FORMAT = Mapping()
