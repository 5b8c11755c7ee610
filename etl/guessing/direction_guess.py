"""Which rows are of what was drawn and which of what was fed in, and rows of one meter and time that nothing tells apart.

Enters: a draft whose meter, time and values are chosen. Leaves: a column whose words say what a row measures; or a doubt, since of
two rows of one meter, time and quantity the later one would stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from meterlake.etl.guessing.column_words import DRAWN, EXPORT, unit_of, words_of
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

_MOST_WORDS = 12
# Phases, directions, registers: what rows of one meter and time are told apart by.
_MOST_PARTS = 6
# As many rows as are looked at: there may be more.
_FULL = 150
# Energy as OBIS codes (IEC 62056-61) have it: group C is 1 for what was drawn and 2 for what was fed in.
_OBIS = re.compile(r"(?:\d+-\d+:)?([12])\.\d{1,2}\.\d{1,2}(?:[*.]\d+)?")
_SIGNS = {"+": "energy", "-": "energy_export"}


def guess_directions(draft: Draft, columns: tuple[ToldColumn, ...], values: list[dict[str, Any]]) -> None:
    """Tell rows of what was drawn and what was fed in apart, where a column says which a row is; or doubt them."""
    if len(values) == 1 and values[0]["quantity"] == "energy" and _split_by_words(draft, columns, values[0]):
        return
    told = _told_by(draft, columns, values)
    others = [column for column in draft.left(columns) if column.told and not column.is_about_values]
    measured = _values_of(columns, values)
    if not _stand_twice(told, measured):
        # Phases or directions may measure the same for a night, and no longer by day.
        parts = [one for one in others if 1 < one.distinct <= _MOST_PARTS]
        others = [one for one in parts if _stand_twice(told, [one]) and not _stand_twice([*told, one], [one])]
        if not others or any(one.is_duration for one in others):
            return
    apart = next((one for one in others if not _stand_twice([*told, one], measured)), None)
    if apart is None:
        draft.doubt("rows", "rows of one meter and time have different values, and of them the last would stand")
        return
    words = ", ".join(list(dict.fromkeys(apart.told))[:_MOST_WORDS])
    draft.doubt(
        "rows",
        f"rows of one meter and time are told apart by {apart.key!r} alone ({words}): say by `quantity: {{column: …, codes: …}}`"
        " what each measures, or leave out rows with `only`",
    )


def _split_by_words(draft: Draft, columns: tuple[ToldColumn, ...], value: dict[str, Any]) -> bool:
    for column in draft.left(columns):
        words = list(dict.fromkeys(column.told))
        if not 0 < len(words) <= _MOST_WORDS:
            continue
        codes: dict[str, Any] = {text: direction_of(text) for text in words}
        # Of one word that says what was drawn, the rows further down may say the other.
        is_split = len(set(codes.values())) == 2 or "energy_export" in codes.values() or len(column.texts) >= _FULL
        if None not in codes.values() and is_split:
            _say_codes(draft, column, value, codes)
            return True
        if any(direction_of(text) == "energy_export" for text in words):
            draft.doubt(
                "direction", f"some rows may be of energy that was fed in: {column.key!r} says {', '.join(words)}"
            )
            return True
    return False


def _say_codes(draft: Draft, column: ToldColumn, value: dict[str, Any], codes: dict[str, Any]) -> None:
    units = {text: unit_of(text) for text in codes}
    if "unit" in value and all(units.values()):
        draft.settle("unit")
        del value["unit"]
        codes = {text: {"quantity": quantity, "unit": units[text]} for text, quantity in codes.items()}
    if value.pop("net", False):
        draft.doubt("net", f"{value['column']!r} goes below zero, although {column.key!r} says which way it was")
    value["quantity"] = {"column": column.key, "codes": codes}
    draft.used.add(column.key)
    draft.said.append(f"what was drawn and what was fed in are told apart by {column.key!r}")


def direction_of(text: str) -> str | None:
    """Return the quantity that a word says: by its meaning, by a sign as in A+, or by an OBIS code; None where by none.

    >>> direction_of("A-"), direction_of("1-0:1.8.0"), direction_of("Bezug"), direction_of("3")
    ('energy_export', 'energy', 'energy', None)
    """
    bare = text.strip()
    sign = _SIGNS.get(bare.strip("Aa"))
    if sign is not None:
        return sign
    obis = _OBIS.fullmatch(bare)
    if obis is not None:
        return "energy" if obis[1] == "1" else "energy_export"
    words = set(words_of(bare))
    return "energy_export" if words & EXPORT else "energy" if words & DRAWN else None


def _told_by(draft: Draft, columns: tuple[ToldColumn, ...], values: list[dict[str, Any]]) -> list[ToldColumn]:
    """Return the columns by which a draft tells rows apart: the meter's and the times'."""
    of_values = {key for value in values for key in (*_keys(value["column"]), value.get("unit_column"))}
    return [one for one in columns if one.key in draft.used and one.key not in of_values]


def _values_of(columns: tuple[ToldColumn, ...], values: list[dict[str, Any]]) -> list[ToldColumn]:
    wanted = {key for value in values for key in _keys(value["column"])}
    return [one for one in columns if one.key in wanted]


def _keys(column: Any) -> Iterable[str | int]:
    return column if isinstance(column, list) else [column]


def _stand_twice(told: list[ToldColumn], values: list[ToldColumn]) -> bool:
    """Say whether more than a stray row has the key of another and other values."""
    seen: dict[tuple[str, ...], tuple[str, ...]] = {}
    twice = 0
    rows = len(values[0].texts) if values else 0
    for row in range(rows):
        key = tuple(column.texts[row] for column in told)
        said = tuple(column.texts[row] for column in values)
        if any(said):
            twice += seen.setdefault(key, said) != said
    return twice > rows // 50
