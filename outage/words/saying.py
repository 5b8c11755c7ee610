"""A word about an outage, checked and kept.

Enters: an outage's id and what a person says of it. Leaves: a row of outage_words; the next run of outages heeds it.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pyarrow as pa

from meterlake.lake.engine_choice import open_engine
from meterlake.lake.errors import BadParameter, UnknownOutage
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import OUTAGE_WORDS
from meterlake.lake.writing.publishing import publish_rows
from meterlake.outage.rows.row_types import OutageWordRow
from meterlake.outage.settings import OutageSettings
from meterlake.outage.words.heeding import Act

if TYPE_CHECKING:  # Where there is no engine of this machine nothing is said, and what was said is read by another.
    from meterlake.lake.duckdb_lake import DuckDBLake

_SOME_TIME = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Word:
    """What somebody says of an outage.

    Attributes:
        outage_id: Of which.
        act: What.
        said_by: Who.
        started_at: Of a correction, when it began.
        ended_at: Of a correction, when it ended.
        reason: What it came of.
        into: Of a merge, the outage that it goes into.
        meters: Of a split, those that make an outage of their own.
        note: What else.
    """

    outage_id: str
    act: Act
    said_by: str
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    reason: str | None = None
    into: str | None = None
    meters: Sequence[str] = ()
    note: str | None = None


def say(settings: LakeSettings, word: Word, outage: OutageSettings | None = None) -> str:
    """Keep a word, and return its name.

    Raises:
        UnknownOutage: If the lake holds no such outage.
        BadParameter: If it cannot be said of this one.
    """
    _check(word, outage or OutageSettings())
    lake = open_engine(settings)
    lost = _meters_of(lake, word.outage_id)
    meter_id, lost_at = min(lost.items(), key=lambda item: (item[1], item[0]))
    row = _row(word, meter_id, lost_at)
    if word.act is Act.CORRECT:
        _check_that_it_lasts(lake, word)
    if word.act is Act.SPLIT:
        strangers = sorted(set(word.meters) - lost.keys())
        if strangers or not word.meters or len(set(word.meters)) == len(lost):
            found = ", ".join(strangers or word.meters) or "none"
            raise BadParameter("meters", found, f"some of the outage's {len(lost)} meters and not all", min(lost))
        row["meters"] = json.dumps(sorted(set(word.meters)))
    if word.into is not None:
        if word.into == word.outage_id:
            raise BadParameter("into", word.into, "another outage", "out-0123456789ab")
        others = _meters_of(lake, word.into)
        row["other_meter_id"], row["other_lost_at"] = min(others.items(), key=lambda item: (item[1], item[0]))
    return _keep(settings, row)


def take_back(settings: LakeSettings, word_id: str, said_by: str, *, outage_id: str | None = None) -> str:
    """Take a word back, as if it had not been said; both are kept. Return the name of the new one.

    Args:
        settings: Of the lake.
        word_id: The word.
        said_by: Who takes it back.
        outage_id: Of which outage it was said; None for any.

    Raises:
        BadParameter: If there is no such word.
    """
    words = words_said(open_engine(settings)).to_pylist()
    known = {row["word_id"]: row for row in words if outage_id in (None, row["outage_id"])}
    if word_id not in known or known[word_id]["act"] == Act.TAKE_BACK:
        raise BadParameter(
            "word",
            word_id,
            "the name of a word that was said of it; 'meterlake outage words' lists them",
            "word-0123456789ab",
        )
    before = known[word_id]
    word = Word(before["outage_id"], Act.TAKE_BACK, said_by)
    return _keep(settings, _row(word, before["meter_id"], before["lost_at"]) | {"taken_back": word_id})


def words_said(lake: DuckDBLake) -> pa.Table:
    """Return all words, in the order in which they were said."""
    return lake.select("SELECT * FROM outage_words ORDER BY said_at, word_id")


def _check(word: Word, settings: OutageSettings) -> None:
    if word.act is Act.CORRECT and word.started_at is None and word.ended_at is None:
        raise BadParameter("started", None, "a time for the beginning or the end", "2024-06-01T12:05:00Z")
    if word.act is Act.REASON and not word.reason:
        raise BadParameter("reason", word.reason, f"one of {', '.join(settings.reasons)}", settings.reasons[0])
    if word.reason and word.reason not in settings.reasons:
        raise BadParameter("reason", word.reason, f"one of {', '.join(settings.reasons)}", settings.reasons[0])
    if not word.said_by.strip():
        raise BadParameter("by", word.said_by, "who says it", "A. Engineer")


def _check_that_it_lasts(lake: DuckDBLake, word: Word) -> None:
    """Refuse a correction by which an outage would end before it began, as it stands."""
    [stands] = lake.select(
        "SELECT started_at, ended_at FROM outages WHERE outage_id = $outage", parameters={"outage": word.outage_id}
    ).to_pylist()
    start, end = word.started_at or stands["started_at"], word.ended_at or stands["ended_at"]
    if end is None or start < end:
        return
    if word.ended_at is None:
        expected = f"a time before its end at {_told(end)}, or an end of its own"
        raise BadParameter("started", _told(start), expected, _told(end - _SOME_TIME))
    expected = f"a time after its beginning at {_told(start)}, or a beginning of its own"
    raise BadParameter("ended", _told(end), expected, _told(start + _SOME_TIME))


def _told(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _meters_of(lake: DuckDBLake, outage_id: str) -> dict[str, dt.datetime]:
    """Return an outage's meters, and from when each was lost in its readings, or else in its messages."""
    rows = lake.select(
        "SELECT meter_id, coalesce(first_lost_at, started_at) AS lost_at FROM outage_meters WHERE outage_id = $outage",
        parameters={"outage": outage_id},
    ).to_pylist()
    if not rows:
        raise UnknownOutage(outage_id)
    return {row["meter_id"]: row["lost_at"] for row in rows}


def _row(word: Word, meter_id: str, lost_at: dt.datetime) -> dict[str, object]:
    row = OutageWordRow(
        word_id=f"word-{secrets.token_hex(6)}",
        said_at=dt.datetime.now(dt.UTC),
        said_by=word.said_by.strip(),
        act=word.act.value,
        outage_id=word.outage_id,
        meter_id=meter_id,
        lost_at=lost_at,
        started_at=word.started_at,
        ended_at=word.ended_at,
        reason=word.reason,
        note=word.note,
    )
    return {one.name: getattr(row, one.name) for one in fields(row)}


def _keep(settings: LakeSettings, row: dict[str, object]) -> str:
    rows = pa.Table.from_pylist([row], schema=OUTAGE_WORDS.arrow_schema)
    publish_rows(settings, {OUTAGE_WORDS.name: rows}, run_id=f"word-{row['act']}")
    return str(row["word_id"])
