"""A year's reliability as a page for people: one HTML file that needs no other.

Enters: a lake, a year, what customers are told apart by. Leaves: HTML: the indices with and without planned work and major event days,
month by month, by place, the major event days, what outages came of, and the largest of them. What a regulator wants as numbers
`meterlake reliability --format csv` has.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from meterlake.lake.errors import BadParameter
from meterlake.lake.newest_reading import newest_reading_end
from meterlake.lake.port import Lake
from meterlake.outage.reliability.completeness import Completeness, completeness_in_lake
from meterlake.outage.reliability.customers_served import ALL_PLACES
from meterlake.outage.reliability.major_event_days import FULL_HISTORY_DAYS
from meterlake.outage.reliability.periods import Level, Period
from meterlake.outage.reliability.records import Interruption, Service, interruptions_in, services_in
from meterlake.outage.reliability.reliability import Reliability, ReliabilityQuestion, once_a_customer, reliability_of
from meterlake.outage.settings import OutageSettings
from meterlake.outage.stored_outages import stored_outages

_LARGEST = 10
_INDICES = (
    ("SAIFI", "saifi", 3), ("SAIDI, minutes", "saidi_minutes", 1), ("CAIDI, minutes", "caidi_minutes", 1), ("ASAI", "asai", 6),
    ("MAIFI", "maifi", 3), ("CEMI", "cemi", 4), ("customers interrupted", "customers_interrupted", 0),
    ("customer-minutes", "customer_minutes", 0),
)  # fmt: skip
_VIEWS = (
    ("all interruptions", False, False),
    ("without major event days", True, False),
    ("without planned work", False, True),
    ("without both", True, True),
)
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: .6em 0 1.6em; width: 100% }
th, td { padding: .25em .7em; border-bottom: 1px solid #ddd; text-align: right; font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left } th { color: #555; font-weight: 600 }
.bar { background: #0072b2; height: .8em } td.drawn { width: 40% } .note { color: #555 }
"""
Row = Sequence[object]


@dataclass(frozen=True)
class _Year:
    """What the page is made of."""

    year: int
    by: Level
    interruptions: list[Interruption]
    services: list[Service]
    completeness: Completeness

    def rows(self, period: Period, *, exclude_major: bool = False, exclude_planned: bool = False) -> list[Reliability]:
        question = ReliabilityQuestion(self.by, period, exclude_major, exclude_planned)
        found = reliability_of(self.interruptions, self.services, question, self.completeness)
        return [row for row in found if row.begin.year == self.year]


def yearly_page(lake: Lake, year: int, by: Level = Level.SITE) -> str:
    """Return a year's page.

    Raises:
        BadParameter: If nobody was served in that year.
    """
    shown = _Year(year, by, interruptions_in(lake), services_in(lake), completeness_in_lake(lake))
    of_year = shown.rows(Period.YEAR)
    whole = [one for one in of_year if one.place == ALL_PLACES]
    if not whole:
        years = sorted({day.year for one in shown.services for day in (one.first_date, one.end_date)})
        raise BadParameter(
            "year",
            year,
            f"one with customers: {', '.join(map(str, years)) or 'there is none'}",
            str(dt.date.today().year - 1),
        )
    parts = [
        f"<h1>Reliability of supply, {year}</h1>",
        *_basis(lake, whole[0], year),
        "<h2>Indices of IEEE Std 1366</h2>",
        _table(["", *(name for name, *_ in _INDICES)], _views(shown)),
        "<h2>Minutes without power a customer, by month</h2>",
        _drawn(shown.rows(Period.MONTH)),
        f"<h2>By {by.value}</h2>",
        _table(
            [by.value, *(name for name, *_ in _INDICES)],
            (_line(one.place or "none known", one) for one in of_year if one.place != ALL_PLACES),
        ),
        "<h2>Major event days</h2>",
        _major(shown),
        "<h2>What outages came of</h2>",
        *_outages(lake, shown),
    ]
    title = f"Reliability of supply, {year}"
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>\n'
        + "\n".join(parts)
        + "\n</html>\n"
    )


