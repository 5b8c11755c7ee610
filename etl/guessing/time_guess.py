"""How the times of a column are written: found by reading some of them.

Enters: texts. Leaves: the format that a declaration names, whether another order of day and month would fit as well, and the
moments that were read, for the step between them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y", "%d/%m/%y",
         "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%d%b%Y", "%d-%b-%y", "%d%b%y", "%b %d %Y", "%Y-%m-%d")  # fmt: skip
_CLOCKS = (
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
    ":%H:%M:%S",
    " %H.%M",
    " %H%M",
    "%H%M",
    " %H",
    "",
)
_OTHER_ORDER = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})$")
_FIRST, _LAST = dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)


@dataclass(frozen=True)
class TimeGuess:
    """How a column's times are written.

    Attributes:
        format: As a declaration names it.
        moments: What was read: in UTC where an offset stood, else as the clock showed it.
        has_offset: Whether each says its offset.
        other_order: The format in which day and month change places, where all that was seen fits it as well.
    """

    format: str
    moments: tuple[dt.datetime | None, ...]
    has_offset: bool = False
    other_order: str | None = None

    @property
    def has_clock(self) -> bool:
        """Whether any of the times is not midnight."""
        return any(moment and moment.time() != dt.time() for moment in self.moments)


def time_guess(texts: tuple[str, ...]) -> TimeGuess | None:
    """Return how texts are written as times; None where they are none, or not nine in ten."""
    told = [text for text in texts if text]
    if not told:
        return None
    iso = [_iso(text) for text in texts]
    if _reads(iso, told):
        return TimeGuess("iso", tuple(iso), all(_OFFSET.search(text[10:]) for text in told))
    if all(re.fullmatch(r"\d{10}(\.0+)?|\d{13}", text) for text in told):
        unit, name = (1000, "epoch_ms") if len(told[0]) == 13 else (1, "epoch_s")
        read = [
            dt.datetime.fromtimestamp(float(text) / unit, dt.UTC).replace(tzinfo=None) if text else None
            for text in texts
        ]
        return TimeGuess(name, tuple(read), has_offset=True) if _reads(read, told) else None
    for day in _DAYS:
        for clock in _CLOCKS:
            pattern = day + clock
            moments = _read(texts, pattern)
            if _reads(moments, told):
                return TimeGuess(pattern, tuple(moments), other_order=_other(texts, pattern, told))
    return None


def moments_by(pattern: str, texts: tuple[str, ...]) -> tuple[dt.datetime | None, ...]:
    """Return texts read as times by a format; nothing where it does not read nine in ten."""
    moments = [_iso(text) for text in texts] if pattern == "iso" else _read(texts, pattern)
    return tuple(moments) if _reads(moments, [text for text in texts if text]) else ()


def _iso(text: str) -> dt.datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    # Seven digits of a second, as some databases write them, are one more than Python takes.
    shortened = re.sub(r"(\.\d{6})\d+", r"\1", text)
    try:
        read = dt.datetime.fromisoformat(shortened)
        return read.astimezone(dt.UTC).replace(tzinfo=None) if read.tzinfo else read
    except ValueError:
        return _midnight_as_24(text)


def _midnight_as_24(text: str) -> dt.datetime | None:
    try:
        day = dt.datetime.fromisoformat(text[:10]) if re.match(r"[T ]24:00", text[10:]) else None
    except ValueError:
        return None
    return day and day + dt.timedelta(days=1)


def _read(texts: tuple[str, ...], pattern: str) -> list[dt.datetime | None]:
    # Most patterns fit no text at all, and one text says so.
    first = next((text for text in texts if text), "")
    if _one(first, pattern) is None:
        return []
    return [_one(text, pattern) for text in texts]


def _one(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, pattern)
    except ValueError:
        if "24:00" in text and "%H:%M" in pattern:
            read = _one(text.replace("24:00", "00:00"), pattern)
            return read and read + dt.timedelta(days=1)
        return None


def _reads(moments: list[dt.datetime | None], told: list[str]) -> bool:
    read = [moment for moment in moments if moment and _FIRST <= moment < _LAST]
    return bool(read) and len(read) >= 0.9 * len(told)


def _other(texts: tuple[str, ...], pattern: str, told: list[str]) -> str | None:
    for order, other in _OTHER_ORDER.items():
        # Behind a year nobody writes the day first.
        if pattern.startswith(order):
            turned = pattern.replace(order, other)
            return turned if _reads(_read(texts, turned), told) else None
    return None
