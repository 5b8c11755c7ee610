"""The default layout of meter head-ends: no header, six columns or five, interval readings, register reads and events.

    meter_id, obis_code, reading_time, reading_value, [error_value,] reading_type

Times are UTC, `2019010100240000`: date, hour, the literal 24, minute, second; plain fourteen digits are read too.
INT is the energy of an interval, AGG a register read, ERR an event. Of the OBIS codes (IEC 62056-61) totals are read (1.8.0,
2.8.0, 3.8.0) and the tariffs of what was drawn and fed in (1.8.1 to 1.8.4, 2.8.1 to 2.8.4), each as a quantity of its own.
"""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import read_header
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import (
    RawReading,
    as_time,
    first_reason,
    is_on_grid,
    judged_readings,
    substr,
    trim,
)
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES, RATES

_SIX = ("meter_id", "obis_code", "reading_time", "reading_value", "error_value", "reading_type")
_FIVE = ("meter_id", "obis_code", "reading_time", "reading_value", "reading_type")
_DELIMITERS = (",", "|", ";")
_TIME = re.compile(r"\d{10}(24)?\d{4}")
_TYPES = ("INT", "AGG", "ERR")
_OF_RATES = {
    f"{code}.{rate}": f"{whole}_rate_{rate}"
    for code, whole in (("1.8", "energy"), ("2.8", "energy_export"))
    for rate in RATES
}
_TOTALS = {"1.8.0": "energy", "2.8.0": "energy_export", "3.8.0": "energy_reactive"}
_OF_INTERVALS = _TOTALS | _OF_RATES
_OF_REGISTERS = {code: f"{name}_register" for code, name in _OF_INTERVALS.items() if f"{name}_register" in QUANTITIES}
_UNNAMED_EVENT = "ERR"


class Default:
    """Headerless rows with an OBIS code."""

    name = "default"
    meaning = "a head-end's rows without a header: meter, OBIS code, time, value, error, type (INT, AGG or ERR)"
    target = "readings"
    holds = (
        "no header: `meter_id, obis_code, reading_time, reading_value, [error_value,] reading_type`, "
        "between `,` `;` or `|`; events go to `meter_events`"
    )
    times = "UTC, `2019010100240000` (the 24 after the hour is literal) or fourteen digits"
    described_at = ""
    example = Example(
        "default.csv",
        (
            "E1,1-0:1.8.0,2019010100240000,0.5,,INT\n"
            "E1,1-0:1.8.0,2019010100240000,1042.7,,AGG\n"
            "E1,,2019010101241730,,BAT,ERR\n"
        ),
    )

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
                    self.name,
                    "csv",
                    columns,
                    header.delimiter,
                    header.quote,
                    int(has_names),
                    encoding=head.encoding,
                    has_registers=True,
                    unsaid_clock="UTC",
                )
        return Mismatch(
            0.5 if rows and len(rows[0]) in (len(_FIVE), len(_SIX)) else 0.9,
            f"expected rows of five or six columns with a time such as 2019010100240000 in the third and one of"
            f" {', '.join(_TYPES)} in the last",
        )

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into readings, register reads and events."""
        trimmed = raw.mutate(
            kind=trim(raw.reading_type.fill_null("")).upper(), digits=trim(raw.reading_time), obis=trim(raw.obis_code)
        )
        # Steps of their own, so that each text is made once a row.
        rows = trimmed.mutate(total=_total_code(trimmed.obis), time=as_time(_iso_text(trimmed.digits)))
        kind, time = rows.kind, rows.time
        parts = RawReading(
            meter_id=rows.meter_id,
            time_text=rows.reading_time,
            time=time,
            value_text=rows.reading_value,
            quantity=_quantity(rows.total, kind),
            quantities=tuple(QUANTITIES[name] for name in (*_OF_INTERVALS.values(), *_OF_REGISTERS.values())),
            interval_minutes=options.interval_minutes,
            reading_type=ibis.cases(
                (kind == "INT", ReadingType.INTERVAL.value),
                (kind == "AGG", ReadingType.REGISTER.value),
                else_=ReadingType.INSTANT.value,
            ),
            event_code=_event_code(rows, layout, kind),
            early_reason=first_reason((ibis.and_(*(kind != known for known in _TYPES)), Reason.BAD_RECORD)),
            # A register may be read at any time.
            is_on_grid=(kind == "AGG") | is_on_grid(time, options.interval_minutes),
            fragments=tuple(rows[column] for column in layout.columns),
        )
        return judged_readings(rows, parts, options)


def _is_row(row: list[str], columns: tuple[str, ...]) -> bool:
    cells = [cell.strip(' "') for cell in row]
    return len(cells) == len(columns) and bool(_TIME.fullmatch(cells[2])) and cells[-1].upper() in _TYPES


def _iso_text(text: ir.StringValue) -> ir.StringValue:
    """Put the separators of an ISO time between the digits; text of another shape becomes null."""
    date_and_hour = substr(text, 1, 4) + "-" + substr(text, 5, 2) + "-" + substr(text, 7, 2) + " " + substr(text, 9, 2)
    return ibis.cases(
        (
            (text.length() == 16) & (substr(text, 11, 2) == "24"),
            date_and_hour + ":" + substr(text, 13, 2) + ":" + substr(text, 15, 2),
        ),
        (text.length() == 14, date_and_hour + ":" + substr(text, 11, 2) + ":" + substr(text, 13, 2)),
        else_=ibis.null("string"),
    )


def _total_code(obis: ir.StringValue) -> ir.StringValue:
    """Return an OBIS code without medium and channel before it and billing period behind it.

    The common spellings are compared first: a comparison costs a tenth of a pattern.
    """
    common = [(obis == f"1-0:{code}", ibis.literal(code)) for code in _TOTALS]
    return ibis.cases(*common, else_=obis.re_extract(r"^(?:\d+-\d+:)?(\d+\.\d+\.\d+)(?:[*.]\d+)?$", 1))


def _quantity(total: ir.StringValue, kind: ir.StringValue) -> ir.StringValue:
    """Return the name of what a code measures in a row of this kind; null where there is no quantity."""
    of_intervals = [((kind == "INT") & (total == code), name) for code, name in _OF_INTERVALS.items()]
    of_registers = [((kind == "AGG") & (total == code), name) for code, name in _OF_REGISTERS.items()]
    return ibis.cases(*of_intervals, *of_registers, else_=ibis.null("string"))


def _event_code(rows: ir.Table, layout: Layout, kind: ir.StringValue) -> ir.StringValue:
    code = trim(rows.error_value) if "error_value" in layout.columns else ibis.literal("")
    return (kind == "ERR").ifelse(code.fill_null("").nullif("").fill_null(_UNNAMED_EVENT), ibis.null("string"))


FORMAT = Default()
