"""Texts read as times by a pattern, a few at a time: as meterlake.etl.conforming.time_expressions reads whole columns.

Enters: a text and a pattern. Leaves: a moment, in UTC where the text says its offset as a number, else as the clock showed it; or
the patterns that a text fits.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache

from meterlake.etl.conforming.month_names import MONTH_NUMBERS
from meterlake.etl.conforming.time_patterns import compile_pattern, expression_of

# The commoner of two that a text may fit stands first.
_DAYS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
    "%Y-%m-%d", "%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%d.%b.%Y", "%d%b%Y", "%d. %b %Y", "%d %b, %Y", "%d-%b-%y", "%d%b%y", "%d %b %y",
    "%b %d %Y", "%b %d, %Y", "%Y-%b-%d", "%d de %b de %Y", "%d. %m. %Y", "%d.%m.%Y.", "%Y. %m. %d.", "%Y.%m.%d.",
    "%Y\u5e74%m\u6708%d\u65e5", "%Y-%m", "%Y/%m", "%Y-%j", "%Y%j", "%m/%Y", "%m-%Y", "%m.%Y", "%b %Y", "%b-%Y", "%b %y", "%b-%y", "%b, %Y",
    "%Y %b", "%Y%m", "%Y\u5e74%m\u6708", "%Y",
)  # fmt: skip
_CLOCKS = (
    "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p", "%I %p", "%H.%M.%S", "%H.%M", "%H%M%S", "%H%M", "%H",
    "%H:%M:%S.%f", "%Hh%M", "%H\u65f6%M\u5206", "%H\u6642%M\u5206",
)  # fmt: skip
_BETWEEN = (" ", "T", "", ", ", ":", " - ", "_", "-", " at ", " \u00e0 ", " kl. ", " um ")
_WEEKDAYS = ("%a ", "%a, ", "(%a) ")
_OFFSETS = ("%z", " %z", " %Z")
_ZONE_IN_BRACKETS = re.compile(r"\[[A-Za-z_/+-]+\]$")
_DAY = dt.timedelta(days=1)


def moment_of(text: str, pattern: str) -> dt.datetime | None:
    """Return the time that a text says by a pattern; None where it says none.

    >>> moment_of("13. M\u00e4rz 2024 24:00", "%d. %b %Y %H:%M")
    datetime.datetime(2024, 3, 14, 0, 0)
    """
    expression, order = _compiled(pattern)
    found = expression.match(text)
    if found is None:
        return None
    try:
        return _moment(dict(zip(order, found.groups(), strict=True)))
    except (ValueError, KeyError, OverflowError):
        return None


def _moment(parts: dict[str, str]) -> dt.datetime:
    year = int(parts["Y"]) if "Y" in parts else int(parts["y"]) + (1900 if parts["y"] >= "69" else 2000)
    month = MONTH_NUMBERS[parts["b"].lower()] if "b" in parts else int(parts.get("m", "1"))
    day = dt.datetime(year, month, int(parts.get("d", "1")))
    day += (int(parts["j"]) - 1) * _DAY if "j" in parts else dt.timedelta()
    hour = int(parts.get("H", "0"))
    if "I" in parts:
        hour = int(parts["I"]) % 12 + 12 * parts["p"].lower().startswith("p")
    minute, second = int(parts.get("M", "0")), int(parts.get("S", "0"))
    micro = int(parts.get("f", "0").ljust(6, "0"))
    ends_day = hour == 24 and not minute and not second
    clock = dt.time(0 if ends_day else hour, minute, second, micro)
    return dt.datetime.combine(day, clock) + ends_day * _DAY - _ahead(parts.get("z", ""))


def _ahead(offset: str) -> dt.timedelta:
    digits = re.sub(r"\D", "", offset)
    if not digits:
        return dt.timedelta()
    minutes = int(digits[:2]) * 60 + int(digits[2:4] or "0")
    return dt.timedelta(minutes=-minutes if offset.startswith("-") else minutes)


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], list[str]]:
    expression, order = compile_pattern(pattern)
    return re.compile(expression), order


@cache
def _part(pattern: str) -> re.Pattern[str]:
    return re.compile(expression_of(pattern)[0])


def fitting_patterns(text: str) -> Iterator[str]:
    """Yield the patterns by which a text is a time, the commoner first."""
    in_brackets = _ZONE_IN_BRACKETS.search(text)
    bare = text[: in_brackets.start()] if in_brackets else text
    tail = in_brackets[0] if in_brackets else ""
    for weekday in ("", *(_WEEKDAYS if not bare[:1].isdigit() else ())):
        for day in _DAYS:
            found = _part(weekday + day).match(bare)
            if found is None:
                continue
            has_day = "%d" in day or "%j" in day
            for clock in _clocks_of(bare[found.end() :]) if has_day or found.end() == len(bare) else ():
                pattern = weekday + day + clock + tail
                if moment_of(text, pattern) is not None:
                    yield pattern


def _clocks_of(rest: str) -> Iterator[str]:
    """Yield what stands behind a day: nothing, or a clock with what parts them, and an offset."""
    if not rest:
        yield ""
        return
    for between in _BETWEEN:
        if not rest.startswith(between):
            continue
        for clock in _CLOCKS:
            found = _part(clock).match(rest, len(between))
            if found is None:
                continue
            behind = rest[found.end() :]
            yield from (between + clock + offset for offset in ("", *_OFFSETS) if _fits(offset, behind))


def _fits(offset: str, text: str) -> bool:
    return _part(offset).fullmatch(text) is not None if offset else not text
