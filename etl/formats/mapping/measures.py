"""What a value is: its number, the quantity and unit that the declaration or the row says, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.values import Measured, ValueColumn
from meterlake.etl.conforming.numbers import number_of, unwrapped
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import first_reason, guarded, says_nothing
from meterlake.etl.formats.mapping.cell_marks import with_marks
from meterlake.lake.codes.quality import Quality
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.units import spelled, units_of


def measured(rows: ir.Table, declared: MappingDeclaration) -> ir.Table:
    """Add to cells their number, quantity, reading_type, factor, whether that is of power, read_at, series and code."""
    rows = rows.mutate(bare_value=unwrapped(guarded(rows.value_text)))
    rows = with_marks(rows, declared)
    rows = rows.mutate(number=_number(rows, declared), **_codes(rows, declared)).drop("bare_value")
    meanings = [_meanings_of(value, number, rows) for number, value in enumerate(declared.values)]
    every = [one for of_value in meanings for one in of_value]

    def said(what: Callable[[Measured], ir.Value | str | float | bool], otherwise: ir.Value) -> ir.Value:
        if len(every) == 1 and not declared.values[0].codes:
            return ibis.literal(what(every[0][1]))
        return ibis.cases(*((condition, ibis.literal(what(one))) for condition, one in every), else_=otherwise)

    quantity = said(lambda one: one.stored_quantity.name, ibis.null("string"))
    rows = rows.mutate(
        quantity=quantity,
        reading_type=said(lambda one: one.reading_type, ibis.literal("interval")),
        unit_factor=said(lambda one: float(one.read_unit.factor), ibis.literal(1.0)),
        is_power=said(lambda one: one.read_unit.is_power, ibis.literal(False)),
        read_at=_of_entry(rows, [value.read_at for value in declared.values]),
    )
    return _with_factors(rows, declared)


def _meanings_of(value: ValueColumn, number: int, rows: ir.Table) -> list[tuple[ir.BooleanValue, Measured]]:
    """Return what a value can be, each with the condition that it is that."""
    own = rows.entry == number
    if value.codes:
        return [(own & (rows.code == code.strip()), one) for code, one in value.codes.items()]
    if value.is_net:
        return [(own & (rows.sign == sign), one) for sign, one in zip((1, -1), value.meanings, strict=True)]
    return [(own, value.meanings[0])]


def _number(rows: ir.Table, declared: MappingDeclaration) -> ir.FloatingValue:
    def parsed(text: ir.StringValue) -> ir.FloatingValue:
        return number_of(text, declared.decimal, declared.thousands)

    number = parsed(rows.bare_value)
    most = max(len(value.column) for value in declared.values) if declared.values else 1
    if most > 1:
        added = [parsed(rows[f"part_{place}"]) for place in range(most)]
        for length in {len(value.column) for value in declared.values} - {0, 1}:
            total = added[0]
            for part in added[1:length]:
                total = total + part
            number = (_count_of(rows, declared) == length).ifelse(total, number)
    if any(value.is_net for value in declared.values):
        part = ibis.greatest(number * rows.sign, ibis.literal(0.0))
        number = ((rows.sign != 0) & number.notnull()).ifelse(part, number)
    return number


def _count_of(rows: ir.Table, declared: MappingDeclaration) -> ir.IntegerValue:
    return _of_entry(rows, [max(1, len(value.column)) for value in declared.values])


def _of_entry(rows: ir.Table, each: Sequence[str | int | float]) -> ir.Value:
    """Return what each value's declaration says, by the number of it."""
    if len(set(each)) == 1:
        return ibis.literal(each[0])
    return ibis.cases(
        *((rows.entry == number, ibis.literal(one)) for number, one in enumerate(each)), else_=ibis.literal(each[0])
    )


def _codes(rows: ir.Table, declared: MappingDeclaration) -> dict[str, ir.Value]:
    """Return the word that says what a row measures, where one does."""
    coded = [number for number, value in enumerate(declared.values) if value.codes]
    if not coded:
        return {"code": ibis.literal("")}
    return {
        "code": ibis.cases(
            *((rows.entry == number, unwrapped(rows[f"code_text_{number}"])) for number in coded),
            else_=ibis.literal(""),
        )
    }


