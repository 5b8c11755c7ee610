"""How the numbers of a column are written, and whether they look like a register's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from meterlake.etl.conforming.reading_expressions import NOTHING_WORDS

_BLANKS = str.maketrans("", "", " \u00a0\u202f'\u2019")
# What is taken off before a number is looked at, and may part its thousands.
_PARTED = {"'": re.compile(r"\d['\u2019]\d{3}"), " ": re.compile(r"\d[ \u00a0\u202f]\d{3}")}
_POINT = re.compile(r"[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?|[+-]?\d+\.")
_COMMA = re.compile(r"[+-]?\d*,?\d+|[+-]?\d+,")
# By three, or as in India by two above the thousands.
_POINT_THOUSANDS = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.\d+)?")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_FORMS = ((".", _POINT, _POINT_THOUSANDS), (",", _COMMA, _COMMA_THOUSANDS))
_WRAPPED = re.compile(r'^="?(.*?)"?$|^\'(.*)$')


# A column of values may hold some words; one of words may hold some numbers.
_NOTHING = frozenset((*NOTHING_WORDS, "--", "#n/a", "n.a.", "?"))
_FEWEST = 0.6
_MANY, _LITTLE = 10, 0.02


@dataclass(frozen=True)
class NumberGuess:
    """How a column's numbers are written.

    Attributes:
        decimal: The decimal mark.
        thousands: What parts thousands, where something does.
        values: What was read.
        is_unsure: Whether all that was seen could as well be written with the other mark.
    """

    decimal: str
    thousands: str | None
    values: tuple[float | None, ...]
    is_unsure: bool = False

    @property
    def only_rises(self) -> bool:
        """Whether there are ten values or more, none is below the one before, and they rise by less than they are."""
        return len(self._known) >= _MANY and self._rises_by_less_than(1)

    @property
    def creeps_up(self) -> bool:
        """Whether none is below the one before, and they hardly rise: of few values, those of a stand."""
        return self.only_rises or self._rises_by_less_than(_LITTLE)

    @property
    def goes_below_zero(self) -> bool:
        """Whether some are below zero."""
        return any(value < 0 for value in self._known)

    @property
    def _known(self) -> list[float]:
        return [value for value in self.values if value is not None]

    def _rises_by_less_than(self, share: float) -> bool:
        steps = [later - earlier for earlier, later in pairwise(self._known)]
        return bool(steps) and min(steps) >= 0 and 0 < max(steps) < self._known[-1] * share


def number_guess(texts: tuple[str, ...]) -> NumberGuess | None:
    """Return how texts are written as numbers; None where most are none."""
    told = [unwrapped(text).translate(_BLANKS) for text in texts if text and text.casefold() not in _NOTHING]
    if not told:
        return None
    plain = {mark: sum(bool(form.fullmatch(text)) for text in told) for mark, form, _ in _FORMS}
    fits = {
        mark: sum(bool(form.fullmatch(text) or parted.fullmatch(text)) for text in told)
        for mark, form, parted in _FORMS
    }
    # What has one mark and another is written with both: a column of 900,5 and 1.000,5 is one of decimal commas. Where
    # either could be, nothing parts thousands.
    decimal = max((".", ","), key=lambda mark: (fits[mark], plain[mark]))
    has_thousands = plain[decimal] < fits[decimal]
    if fits[decimal] < _FEWEST * len(told):
        return None
    thousands = ("." if decimal == "," else ",") if has_thousands else _blank_between(texts)
    marked = [text for text in told if "," in text or "." in text]
    is_unsure = (
        bool(marked) and not has_thousands and all(re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text) for text in marked)
    )
    return NumberGuess(decimal, thousands, tuple(_value(text, decimal) for text in texts), is_unsure)


def _blank_between(texts: tuple[str, ...]) -> str | None:
    """Return the apostrophe or blank that parts thousands, where one does."""
    return next((mark for mark, parted in _PARTED.items() if any(parted.search(text) for text in texts)), None)


def unwrapped(text: str) -> str:
    """Return what a spreadsheet's wrapping holds: `="5414"` is 5414, and so is 5414 behind an apostrophe."""
    found = _WRAPPED.match(text)
    return (found[1] or found[2] or "") if found else text


def _value(text: str, decimal: str) -> float | None:
    plain = unwrapped(text).translate(_BLANKS)
    plain = plain.replace(".", "").replace(",", ".") if decimal == "," else plain.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return None
