"""Which column says how far values can be trusted: told by its words, where all of them are known.

Enters: a draft whose meter, times and values are chosen. Leaves: the column and its codes, with those words of the same kind that the
first rows have not, so that a later one is known, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from meterlake.etl.guessing.column_words import words_of
from meterlake.etl.guessing.told_columns import ToldColumn

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

# Kinds of codes that go together; a column that has words of one alone is told by that one.
_KINDS: tuple[dict[str, str], ...] = (
    {
        "actual": "actual", "measured": "actual", "metered": "actual", "valid": "actual", "validated": "actual",
        "estimated": "estimated", "estimate": "estimated", "substituted": "estimated", "interpolated": "estimated",
        "edited": "edited", "corrected": "edited", "suspect": "suspect",
    },
    {"act": "actual", "est": "estimated"},
    {"a": "actual", "e": "estimated"},
    {"m": "actual", "e": "estimated"},
    {"real": "actual", "estimado": "estimated", "estimada": "estimated"},
    {"gemessen": "actual", "gesch\u00e4tzt": "estimated", "ersatzwert": "estimated", "wahrer wert": "actual"},
    {"r\u00e9el": "actual", "r\u00e9elle": "actual", "estim\u00e9": "estimated", "estim\u00e9e": "estimated"},
)  # fmt: skip
_IS_ESTIMATED = (
    {"y": "estimated", "n": "actual"},
    {"yes": "estimated", "no": "actual"},
    {"true": "estimated", "false": "actual"},
)
_QUALITY = frozenset((
    "quality", "status", "type", "flag", "qualitat", "kwaliteit", "calidad", "estado", "etat", "stato", "kvalitet", "qualite",
    "obtencion", "estimated", "actual", "code", "method",
))  # fmt: skip
_OF_ANYTHING = frozenset(("type", "code", "method"))


def guess_quality(draft: Draft, columns: tuple[ToldColumn, ...]) -> None:
    """Say in a draft which column is the quality's, where one is for sure."""
    for column in draft.left(columns):
        kind = _kind_of(column)
        if kind is None:
            continue
        codes = {text: kind[text.casefold()] for text in dict.fromkeys(column.told)}
        spell = _spelling(next(iter(codes)))
        codes |= {spell(word): meaning for word, meaning in kind.items() if spell(word) not in codes}
        draft.declared["quality"] = {"column": column.key, "codes": codes}
        draft.used.add(column.key)
        draft.said.append(f"how far values can be trusted from {column.key!r}")
        return


def _kind_of(column: ToldColumn) -> dict[str, str] | None:
    told = {text.casefold() for text in column.told}
    if not told or not isinstance(column.key, str):
        return None
    words = set(words_of(column.key))
    if {"estimated", "estimate", "is_estimated", "isestimated"} & words:
        found = next((kind for kind in _IS_ESTIMATED if told <= kind.keys()), None)
        if found is not None:
            return found
    # A letter means something only where its column's name says of what, and where an estimate is among them.
    is_letter = max(map(len, told)) == 1
    is_named = bool(words & (_QUALITY - _OF_ANYTHING | {"read", "reading"}) if is_letter else words & _QUALITY)
    is_sure = len(told) > 1 or max(map(len, told)) > 3
    return next((kind for kind in _KINDS if told <= kind.keys()), None) if is_named and is_sure else None


def _spelling(example: str) -> Callable[[str], str]:
    return str.upper if example.isupper() else str.capitalize if example[:1].isupper() else str.lower