def _with_factors(rows: ir.Table, declared: MappingDeclaration) -> ir.Table:
    """Multiply by what the declaration and the row say; a factor or a unit that is none makes the row a bad one."""
    factor = rows.unit_factor * _of_entry(rows, [float(value.factor) for value in declared.values])
    is_power, checks = rows.is_power, []
    for number, value in enumerate(declared.values):
        own = rows.entry == number
        if value.factor_column is not None:
            more = number_of(rows[f"factor_text_{number}"], declared.decimal, declared.thousands)
            checks.append((own & more.isnull(), Reason.BAD_NUMBER))
            factor = own.ifelse(factor * more, factor)
        if value.unit_column is not None or value.unit_in_cell:
            rows = rows.mutate(**{f"unit_{number}": _unit_text(rows, value, number)})
            known = [
                ((rows.quantity == one.stored_quantity.name) & (rows[f"unit_{number}"] == name), found)
                for one in value.meanings
                for name, found in units_of(QUANTITIES[one.quantity]).items()
            ]
            by_unit = ibis.cases(
                *((is_it, ibis.literal(found.factor)) for is_it, found in known), else_=ibis.null("float64")
            )
            of_power = ibis.cases(
                *((is_it, ibis.literal(found.is_power)) for is_it, found in known), else_=ibis.literal(False)
            )
            checks.append((own & rows.quantity.notnull() & by_unit.isnull(), Reason.UNKNOWN_UNIT))
            factor = own.ifelse(factor * by_unit, factor)
            is_power = own.ifelse(of_power, is_power)
    series = (
        rows.entry.cast("string") + ":" + rows.quantity.fill_null("")
        if _is_coded(declared)
        else rows.entry.cast("string")
    )
    reason = first_reason(*checks) if checks else ibis.null("string")
    if _is_coded(declared):
        reason = ibis.coalesce(first_reason((rows.quantity.isnull(), Reason.UNKNOWN_QUANTITY)), reason)
    return rows.mutate(factor=factor, is_power=is_power, series=series, early_reason=reason)


def _unit_text(rows: ir.Table, value: ValueColumn, number: int) -> ir.StringValue:
    """Return the unit that a row says, as all spellings of it are compared."""
    if value.unit_column is not None:
        return _spelled(rows[f"unit_text_{number}"])
    return (rows.unit_mark != "").ifelse(rows.unit_mark, ibis.literal(spelled(value.unit or "")))


def _is_coded(declared: MappingDeclaration) -> bool:
    return any(value.codes for value in declared.values)


def _spelled(text: ir.StringValue) -> ir.StringValue:
    """Write a unit as all its spellings are compared; see meterlake.lake.codes.units."""
    return unwrapped(guarded(text)).lower().replace("³", "3").replace("°", "deg")


def with_quality(rows: ir.Table, declared: MappingDeclaration) -> ir.Table:
    """Add to cells the quality code, and as quality_reason that the declaration does not know it."""
    rows = _with_quality_of_code(rows, declared)
    flags = {flag: meaning for value in declared.values for flag, meaning in value.flags.items()}
    if not flags:
        return rows
    marked = (((rows.flag_mark == flag), ibis.literal(meaning.value)) for flag, meaning in flags.items())
    return rows.mutate(quality=ibis.cases(*marked, else_=rows.quality))


def _with_quality_of_code(rows: ir.Table, declared: MappingDeclaration) -> ir.Table:
    actual = ibis.literal(Quality.ACTUAL.value)
    if declared.quality is None:
        return rows.mutate(quality=actual, quality_reason=ibis.null("string"))
    rows = rows.mutate(bare_quality=unwrapped(guarded(rows.quality_text)))
    code = rows.bare_quality
    known = [(code == name.strip(), ibis.literal(meaning.value)) for name, meaning in declared.quality.codes.items()]
    rows = rows.mutate(quality=ibis.cases(*known, else_=says_nothing(code).ifelse(actual, ibis.null("string"))))
    # A value that is not there is missing, whatever the code for that is.
    is_unknown = rows.quality.isnull() & ~says_nothing(rows.value_text)
    return rows.mutate(
        quality=rows.quality.fill_null(actual), quality_reason=first_reason((is_unknown, Reason.BAD_RECORD))
    )
