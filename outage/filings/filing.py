"""A period's indices frozen as filed, and what differs since.

Enters: a lake, a period, and by what places are told apart. Leaves: rows of filed_indices, which no run and no undo touches, with the
settings and snapshots that they were made of; later, what the indices are now beside them. A filing that was wrong is withdrawn, and
stays to be read.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from meterlake.lake.engine_choice import open_lake
from meterlake.lake.errors import BadParameter, UnknownFiling
from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import FILED_INDICES, INTERRUPTIONS, SERVICES
from meterlake.lake.writing.publishing import publish_rows
from meterlake.outage.reliability.indices import Limits
from meterlake.outage.reliability.periods import Level, Period
from meterlake.outage.reliability.reliability import Reliability, ReliabilityQuestion, reliability_in_lake
from meterlake.outage.settings import OutageSettings

_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")
_NO_PLACE = ""
# The columns of a table of differences.
FILED_DIFFERENCES = pa.schema(
    [
        *(("filing_id", pa.string()), ("filed_at", pa.timestamp("us", "UTC")), ("filed_by", pa.string())),
        *(("period", pa.string()), ("period_start", pa.date32()), ("kind", pa.string())),
        *(("place_id", pa.string()), ("index", pa.string())),
        *(("filed", pa.float64()), ("now", pa.float64()), ("difference", pa.float64())),
    ]
)


@dataclass(frozen=True)
class FiledDifference:
    """An index of a place as it was filed, and as it is now; None where the place has no row any more, or had none."""

    filing_id: str
    filed_at: dt.datetime
    filed_by: str
    period: str
    period_start: dt.date
    kind: str
    place_id: str | None
    index: str
    filed: float | None
    now: float | None

    @property
    def order(self) -> tuple[str, ...]:
        """The row's place among others: by period, filing, place and index."""
        return (self.period_start.isoformat(), self.filing_id, self.place_id or "\U0010ffff", self.index)

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        apart = None if self.filed is None or self.now is None else round(self.now - self.filed, 9)
        return vars(self) | {"difference": apart}


