"""Rows about weather and meters, by a declaration; what etl/formats/weather.py and geodata.py are to their own columns.

Enters: raw columns of text. Leaves: rows of the table that the declaration names, each with the reason why it is none.
"""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.interval_starts import with_starts
from meterlake.etl.conforming.local_time import Clock
from meterlake.etl.conforming.mapping_declaration import MetersDeclaration, WeatherDeclaration
from meterlake.etl.conforming.mapping_declaration.times import MomentColumn
from meterlake.etl.conforming.mapping_declaration.weather import WeatherColumn
from meterlake.etl.conforming.numbers import number_of, unwrapped
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.conforming.reading_expressions import guarded, says_nothing
from meterlake.etl.conforming.reference_expressions import (
    NUMBER_FACTS,
    Check,
    NumberColumn,
    checks_of_number,
    day_check,
    days_of_validity,
    ends_before_it_begins,
    is_time_zone,
    judged_rows,
    text_or_null,
    time_check,
)
from meterlake.etl.formats.mapping.raw_columns import joined_text, name_of, text_of, wanted_rows
from meterlake.etl.formats.mapping.times import with_time


def weather_rows(raw: ir.Table, layout: Layout, declared: WeatherDeclaration, options: ReadOptions) -> ir.Table:
    """Turn raw rows into weather."""
    rows = wanted_rows(raw, layout, declared)
    site = name_of(rows, declared, declared.site_id)
    rows = rows.mutate(
        meter=ibis.null("string") if site is None else unwrapped(site),
        time_text=joined_text(rows, declared, declared.time.column, " "),
    )
    rows = _with_moment(rows, declared.time, layout, options)
    checks: list[Check] = [
        (says_nothing(rows.meter), Reason.BAD_RECORD),
        *_clock_checks(rows),
        (says_nothing(rows.time_text), Reason.BAD_TIME),
        time_check(rows.time_text, rows.start_time, options),
    ]
    values: dict[str, ir.Value] = {}
    for value in declared.values:
        text = _without_unit(unwrapped(guarded(text_of(rows, declared, value.column))), value)
        scale = value.measure.units[value.read_unit]
        number = (number_of(text, declared.decimal, declared.thousands) - scale.zero) * scale.factor
        values[value.measure.column] = says_nothing(text).ifelse(ibis.null("float64"), number)
        limits = NumberColumn(value.measure.column, value.measure.lowest, value.measure.highest)
        checks += checks_of_number(text, number, limits)
    checks.append((ibis.and_(*(value.isnull() for value in values.values())), Reason.MISSING_VALUE))
    return judged_rows(rows, {"site_id": rows.meter, "observed_at": rows.start_time, **values}, checks, layout)


def meter_rows(raw: ir.Table, layout: Layout, declared: MetersDeclaration, options: ReadOptions) -> ir.Table:
    """Turn raw rows into what is known of meters."""
    rows = wanted_rows(raw, layout, declared)
    meter = name_of(rows, declared, declared.meter_id)
    rows = rows.mutate(meter=ibis.null("string") if meter is None else unwrapped(meter))
    columns: dict[str, ir.Value] = {}
    checks: list[Check] = [(says_nothing(rows.meter), Reason.MISSING_METER)]
    if declared.commissioned_at is not None:
        rows = rows.mutate(time_text=joined_text(rows, declared, declared.commissioned_at.column, " "))
        rows = _with_moment(rows, declared.commissioned_at, layout, options)
        columns["commissioned_at"] = rows.start_time
        checks += [*_clock_checks(rows), time_check(rows.time_text, rows.start_time, options)]
    for fact, name in declared.texts.items():
        text = name_of(rows, declared, name)
        columns[fact] = text_or_null(unwrapped(guarded(ibis.literal("") if text is None else text)))
    days: dict[str, ir.TimestampValue] = {}
    for edge, day in declared.days.items():
        rows = rows.mutate(**{f"{edge}_text": joined_text(rows, declared, day.column, " ")})
        rows = with_time(rows, f"{edge}_text", day, f"{edge}_day", f"{edge}_moment", day.zone or options.time_zone)
        days[edge] = rows[f"{edge}_day"]
        checks.append(day_check(rows[f"{edge}_text"], rows[f"{edge}_day"]))
    columns |= days_of_validity(days.get("valid_from"), days.get("valid_until"))
    checks.append(ends_before_it_begins(columns))
    if "time_zone" in columns:
        checks.append((~is_time_zone(columns["time_zone"]), Reason.UNKNOWN_TIME_ZONE))
    for fact_of in NUMBER_FACTS:
        column = getattr(declared, fact_of.name)
        if column is not None:
            text = unwrapped(guarded(text_of(rows, declared, column)))
            number = number_of(text, declared.decimal, declared.thousands)
            columns[fact_of.name] = says_nothing(text).ifelse(ibis.null("float64"), number)
            checks += checks_of_number(text, number, fact_of)
    return judged_rows(rows, {"meter_id": rows.meter, **columns}, checks, layout)


def _with_moment(rows: ir.Table, time: MomentColumn, layout: Layout, options: ReadOptions) -> ir.Table:
    """Add `start_time`, the moment that a time is, and `clock_reason`; of a time of its own length is nothing to be known."""
    clock = Clock.of(time.zone or options.time_zone, options.earliest_year)
    rows = with_time(rows, "time_text", time, "local_time", "own_time", clock.zone)
    if "row_index" not in rows.columns:
        rows = rows.mutate(row_index=ibis.literal(0, "int64"))
    rows = rows.mutate(series=ibis.literal(""), place=ibis.literal(0, "int64"))
    rows = with_starts(rows, clock, "start", 1)
    # What looks at a row's neighbours leaves rows in any order, and of two that are one the last counts.
    return rows.order_by("row_index") if layout.is_ordered else rows


def _clock_checks(rows: ir.Table) -> list[Check]:
    return [(rows.clock_reason == str(why), why) for why in (Reason.NONEXISTENT_TIME, Reason.AMBIGUOUS_TIME)]


def _without_unit(text: ir.StringValue, value: WeatherColumn) -> ir.StringValue:
    """Take off the unit that a value carries, where it is the declared one."""
    names = sorted(value.measure.spellings_of(value.read_unit), key=len, reverse=True)
    written = "|".join(re.escape(name).replace("deg", "(deg|°)?") for name in names if name != "1")
    return text.re_replace(rf"(?i)\s*({written})$", "") if written else text
