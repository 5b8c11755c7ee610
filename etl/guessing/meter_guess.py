"""Which column names the meter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterlake.etl.conforming.nested_records import PAIRS
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

_FROM_FILE_NAME = {"file_name": "([^.]+)"}


def guess_meter(draft: Draft, columns: tuple[ToldColumn, ...]) -> None:
    """Say in a draft which column is the meter's; the file's name where none is."""
    named = [
        column
        for column in draft.left(columns)
        if column.meter_weight and column.told and not column.times and not column.unit
    ]
    if not named:
        others = [
            column
            for column in draft.left(columns)
            if not column.numbers and column.told and not column.value_weight and not column.is_about_values
        ]
        named = [column for column in others if column.distinct < len(column.told)][:1] if len(others) == 1 else []
        if named:
            draft.doubt("meter", f"{named[0].key!r} is taken for the meter, for no column's name says it is one")
    if not named:
        draft.declared["meter_id"] = _FROM_FILE_NAME
        draft.doubt(
            "meter", "no column names the meter; it is taken from the file's name: say `meter_id: {constant: …}`"
        )
        return
    best = max(
        named, key=lambda column: (column.meter_weight, column.distinct < len(column.told) or len(column.told) < 3)
    )
    rivals = [
        column
        for column in named
        if column is not best and column.meter_weight == best.meter_weight and _tells_more(best, column)
    ]
    if rivals:
        draft.doubt("meter", f"{best.key!r} and {rivals[0].key!r} could both name the meter")
    if str(best.key).endswith(f"{PAIRS}.key"):
        names = ", ".join(map(repr, list(dict.fromkeys(best.told))[:3]))
        draft.doubt("meter", f"the names of its lists ({names}) are taken for meters")
    draft.declared["meter_id"] = best.key
    draft.used.add(best.key)
    draft.said.append(f"the meter from {best.key!r}")


def _tells_more(one: ToldColumn, other: ToldColumn) -> bool:
    """Say whether another column tells apart rows that the first holds together."""
    return len(set(zip(one.texts, other.texts, strict=True))) > one.distinct
