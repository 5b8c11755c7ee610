"""The default layout of meter head-ends: no header, six columns or five, interval readings, stands and events.

    meter_id, obis_code, reading_time, reading_value, [error_value,] reading_type

Times are UTC, `2019010100240000`: date, hour, the literal 24, minute, second; plain fourteen digits are read too.
INT is the energy of an interval, AGG the stand of a register, ERR an event. Of the OBIS codes (IEC 62056-61) only
totals are read (1.8.0, 2.8.0, 3.8.0): two tariffs of one meter (1.8.1, 1.8.2) would be two values of one interval.
"""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from etl.conforming import RawReading, as_time, first_reason, is_on_grid, judged_readings, trim
from etl.csv_header import read_header
from etl.raw_format import FileHead, Layout, Mismatch, ReadOptions
from etl.reasons import Reason
from lake.quality import ReadingType
from lake.quantities import QUANTITIES

_SIX = ("meter_id", "obis_code", "reading_time", "reading_value", "error_value", "reading_type")
_FIVE = ("meter_id", "obis_code", "reading_time", "reading_value", "reading_type")
_DELIMITERS = (",", "|", ";")
_TIME = re.compile(r"\d{10}(24)?\d{4}")
_TYPES = ("INT", "AGG", "ERR")
_OF_INTERVALS = {"1.8.0": "energy", "2.8.0": "energy_export", "3.8.0": "energy_reactive"}
_OF_REGISTERS = {"1.8.0": "energy_register"}
_UNNAMED_EVENT = "ERR"


class Default:
    """Headerless rows with an OBIS code."""

    name = "default"
    meaning = "a head-end's rows without a header: meter, OBIS code, time, value, error, type (INT, AGG or ERR)"
    target = "readings"

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its rows: most of the first ones have a time and a type in their places."""
        if head.kind != "csv":
            return Mismatch(1.0, f"expected CSV, found {head.kind}")
        header = read_header(head)
        has_names = tuple(name.lower() for name in header.names) in (_SIX, _FIVE)
        rows = [line.split(header.delimiter) for line in head.lines[has_names:] if line.strip()]
        for columns in (_SIX, _FIVE):
            fitting = sum(_is_row(row, columns) for row in rows)
            if header.delimiter in _DELIMITERS and fitting and 2 * fitting >= len(rows):
                return Layout(
                    self.name, "csv", columns, header.delimiter, header.quote, int(has_names), encoding=head.encoding
                )
        return Mismatch(
            0.5 if rows and len(rows[0]) in (len(_FIVE), len(_SIX)) else 0.9,
            f"expected rows of five or six columns with a time such as 2019010100240000 in the third and one of"
            f" {', '.join(_TYPES)} in the last",
        )

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into readings, register stands and events."""
        kind = trim(raw.reading_type.fill_null("")).upper()
        time = as_time(_iso_text(trim(raw.reading_time)))
        parts = RawReading(
            meter_id=raw.meter_id,
            time_text=raw.reading_time,
            time=time,
            value_text=raw.reading_value,
            quantity=_quantity(trim(raw.obis_code), kind),
            quantities=tuple(QUANTITIES[name] for name in (*_OF_INTERVALS.values(), *_OF_REGISTERS.values())),
            interval_minutes=options.interval_minutes,
            reading_type=(kind == "AGG").ifelse(ReadingType.REGISTER.value, ReadingType.INTERVAL.value),
            event_code=_event_code(raw, layout, kind),
            early_reason=first_reason((ibis.and_(*(kind != known for known in _TYPES)), Reason.BAD_RECORD)),
            # A register may be read at any time.
            is_on_grid=(kind == "AGG") | is_on_grid(time, options.interval_minutes),
            fragments=tuple(raw[column] for column in layout.columns),
        )
        return judged_readings(raw, parts, options)


def _is_row(row: list[str], columns: tuple[str, ...]) -> bool:
    cells = [cell.strip(' "') for cell in row]
    return len(cells) == len(columns) and bool(_TIME.fullmatch(cells[2])) and cells[-1].upper() in _TYPES


def _iso_text(text: ir.StringValue) -> ir.StringValue:
    """Put the separators of an ISO time between the digits; text of another shape becomes null."""
    date_and_hour = text[0:4] + "-" + text[4:6] + "-" + text[6:8] + " " + text[8:10]
    return ibis.cases(
        ((text.length() == 16) & (text[10:12] == "24"), date_and_hour + ":" + text[12:14] + ":" + text[14:16]),
        (text.length() == 14, date_and_hour + ":" + text[10:12] + ":" + text[12:14]),
        else_=ibis.null("string"),
    )


def _quantity(obis_code: ir.StringValue, kind: ir.StringValue) -> ir.StringValue:
    """Return the name of what an OBIS code measures, in any of its spellings; null where there is no quantity."""
    of_registers = [((kind == "AGG") & _is_obis(obis_code, code), name) for code, name in _OF_REGISTERS.items()]
    of_intervals = [((kind == "INT") & _is_obis(obis_code, code), name) for code, name in _OF_INTERVALS.items()]
    return ibis.cases(*of_intervals, *of_registers, else_=ibis.null("string"))


def _is_obis(obis_code: ir.StringValue, code: str) -> ir.BooleanValue:
    """Say whether a code is this one, with or without medium and channel before it and billing period behind it."""
    pattern = r"^(\d+-\d+:)?" + code.replace(".", r"\.") + r"([*.]\d+)?$"
    # The two common spellings first: a comparison costs a tenth of a pattern.
    return (obis_code == f"1-0:{code}") | (obis_code == code) | obis_code.re_search(pattern)


def _event_code(raw: ir.Table, layout: Layout, kind: ir.StringValue) -> ir.StringValue:
    code = trim(raw.error_value) if "error_value" in layout.columns else ibis.literal("")
    return (kind == "ERR").ifelse(code.fill_null("").nullif("").fill_null(_UNNAMED_EVENT), ibis.null("string"))


FORMAT = Default()
