"""On which clock a file's times are, where their own texts, a column beside them or the column's name says so.

Enters: a draft whose time is chosen. Leaves: a zone, or a column of offsets, where that is certain; else a doubt, for a name such as
EST is the clock of many places. What the run says of the zone settles it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from meterlake.etl.guessing.time_guess import moments_by
from meterlake.etl.guessing.told_columns import ToldColumn
from meterlake.etl.guessing.written_moments import fitting_patterns

if TYPE_CHECKING:
    from meterlake.etl.guessing.guess import Draft

# What a doubt is about that a zone settles.
CLOCK = "clock"
_NAMES = (
    "CET|CEST|MEZ|MESZ|EET|EEST|WET|WEST|BST|IST|MSK|EST|EDT|CST|CDT|MST|MDT|PST|PDT|AKST|HST|HNE|HAE|AEST|AEDT|ACST|ACDT|AWST"
    "|NZST|NZDT|JST|KST|SAST"
)
_NAME = re.compile(rf"(?<![A-Za-z])({_NAMES})(?![A-Za-z])")
_AHEAD = re.compile(r"(?<![A-Za-z])(?:UTC|GMT) ?[+-] ?\d{1,2}(?::?\d{2})?", re.IGNORECASE)
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}")
_UTC = frozenset(("UTC", "GMT", "Z"))


def clock_named(text: str) -> str | None:
    """Return the name of a clock that stands in a text; None where none does."""
    found = _NAME.search(text)
    return found[0] if found else None


def guess_clock(draft: Draft, columns: tuple[ToldColumn, ...], start: ToldColumn, time: dict[str, Any]) -> None:
    """Say in a time's declaration what its clock is, or doubt it.

    Args:
        draft: The draft.
        columns: All columns.
        start: The column of times.
        time: What is declared of the time so far; it is added to.
    """
    assert start.times is not None
    if start.times.has_offset:
        return
    if "%Z" in time.get("format", ""):
        _doubt(draft, f"the times of {start.key!r} name their clock, and many places have one of that name")
        return
    if _is_told_by_column(draft, columns, start, time) or not start.name:
        return
    if (said := _AHEAD.search(start.name)) or (said := _NAME.search(start.name)):
        _doubt(draft, f"by its name {start.key!r} is on {said[0]}: that clock all year, or one that changes in summer?")
    elif {"utc", "gmt"} & set(start.words):
        time["zone"] = "UTC"
        draft.said.append(f"{start.key!r} is in UTC, by its name")


def _is_told_by_column(draft: Draft, columns: tuple[ToldColumn, ...], start: ToldColumn, time: dict[str, Any]) -> bool:
    """Say whether a column holds the names or the offsets of clocks; then it is heeded."""
    found = next((one for one in columns if one.key not in draft.used and _holds_clocks(one)), None)
    if found is None:
        return False
    told = sorted(set(found.told))
    if set(told) <= _UTC or (len(told) == 1 and told[0] in available_timezones()):
        time["zone"] = "UTC" if told[0] in _UTC else told[0]
        draft.said.append(f"the zone is that of {found.key!r}")
    elif all(_OFFSET.fullmatch(text) or _NAME.fullmatch(text) or text in _UTC for text in told):
        _join(draft, columns, found, time)
    else:
        _doubt(draft, f"{found.key!r} holds several zones ({', '.join(told[:4])}), and a mapping has one")
    draft.used.add(found.key)
    return True


def _join(draft: Draft, columns: tuple[ToldColumn, ...], found: ToldColumn, time: dict[str, Any]) -> None:
    """Read an offset or a clock's name behind the time that it belongs to."""
    keys = time["column"] if isinstance(time["column"], list) else [time["column"]]
    parts = [next(one for one in columns if one.key == key) for key in (*keys, found.key)]
    texts = tuple(" ".join(cells) for cells in zip(*(part.texts for part in parts), strict=True))
    by_name = not all(_OFFSET.fullmatch(text) for text in found.told)
    wanted = "%Z" if by_name else "%z"
    patterns = (one for one in fitting_patterns(texts[0]) if one.endswith(wanted))
    pattern = next((one for one in patterns if moments_by(one, texts)), None)
    if pattern is None:
        _doubt(draft, f"{found.key!r} says on which clock each time is, and could not be read with it")
        return
    time |= {"column": [*keys, found.key], "format": pattern}
    draft.said.append(f"the clock of each time from {found.key!r}")
    if by_name:
        _doubt(draft, f"{found.key!r} names clocks ({', '.join(sorted(set(found.told))[:4])}) that many places have")


def _holds_clocks(column: ToldColumn) -> bool:
    zones = available_timezones()
    return bool(column.told) and all(
        _NAME.fullmatch(text) or text in _UTC or _OFFSET.fullmatch(text) or ("/" in text and text in zones)
        for text in set(column.told)
    )


def _doubt(draft: Draft, words: str) -> None:
    draft.doubt(CLOCK, f"{words}; say `zone` in `time`, or --time-zone")
