"""Rows that are days with a column an interval, and columns that are meters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meterlake.etl.guessing.span_guess import guess_span
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

_SLOT = re.compile(
    r"(?:he|h|hr|hour|t|v|p|q|slot|period|interval|kwh|hh|id)?[ _]?(\d{1,2}(?:[:.]\d{2}(?::\d{2})?)?|\d{1,3}|\d{4})"
    r"(?: ?- ?\d{1,2}[:.]\d{2})?",
    re.IGNORECASE,
)
_FEWEST_SLOTS, _FEWEST_METERS, _FEWEST_OF_ONE_STEM = 23, 3, 2


def guess_wide(draft: Draft, columns: tuple[ToldColumn, ...]) -> bool:
    """Say in a draft how such rows are read; False where the rows are of another kind."""
    from meterlake.etl.guessing.meter_guess import guess_meter

    slots = [column for column in columns if isinstance(column.key, str) and _SLOT.fullmatch(column.key.strip())]
    if len(slots) >= _FEWEST_SLOTS:
        rest = tuple(column for column in columns if column not in slots)
        if not guess_span(draft, rest):
            return False
        draft.declared.pop("interval_minutes", None)
        draft.settle("length", "marks")
        guess_meter(draft, rest)
        draft.declared |= {"wide": {}, "values": [{"quantity": "energy", "unit": "kWh"}]}
        draft.said.append(f"{len(slots)} columns are the intervals of a day")
        draft.doubt("unit", "the unit is not said; kWh is taken")
        slots[0].is_value = True
        return True
    return _columns_are_meters(draft, columns)


def _columns_are_meters(draft: Draft, columns: tuple[ToldColumn, ...]) -> bool:
    timed = [column for column in columns if column.times]
    others = [column for column in columns if column not in timed]
    if len(timed) != 1 or not all(column.numbers for column in others):
        return False
    # Names that are one word and a number, such as MT_001 or meter_12, are meters; so are many that say nothing of values.
    stems = {re.sub(r"\d+", "", str(column.key)) for column in others}
    is_one_stem = len(stems) == 1 and len(others) >= _FEWEST_OF_ONE_STEM and len(min(stems).strip("_ ")) > 1
    says_nothing = len(others) >= _FEWEST_METERS and not any(one.value_weight or one.meter_weight for one in others)
    if not is_one_stem and not (says_nothing and all(len(str(one.key)) > 2 for one in others)):
        return False
    if not guess_span(draft, columns):
        return False
    draft.declared |= {"meter_id": {"headers": True}, "values": [{"quantity": "energy", "unit": "kWh"}]}
    draft.said.append(f"{len(others)} columns are meters")
    draft.doubt("unit", "the unit is not said; kWh is taken, and for a mean power say kW")
    others[0].is_value = True
    return True