def _basis(lake: Lake, whole: Reliability, year: int) -> list[str]:
    """Return what the figures stand on, and whether more is to come."""
    settings, newest = OutageSettings(), newest_reading_end(lake)
    customers = f"{whole.indices.customers_served:,.1f} customers were served on a mean day."
    momentary = f"An interruption of at most {settings.momentary_minutes:g} minutes is momentary."
    history = "No day is told apart as a major event day: too little came before"
    if whole.t_med_minutes is not None:
        history = f"T_MED is {whole.t_med_minutes:.3f} minutes, of {whole.t_med_history_days:,} days"
        history += ", where the standard wants five years" if whole.t_med_history_days < FULL_HISTORY_DAYS else ""
    notes = [f'<p class="note">{escape(" ".join((customers, momentary, history + ".")))}</p>']
    if newest is not None and whole.is_provisional:
        reach = f"readings reach {newest:%Y-%m-%d %H:%M} UTC, and some meters may still send older ones"
        notes.append(f'<p class="note"><b>Provisional:</b> {reach}.</p>')
    return notes


def _views(shown: _Year) -> Iterable[Row]:
    for name, exclude_major, exclude_planned in _VIEWS:
        rows = shown.rows(Period.YEAR, exclude_major=exclude_major, exclude_planned=exclude_planned)
        yield from (_line(name, one) for one in rows if one.place == ALL_PLACES)


def _line(name: str, row: Reliability) -> Row:
    values = ((getattr(row.indices, field), decimals) for _, field, decimals in _INDICES)
    return [name, *("" if value is None else f"{value:,.{decimals}f}" for value, decimals in values)]


def _drawn(months: list[Reliability]) -> str:
    whole = [one for one in months if one.place == ALL_PLACES]
    most = max((one.indices.saidi_minutes for one in whole), default=0.0) or 1.0
    lines = "".join(
        f'<tr><td>{one.begin:%B}</td><td>{one.indices.saidi_minutes:,.1f}</td><td class="drawn">'
        f'<div class="bar" style="width:{100 * one.indices.saidi_minutes / most:.1f}%"></div></td></tr>'
        for one in whole
    )
    return f"<table><tr><th>month</th><th>SAIDI, minutes</th><th></th></tr>{lines}</table>"


def _major(shown: _Year) -> str:
    days = [one for one in shown.rows(Period.DAY) if one.place == ALL_PLACES and one.major_event_days]
    if not days:
        return '<p class="note">There was none.</p>'
    lines = (
        [f"{one.begin:%Y-%m-%d}", f"{one.indices.saidi_minutes:,.1f}", f"{one.indices.customers_interrupted:,}"]
        for one in days
    )
    return _table(["day", "SAIDI, minutes", "customers interrupted"], lines)


def _outages(lake: Lake, shown: _Year) -> list[str]:
    """Return what outages came of, and the largest, by the very interruptions that the indices count."""
    minutes: dict[str, float] = defaultdict(float)
    interrupted: Counter[str] = Counter()
    for one in once_a_customer(shown.interruptions):
        if one.is_sustained and one.local_date.year == shown.year:
            minutes[one.outage_id] += one.minutes
            interrupted[one.outage_id] += 1
    # The year is that of each customer's clock, which begins up to a day before or behind UTC's.
    day = dt.timedelta(days=1)
    start, end = (dt.datetime(one, 1, 1, tzinfo=dt.UTC) for one in (shown.year, shown.year + 1))
    found = [row for row in stored_outages(lake, start - day, end + day).to_pylist() if row["outage_id"] in minutes]
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for row in found:
        for place, value in enumerate((1, interrupted[row["outage_id"]], minutes[row["outage_id"]])):
            sums[row["cause"], _reason(row)][place] += value
    by_reason = (
        [cause.replace("_", " "), reason, *(f"{value:,.0f}" for value in values)]
        for (cause, reason), values in sorted(sums.items(), key=lambda item: -item[1][2])
    )
    largest = sorted(found, key=lambda row: -minutes[row["outage_id"]])[:_LARGEST]
    lines = (
        [
            row["outage_id"],
            _moment(row["started_at"]),
            _moment(row["ended_at"]),
            f"{interrupted[row['outage_id']]:,}",
            f"{minutes[row['outage_id']]:,.0f}",
            _reason(row),
        ]
        for row in largest
    )
    counts = ("customers interrupted", "customer-minutes")
    return [
        _table(["cause", "reason", "outages", *counts], by_reason),
        "<h2>The largest of them</h2>",
        _table(["outage", "began, UTC", "ended, UTC", *counts, "reason"], lines),
    ]


def _reason(row: dict[str, Any]) -> str:
    """Return the last reason that a person gave for an outage."""
    reasons = [said["reason"] for said in json.loads(row["evidence"]).get("said", ()) if "reason" in said]
    return str(reasons[-1]) if reasons else "not said"


def _moment(moment: dt.datetime | None) -> str:
    return "lasts" if moment is None else f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M}"


def _table(names: Iterable[str], rows: Iterable[Row]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = "\n".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>\n{lines}</table>"
