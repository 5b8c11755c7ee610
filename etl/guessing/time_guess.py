"""How the times of a column are written: found by reading some of them.

Enters: texts. Leaves: the format that a declaration names, whether another order of day and month would fit as well, and the
moments that were read, for the step between them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from meterlake.etl.conforming.mapping_declaration.times import EPOCH_WORDS
from meterlake.etl.guessing.written_moments import fitting_patterns, moment_of

_OTHER_ORDER = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
# As many digits as they have in these decades.
_EPOCH_DIGITS = {10: "epoch_s", 13: "epoch_ms", 16: "epoch_us", 19: "epoch_ns"}
_EPOCH = r"(?:\d{10}|\d{13}|\d{16}|\d{19})(?:\.0+)?"
_SPREADSHEET_EPOCH = dt.datetime(1899, 12, 30)
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
    epoch = _epoch(texts, told)
    if epoch is not None:
        return epoch
    for pattern in fitting_patterns(told[0]):
        moments = [moment_of(text, pattern) if text else None for text in texts]
        if _reads(moments, told):
            return TimeGuess(pattern, tuple(moments), "%z" in pattern, _other(texts, pattern, told))
    return _spreadsheet_days(texts, told)


def _epoch(texts: tuple[str, ...], told: list[str]) -> TimeGuess | None:
    """Return numbers of seconds since 1970, or of parts of them, told by how many digits they have."""
    word = _EPOCH_DIGITS.get(len(told[0].partition(".")[0]))
    if word is None or not all(re.fullmatch(_EPOCH, text) for text in told):
        return None
    read = [_since_1970(text, EPOCH_WORDS[word]) if text else None for text in texts]
    return TimeGuess(word, tuple(read), has_offset=True) if _reads(read, told) else None


def _since_1970(text: str, per_second: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(float(text) / per_second, dt.UTC).replace(tzinfo=None)


def _spreadsheet_days(texts: tuple[str, ...], told: list[str]) -> TimeGuess | None:
    """Return numbers of days as spreadsheets count them, of these decades."""
    if not all(re.fullmatch(r"\d{5}(\.\d+)?", text) for text in told):
        return None
    read = [_SPREADSHEET_EPOCH + dt.timedelta(seconds=round(float(text) * 86_400)) if text else None for text in texts]
    return TimeGuess("spreadsheet", tuple(read)) if _reads(read, told) else None


def moments_by(pattern: str, texts: tuple[str, ...]) -> tuple[dt.datetime | None, ...]:
    """Return texts read as times by a format; nothing where it does not read nine in ten."""
    moments = [(_iso(text) if pattern == "iso" else moment_of(text, pattern)) if text else None for text in texts]
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


def _reads(moments: list[dt.datetime | None], told: list[str]) -> bool:
    read = [moment for moment in moments if moment and _FIRST <= moment < _LAST]
    # A footer or a total may stand among few rows, too.
    return len(read) >= min(0.9 * len(told), max(2, len(told) - 1)) and bool(read)


def _other(texts: tuple[str, ...], pattern: str, told: list[str]) -> str | None:
    # Behind a year nobody writes the day first.
    order = next((one for one in _OTHER_ORDER if one in pattern and not pattern.startswith("%Y")), None)
    if order is None:
        return None
    turned = pattern.replace(order, _OTHER_ORDER[order])
    return turned if _reads([moment_of(text, turned) for text in texts], told) else None
