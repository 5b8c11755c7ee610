"""Columns that are the intervals of a day, by their names: clocks (00:00 … 23:30, or 0:30 … 0:00) and numbers (1 … 25).

Enters: a header and a declaration of rows that hold a day. Leaves: the declaration with the columns in order, how long
each interval is, and whether they go by the clock. The first column is the day's first interval, whatever end of it the
names say: a header that begins at 0:30 and ends at 0:00 names the ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.part import Column
from meterlake.etl.conforming.mapping_declaration.rows import SlotColumns
from meterlake.etl.conforming.raw_format import Mismatch
from meterlake.etl.formats.mapping.named_columns import place_of

_A_DAY = 1440
_CLOCK = re.compile(r"(?:\D*\s)?(\d{1,2})[:.](\d{2})(?::00)?(?:\s*-.*)?")
_COUNTED = re.compile(r"[A-Za-z_ ]*?0*(\d{1,3})")
_BARE_CLOCK = re.compile(r"(?:\D*[\s_])?(\d{2})(\d{2})")
_HOURS = 24
# A day of 24 hours, and one that the clocks made longer, in intervals of so many minutes.
_LENGTHS = {day * 60 // minutes: minutes for minutes in (60, 30, 15, 10, 5) for day in (24, 25)}


def settled_slots(declared: MappingDeclaration, found: Sequence[str]) -> MappingDeclaration | Mismatch:
    """Return the declaration with its slots' columns named, or why they cannot be told."""
    slots = declared.wide or SlotColumns()
    places = _places_of(slots, declared, found)
    if isinstance(places, Mismatch):
        return places
    names = [found[place] for place in places]
    clocks = [_clock_minutes(name) for name in names]
    clocks = _bare_clocks(names) if None in clocks else clocks
    by_clock = all(clock is not None for clock in clocks)
    minutes = (
        declared.interval_minutes if "interval_minutes" in declared.model_fields_set else _LENGTHS.get(len(places))
    )
    if minutes is None or len(places) * minutes > _A_DAY * 25 // 24:
        return Mismatch(0.5, f"{len(places)} columns of slots are no day; say how long one is with interval_minutes:")
    if by_clock and not _runs_through(clocks, minutes):
        return Mismatch(0.5, f"the slots {names[0]!r} to {names[-1]!r} are not {minutes} minutes apart in order")
    is_longer = len(places) * minutes > _A_DAY
    columns: tuple[Column, ...] = tuple(
        name if found.count(name) == 1 else place + 1 for place, name in zip(places, names, strict=True)
    )
    settled = SlotColumns(columns=columns, slots=slots.slots or ("elapsed" if is_longer and not by_clock else "clock"))
    return declared.model_copy(update={"wide": settled, "interval_minutes": minutes})


def _places_of(slots: SlotColumns, declared: MappingDeclaration, found: Sequence[str]) -> list[int] | Mismatch:
    if slots.columns:
        wanted: list[Column] = list(slots.columns)
    else:
        wanted = [column for column in (slots.first, slots.last) if column is not None]
    placed = [place_of(column, found) for column in wanted]
    lacking = next((place for place in placed if isinstance(place, str)), None)
    if lacking is not None:
        return Mismatch(0.5, lacking)
    whole = [place for place in placed if isinstance(place, int)]
    if slots.columns:
        return whole
    if slots.first is not None and slots.last is not None:
        return list(range(whole[0], whole[1] + 1)) or Mismatch(0.5, "wide: first stands behind last")
    others = {name for name in declared.columns_read if isinstance(name, str)}
    kinds = ([_clock_minutes(name) for name in found], _bare_clocks(found), [_counted(name) for name in found])
    for kind in kinds:
        own = [place for place, slot in enumerate(kind) if slot is not None and found[place] not in others]
        if len(own) > 1:
            return own
    return Mismatch(0.5, "no columns of slots are found by their names; say which with wide: {first: …, last: …}")


def _clock_minutes(name: str) -> int | None:
    found = _CLOCK.fullmatch(name)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _bare_clocks(names: Sequence[str]) -> list[int | None]:
    """Return the minutes of names such as 0030 and kWh_2330, where all that end in four digits are clocks by steps of five."""
    found = [_BARE_CLOCK.fullmatch(name) for name in names]
    shown = [(int(one[1]), int(one[2])) for one in found if one]
    if not all(hour <= _HOURS and minute < 60 and minute % 5 == 0 for hour, minute in shown):
        return [None] * len(names)
    return [int(one[1]) * 60 + int(one[2]) if one else None for one in found]


def _counted(name: str) -> int | None:
    found = _COUNTED.fullmatch(name)
    return int(found[1]) if found else None


def _runs_through(clocks: Sequence[int | None], minutes: int) -> bool:
    """Say whether clocks go through a day, from its first moment or from the end of its first interval."""
    starts = [slot * minutes for slot in range(len(clocks))]
    ends = [(slot + 1) * minutes for slot in range(len(clocks))]
    shown = [clock or 0 for clock in clocks]
    return shown == starts or [clock or _A_DAY for clock in shown] == [end % _A_DAY or _A_DAY for end in ends]
