"""Outages as people said that they were.

Enters: judged outages, and what was said of outages since ever. Leaves: outages confirmed, rejected, corrected, merged and split. A word
finds its outage by a meter and when that was lost, whatever the outage is called now; one that finds none is named and waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from meterlake.lake.codes.causes import Cause
from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import KnownBy, Outage, OutagePart, Within
from meterlake.outage.rows.row_types import OutageWordRow

# A loss that late data moved is the same within so many seconds.
_SAME_WITHIN_S = 6 * 3600


class Act(StrEnum):
    """What can be said of an outage."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"
    REASON = "reason"
    MERGE = "merge"
    SPLIT = "split"
    TAKE_BACK = "take_back"


@dataclass
class Heard:
    """Outages after what was said of them, and the words that found none."""

    outages: list[Outage]
    without_outage: list[str] = field(default_factory=list)


def standing_words(words: Iterable[OutageWordRow]) -> list[OutageWordRow]:
    """Return the words that were not taken back, in the order in which they were said."""
    said = sorted(words, key=lambda word: (word.said_at, word.word_id))
    taken = {word.taken_back for word in said if word.act == Act.TAKE_BACK}
    return [word for word in said if word.act != Act.TAKE_BACK and word.word_id not in taken]


def heed(fleet: Fleet, outages: Sequence[Outage], words: Iterable[OutageWordRow]) -> Heard:
    """Return outages as they are after what was said, one word after the other."""
    heard = Heard(list(outages))
    meters = {meter_id: place for place, meter_id in enumerate(fleet.meter_ids)}
    for word in standing_words(words):
        place = _found(heard.outages, meters.get(word.meter_id), round(word.lost_at.timestamp()))
        is_heeded = place is not None and _HEEDED[Act(word.act)](heard.outages, place, word, meters)
        if not is_heeded:
            heard.without_outage.append(word.word_id)
    heard.outages.sort(key=lambda one: (one.started_s, min(part.meter for part in one.parts)))
    return heard


def _found(outages: Sequence[Outage], meter: int | None, lost_s: int) -> int | None:
    """Return the place of the outage in which a meter was lost at a time, or nearest to it."""
    near = [
        (_seconds_apart(part, lost_s), place)
        for place, outage in enumerate(outages)
        for part in outage.parts
        if part.meter == meter
    ]
    apart, place = min(near, default=(_SAME_WITHIN_S + 1, -1))
    return place if apart <= _SAME_WITHIN_S else None


def _seconds_apart(part: OutagePart, at_s: int) -> int:
    if at_s < part.started_s:
        return part.started_s - at_s
    return 0 if part.ended_s is None else max(0, at_s - part.ended_s)


def _told(outage: Outage, word: OutageWordRow) -> Outage:
    """Return an outage with a word in its evidence."""
    told: dict[str, Any] = {"act": word.act, "by": word.said_by, "at": word.said_at.isoformat(timespec="seconds")}
    told |= {name: text for name, text in (("reason", word.reason), ("note", word.note)) if text}
    return replace(outage, evidence=outage.evidence | {"said": [*outage.evidence.get("said", []), told]})


def _confirm(outages: list[Outage], place: int, word: OutageWordRow, _: dict[str, int]) -> bool:
    outage = _told(outages[place], word)
    cause = outage.cause if outage.cause.is_without_power else Cause.POWER_CUT
    outages[place] = replace(outage, cause=cause, confidence=1.0)
    return True


def _reject(outages: list[Outage], place: int, word: OutageWordRow, _: dict[str, int]) -> bool:
    outages[place] = replace(_told(outages[place], word), cause=Cause.REJECTED, confidence=1.0)
    return True


def _give_reason(outages: list[Outage], place: int, word: OutageWordRow, _: dict[str, int]) -> bool:
    outages[place] = _told(outages[place], word)
    return True


def _correct(outages: list[Outage], place: int, word: OutageWordRow, _: dict[str, int]) -> bool:
    outage = _told(outages[place], word)
    start = outage.started_s if word.started_at is None else round(word.started_at.timestamp())
    end = outage.ended_s if word.ended_at is None else round(word.ended_at.timestamp())
    parts = tuple(one for part in outage.parts if (one := _corrected(part, outage, start, end)) is not None)
    if not parts:
        return False
    outages[place] = replace(outage, started_s=start, ended_s=end, parts=parts)
    return True


def _corrected(part: OutagePart, outage: Outage, start: int, end: int | None) -> OutagePart | None:
    """Return a meter's part within the times of its outage: who was lost with it is so from its beginning, who came back last until its end."""
    if part.started_s <= max(start, outage.started_s) and part.started_s != start:
        part = replace(part, started_s=start, lost=Within(start, start, KnownBy.PERSON))
    was_last = part.ended_s is None or (outage.ended_s is not None and part.ended_s >= outage.ended_s)
    if end is not None and part.ended_s != end and (was_last or (part.ended_s or end) > end):
        part = replace(part, ended_s=end, returned=Within(end, end, KnownBy.PERSON))
    if part.ended_s is None:
        return part
    length = part.ended_s - part.started_s
    return replace(part, planned_s=min(part.planned_s, length)) if length > 0 else None


def _merge(outages: list[Outage], place: int, word: OutageWordRow, meters: dict[str, int]) -> bool:
    if word.other_lost_at is None:
        return False
    into = _found(outages, meters.get(word.other_meter_id or ""), round(word.other_lost_at.timestamp()))
    if into is None or into == place:
        return False
    both = (*outages[into].parts, *outages[place].parts)
    outages[into] = _told(_of_parts(outages[into], both), word)
    del outages[place]
    return True


def _split(outages: list[Outage], place: int, word: OutageWordRow, meters: dict[str, int]) -> bool:
    apart = {meters.get(meter_id) for meter_id in json.loads(word.meters or "[]")}
    outage = _told(outages[place], word)
    own = tuple(part for part in outage.parts if part.meter in apart)
    others = tuple(part for part in outage.parts if part.meter not in apart)
    if not own or not others:
        return False
    outages[place : place + 1] = [_of_parts(outage, others), _of_parts(outage, own)]
    return True


def _of_parts(outage: Outage, parts: tuple[OutagePart, ...]) -> Outage:
    ends = [part.ended_s for part in parts]
    ended = None if None in ends else max(end for end in ends if end is not None)
    ordered = tuple(sorted(parts, key=lambda part: (part.started_s, part.meter)))
    return replace(outage, started_s=min(part.started_s for part in parts), ended_s=ended, parts=ordered)


_HEEDED: dict[Act, Callable[[list[Outage], int, OutageWordRow, dict[str, int]], bool]] = {
    Act.CONFIRM: _confirm,
    Act.REJECT: _reject,
    Act.CORRECT: _correct,
    Act.REASON: _give_reason,
    Act.MERGE: _merge,
    Act.SPLIT: _split,
}