def written_period(text: str) -> tuple[Period, dt.date]:
    """Return the period that is written as 2024, 2024-Q1 or 2024-03, and the day that names it.

    Raises:
        BadParameter: If it is none of these.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or not dt.MINYEAR < int(found["year"]) < dt.MAXYEAR:
        raise BadParameter("period", text, "a year, a quarter or a month", "2024, 2024-Q1 or 2024-03")
    year = int(found["year"])
    if found["month"]:
        return Period.MONTH, dt.date(year, int(found["month"]), 1)
    if found["quarter"]:
        return Period.QUARTER, dt.date(year, 3 * int(found["quarter"]) - 2, 1)
    return Period.YEAR, dt.date(year, 1, 1)


def freeze(
    settings: LakeSettings,
    begin: dt.date,
    question: ReliabilityQuestion,
    filed_by: str,
    *,
    takes_provisional: bool = False,
    note: str | None = None,
) -> str:
    """Keep the indices of a period as they are now, and return the filing's name.

    Raises:
        BadParameter: If the period has no customers, is provisional, or is frozen already in the same way.
    """
    lake = open_lake(settings)
    snapshot = lake.version_of(INTERRUPTIONS.name, SERVICES.name)
    rows = [one for one in reliability_in_lake(lake, question) if one.begin == begin]
    told = begin.isoformat()
    if not rows:
        raise BadParameter("period", told, "one with customers; 'meterlake reliability' lists them", "2024-03")
    waiting = [one.place or "none known" for one in rows if one.is_provisional]
    if waiting and not takes_provisional:
        expected = f"one whose data are complete: those of {', '.join(waiting[:5])} may still change; --provisional files it as it is"
        raise BadParameter("period", told, expected, "2024-03")
    asked = _said(question)
    for filing in standing_filings(lake):
        if filing["period_start"] == begin and _question_of(filing) == question:
            expected = (
                f"one that is not frozen: {filing['filing_id']} holds it; 'meterlake filing withdraw' comes first"
            )
            raise BadParameter("period", told, expected, "2024-03")
    filing_id = f"filing-{secrets.token_hex(6)}"
    at = dt.datetime.now(dt.UTC)
    kept = [
        {
            "filing_id": filing_id,
            "filed_at": at,
            "filed_by": filed_by,
            "kind": question.by.value,
            "period": question.period.value,
            "period_start": begin,
            "place_id": _NO_PLACE if one.place is None else one.place,
            "indices": json.dumps(_indices(one)),
            "settings": asked,
            "snapshot": snapshot,
            "note": note,
            "withdrawn_at": None,
            "withdrawn_by": None,
        }
        for one in rows
    ]
    _keep(settings, kept, "filing")
    return filing_id


def withdraw(settings: LakeSettings, filing_id: str, withdrawn_by: str) -> None:
    """Withdraw a filing; what was filed stays to be read.

    Raises:
        UnknownFiling: If no such filing stands.
    """
    rows = [row for row in standing_filings(open_lake(settings)) if row["filing_id"] == filing_id]
    if not rows:
        raise UnknownFiling(filing_id)
    said = {"withdrawn_at": dt.datetime.now(dt.UTC), "withdrawn_by": withdrawn_by}
    _keep(settings, [row | said for row in rows], "filing-withdrawn")


def standing_filings(lake: Lake) -> list[dict[str, Any]]:
    """Return the rows of all filings that were not withdrawn."""
    return [row for row in lake.ask("filed_indices").to_pylist() if row["withdrawn_at"] is None]


def differences(lake: Lake, filing_id: str | None = None) -> list[FiledDifference]:
    """Return every index that is not any more what was filed, in order.

    Args:
        lake: The lake.
        filing_id: One filing; None for all that stand.

    Raises:
        UnknownFiling: If no such filing stands.
    """
    rows = [row for row in standing_filings(lake) if filing_id in (None, row["filing_id"])]
    if filing_id is not None and not rows:
        raise UnknownFiling(filing_id)
    now_of: dict[ReliabilityQuestion, dict[tuple[dt.date, str], dict[str, Any]]] = {}
    found = []
    for filing in {row["filing_id"]: row for row in rows}.values():
        question = _question_of(filing)
        if question not in now_of:
            now_of[question] = {
                (one.begin, one.place or _NO_PLACE): _indices(one) for one in reliability_in_lake(lake, question)
            }
        filed = {row["place_id"]: json.loads(row["indices"]) for row in rows if row["filing_id"] == filing["filing_id"]}
        now = {place: of for (begin, place), of in now_of[question].items() if begin == filing["period_start"]}
        found += [
            FiledDifference(
                filing["filing_id"],
                filing["filed_at"],
                filing["filed_by"],
                filing["period"],
                filing["period_start"],
                filing["kind"],
                place or None,
                name,
                before,
                after,
            )
            for place in sorted(filed.keys() | now.keys())
            for name, before, after in _unequal(filed.get(place, {}), now.get(place, {}))
        ]
    return sorted(found, key=lambda one: one.order)


def _unequal(filed: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, float | None, float | None]]:
    names = dict.fromkeys([*filed, *now])
    return [(name, filed.get(name), now.get(name)) for name in names if filed.get(name) != now.get(name)]


def _indices(row: Reliability) -> dict[str, Any]:
    return asdict(row.indices) | {"major_event_days": row.major_event_days, "t_med_minutes": row.t_med_minutes}


def _said(question: ReliabilityQuestion) -> str:
    """Return what was asked, and what counts as an interruption, as JSON."""
    counts = OutageSettings().model_dump(mode="json", include={"momentary_minutes", "momentary_holds_limit"})
    return json.dumps(asdict(question) | counts, sort_keys=True)


def _question_of(filing: dict[str, Any]) -> ReliabilityQuestion:
    said = json.loads(filing["settings"])
    return ReliabilityQuestion(
        Level(said["by"]),
        Period(said["period"]),
        said["exclude_major"],
        said["exclude_planned"],
        Limits(**said["limits"]),
    )


def _keep(settings: LakeSettings, rows: Sequence[dict[str, Any]], run: str) -> None:
    table = pa.Table.from_pylist(list(rows), schema=FILED_INDICES.arrow_schema)
    publish_rows(settings, {FILED_INDICES.name: table}, run_id=run)
