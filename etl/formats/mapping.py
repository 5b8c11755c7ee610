"""Any CSV, JSON Lines, Parquet, ORC or Avro file, read by a declaration of its columns (meterlake.etl.conforming.mapping_declaration).

Each value column of a record is a reading of its own. Local times are turned into UTC: a time that the clocks
skipped is set aside; of two rows with the same local time in the hour that comes twice, the one that stands first
in the file is the earlier; a single one cannot be told and is set aside.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.local_time import clock_changes, clock_offsets
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.plain_mapping import plain_mapping
from meterlake.etl.conforming.plain_reading import PlainReading
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import (
    RawReading,
    first_reason,
    guarded,
    is_on_grid,
    judged_readings,
    says_nothing,
    trim,
)
from meterlake.etl.conforming.time_expressions import as_epoch_time, as_patterned_time, as_zoned_time, says_its_zone
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.errors import BadParameter

# Nobody knows the clock changes of a later century, and each one costs a little in every row.
_LAST_YEAR_OF_CHANGES = 2060


class Mapping:
    """Files that a declaration describes."""

    name = "mapping"
    meaning = "any CSV, JSON Lines, Parquet, ORC or Avro file, by a declaration of its columns (--mapping FILE.yaml)"
    target = "readings"
    holds = "any columns, by a declaration: `--mapping FILE.yaml`"
    times = "as declared"
    described_at = ""
    example = None

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise nothing by itself: the declaration decides; see `layout_of`."""
        return Mismatch(1.0, "it needs a declaration of the columns (--mapping FILE.yaml)")

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn each value of each record into a reading."""
        declared = layout.mapping
        if declared is None:
            raise BadParameter("mapping", None, "a declaration of the columns", "--mapping mapping.yaml")
        clock = _Clock.of(declared, options)
        rows = _one_row_a_value(raw, layout, declared)
        rows = rows.mutate(local_time=_time(rows.time_text, declared))
        rows = clock.with_offsets(rows)
        time, clock_reason = clock.to_utc(rows)
        is_interval = rows.reading_type == ReadingType.INTERVAL.value
        quality, quality_reason = _quality(rows, declared)
        parts = RawReading(
            meter_id=rows.meter,
            time_text=rows.time_text,
            time=time,
            value_text=_with_decimal_point(rows.value_text) if declared.decimal == "," else rows.value_text,
            quantity=rows.quantity,
            quantities=tuple({value.stored_quantity.name: value.stored_quantity for value in declared.values}.values()),
            interval_minutes=declared.interval_minutes,
            factor=rows.factor,
            quality=quality,
            reading_type=rows.reading_type,
            early_reason=ibis.coalesce(
                first_reason((_is_broken(rows, layout), Reason.BAD_RECORD)), clock_reason, quality_reason
            ),
            is_on_grid=~is_interval | is_on_grid(rows.local_time, declared.interval_minutes),
            fragments=(rows.line,) if layout.kind == "json" else (rows.meter, rows.time_text),
            place_in_line=rows.place,
            place_name=rows.value_name + " = " + rows.value_text.fill_null(""),
        )
        return judged_readings(rows, parts, options.model_copy(update={"timestamp_marks": declared.time.marks}))

    def plain(self, layout: Layout, options: ReadOptions) -> PlainReading | None:
        """See meterlake.etl.conforming.plain_reading."""
        return plain_mapping(layout.mapping, layout) if layout.mapping else None


def layout_of(head: FileHead, declared: MappingDeclaration) -> Layout | Mismatch:
    """Return how to read a file by a declaration, or which of the declared columns it lacks."""
    layout = _csv_layout(head, declared) if head.kind == "csv" else _record_layout(head, declared)
    if isinstance(layout, Mismatch):
        return layout
    # Rows of one local time are told apart by their order, which only an ordered reader keeps.
    return replace(
        layout,
        is_ordered=declared.time.zone != "UTC",
        has_registers=declared.has_registers,
        mapping=declared,
        sheet=declared.sheet,
    )


def _csv_layout(head: FileHead, declared: MappingDeclaration) -> Layout | Mismatch:
    sources = declared.sources
    header = read_header(head)
    delimiter = declared.delimiter or header.delimiter
    found = declared.columns or tuple(name.strip(' "') for name in head.lines[0].split(delimiter))
    names = {name: column for column, name in sources.items()}
    columns = tuple(names.get(name, f"unused_{place}") for place, name in enumerate(found))
    if not set(sources) <= set(columns) or len(set(columns)) < len(columns):
        return header_mismatch(found, tuple(sources.values()))
    header_lines = 0 if declared.columns else 1
    return Layout("mapping", "csv", columns, delimiter, header.quote, header_lines, head.encoding)


def _record_layout(head: FileHead, declared: MappingDeclaration) -> Layout | Mismatch:
    sources = declared.sources
    found = _json_columns(head) if head.kind == "json" else head.columns
    needed = {_first_step(name) if head.kind == "json" else name for name in sources.values()}
    if needed - set(found):
        return header_mismatch(found, tuple(sources.values()))
    paths = tuple(sources.values())
    return Layout("mapping", head.kind, tuple(sources), header_lines=0, encoding=head.encoding, paths=paths)


def _first_step(path: str) -> str:
    return path.split(".")[0].removesuffix("[]")


def _json_columns(head: FileHead) -> tuple[str, ...]:
    """Return the names that the first records have."""
    names: dict[str, None] = {}
    for line in head.lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            names.update(dict.fromkeys(record))
    return tuple(names)


def _one_row_a_value(raw: ir.Table, layout: Layout, declared: MappingDeclaration) -> ir.Table:
    """Return a row for each value column of each record, with what the declaration says of the column."""
    values = [
        ibis.struct(
            {
                "place": ibis.literal(place, "int64"),
                "name": ibis.literal(value.column),
                "text": raw[f"value_{place}"],
                "quantity": ibis.literal(value.stored_quantity.name),
                "factor": ibis.literal(value.factor, "float64"),
                "reading_type": ibis.literal(value.reading_type),
            }
        )
        for place, value in enumerate(declared.values)
    ]
    passed_on = [name for name in ("row_index", "line", "place_in_line", "quality") if name in raw.columns]
    cells = raw.select("file_index", "meter", *passed_on, time_text=raw.time, cell=ibis.array(values).unnest())
    cell = cells.cell
    # A list of records in one line: its entries are numbered, and so are the values of each.
    entry = cells.place_in_line * len(values) if "place_in_line" in raw.columns else ibis.literal(0, "int64")
    return cells.mutate(
        place=entry + cell["place"],
        value_name=cell["name"],
        value_text=cell["text"],
        quantity=cell["quantity"],
        factor=cell["factor"],
        reading_type=cell["reading_type"],
    ).drop("cell")


def _with_decimal_point(text: ir.StringValue) -> ir.StringValue:
    """Turn the decimal comma into a point; a point that stood there, which may part thousands, makes it no number."""
    return text.replace(".", "?").replace(",", ".")


def _time(text: ir.StringValue, declared: MappingDeclaration) -> ir.TimestampValue:
    if declared.time.format == "iso":
        return as_zoned_time(text)
    if declared.time.format in ("epoch_s", "epoch_ms"):
        return as_epoch_time(text, milliseconds=declared.time.format == "epoch_ms")
    return as_patterned_time(text, declared.time.format)


def _is_broken(rows: ir.Table, layout: Layout) -> ir.BooleanValue:
    """Say whether a line of JSON is no record at all."""
    if layout.kind != "json":
        return ibis.literal(False)
    return rows.meter.isnull() & rows.time_text.isnull() & rows.value_text.isnull()


def _with_occurrence(rows: ir.Table) -> ir.Table:
    """Number the rows of a meter, value and local time in the order of the file, and count them."""
    group = [rows.file_index, rows.meter, rows.value_name, rows.local_time]
    numbered = rows.mutate(
        occurrence=ibis.row_number().over(group_by=group, order_by=[rows.row_index, rows.place]),
        occurrences=rows.count().over(group_by=group),
    )
    return numbered.order_by("row_index", "place")


def _quality(rows: ir.Table, declared: MappingDeclaration) -> tuple[ir.StringValue, ir.StringValue]:
    """Return the quality code, and a reason for a code that the declaration does not know."""
    actual = ibis.literal(Quality.ACTUAL.value)
    if declared.quality is None:
        return actual, ibis.null("string")
    code = trim(guarded(rows.quality))
    known = [(code == name, ibis.literal(meaning.value)) for name, meaning in declared.quality.codes.items()]
    quality = ibis.cases(*known, else_=says_nothing(code).ifelse(actual, ibis.null("string")))
    return quality.fill_null(actual), first_reason((quality.isnull(), Reason.BAD_RECORD))


@dataclass(frozen=True)
class _Clock:
    """The clock that the times of a declaration were read from."""

    zone: str
    first_year: int
    last_year: int
    says_zone: bool

    @classmethod
    def of(cls, declared: MappingDeclaration, options: ReadOptions) -> _Clock:
        is_absolute = declared.time.format in ("epoch_s", "epoch_ms")
        zone = "UTC" if is_absolute else declared.time.zone
        return cls(zone, options.earliest_year, _LAST_YEAR_OF_CHANGES, declared.time.format == "iso")

    @property
    def changes(self) -> bool:
        """Whether it is ever set forward or back."""
        return self.zone != "UTC" and bool(clock_changes(self.zone, self.first_year, self.last_year))

    def with_offsets(self, rows: ir.Table) -> ir.Table:
        """Add what `to_utc` needs, as columns, so that the long expression of the changes stands once."""
        if self.zone == "UTC":
            return rows
        offsets = clock_offsets(rows.local_time, self.zone, self.first_year, self.last_year)
        rows = rows.mutate(first_offset=offsets.first, second_offset=offsets.second)
        return _with_occurrence(rows) if self.changes else rows

    def to_utc(self, rows: ir.Table) -> tuple[ir.TimestampValue, ir.StringValue]:
        """Return the times in UTC, and a reason for those that the clock never showed or showed twice."""
        local = rows.local_time
        if self.zone == "UTC":
            return local, ibis.null("string")
        own = says_its_zone(rows.time_text) if self.says_zone else ibis.literal(False)
        if not self.changes:
            return own.ifelse(local, local - rows.first_offset.as_interval("m")), ibis.null("string")
        is_twice = rows.first_offset != rows.second_offset
        minutes = (is_twice & (rows.occurrence == 1)).ifelse(rows.second_offset, rows.first_offset)
        is_told = local.isnull() | own
        reason = first_reason(
            (~is_told & rows.first_offset.isnull(), Reason.NONEXISTENT_TIME),
            (~is_told & is_twice & (rows.occurrences != 2), Reason.AMBIGUOUS_TIME),
        )
        return own.ifelse(local, local - minutes.as_interval("m")), reason


FORMAT = Mapping()
