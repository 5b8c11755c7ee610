"""The questions that the lake answers: one .sql file each, in the SQL that DuckDB and Athena share.

A file opens with comments that a person and this module both read:

    -- What one meter used, day by day.
    -- parameters: meter_id, quantity, start_date, end_date
    -- files: consumption_daily where meter_id = meter_id and local_date from start_date to end_date

`parameters` names the `?` marks in order (a name may stand twice). `files` says, a line a table, which
parameters bound which columns, so that an engine can leave out files that cannot hold an answer; it never
changes the answer. A start or an end that is given as None is no limit.

`meters_by_day` may stand where a table does: what is known of each meter, a row for the days from valid_from until
valid_until, which are null where that has no beginning or no end. A join names both. `group_of(?, known)` is the group of
such a row by the attribute that a parameter names, and 'all' by `fleet`.

A question that reads readings can be asked of them as they were at a moment: its name with `AS_IT_WAS` behind it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.errors import UnknownQuestion
from meterlake.lake.laid_then import LATER, readings_as_they_were_laid
from meterlake.lake.tables import METER_SPELLS, MULTIPLIERS, READINGS, TABLES
from meterlake.lake.time_bounds import EARLIEST, LATEST

AS_IT_WAS = "@as_of"
# The same where something lay under other readings then.
AS_IT_WAS_LAID = "@as_of_laid"
_AS_OF = "as_of"
_WHOSE = ("meter_id", "quantity")
_FACTS = METER_SPELLS.column_names[3:]
# A meter without spells has always been as `meters` says.
_METERS_BY_DAY = f"""(
        SELECT {", ".join(METER_SPELLS.column_names)} FROM meter_spells
        UNION ALL
        SELECT meter_id, CAST(NULL AS DATE) AS valid_from, CAST(NULL AS DATE) AS valid_until, {", ".join(_FACTS)}
        FROM meters
        WHERE NOT EXISTS (SELECT 1 FROM meter_spells WHERE meter_spells.meter_id = meters.meter_id))"""
_GROUP = """CASE ? WHEN 'tariff' THEN known.tariff WHEN 'segment' THEN known.segment WHEN 'site' THEN known.site_id
        WHEN 'building' THEN known.building_id WHEN 'transformer' THEN known.transformer_id
        WHEN 'feeder' THEN known.feeder_id WHEN 'substation' THEN known.substation_id
        WHEN 'district' THEN known.district_id WHEN 'service_point' THEN known.service_point_id ELSE 'all' END"""
_FACTOR = f"({' * '.join(f'COALESCE(known.{name}, 1.0)' for name in MULTIPLIERS)})"
_TABLE_MENTION = re.compile(rf"\b(FROM|JOIN)\s+({'|'.join(TABLES)})\b(?:\s+AS\s+(\w+))?", re.IGNORECASE)
# Athena knows no infinite time, so a limit that is none is one beyond all that a lake holds.
_NO_LIMIT: dict[str, dt.datetime | dt.date] = {
    "start": EARLIEST,
    "end": LATEST,
    "start_date": EARLIEST.date(),
    "end_date": LATEST.date(),
    "after_started_at": EARLIEST,
}
_BOUND = re.compile(r"(\w+)\s+(?:=\s*(\w+)|from\s+(\w+)\s+to\s+(\w+))")


@dataclass(frozen=True)
class Bound:
    """A column of a table and the parameters between which its values lie, both inclusive."""

    table: str
    column: str
    lowest: str
    highest: str


@dataclass(frozen=True)
class Question:
    """One .sql file: its text, its parameters in order, and what bounds the files it needs."""

    name: str
    meaning: str
    sql: str
    parameters: tuple[str, ...]
    bounds: tuple[Bound, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the answer comes from."""
        return tuple(dict.fromkeys(match.group(2).lower() for match in _TABLE_MENTION.finditer(self.sql)))

    def arguments(self, given: dict[str, Any]) -> list[Any]:
        """Return the values for the `?` marks, in order.

        Raises:
            TypeError: If a parameter is missing or one too many is given; a mistake in the calling code.
        """
        if set(given) != set(self.parameters):
            raise TypeError(f"{self.name} takes {', '.join(self.parameters)}; given {', '.join(given) or 'nothing'}")
        return [_NO_LIMIT.get(name) if given[name] is None else given[name] for name in self.parameters]

    def with_tables(self, sources: dict[str, str]) -> str:
        """Return the SQL with each table's name replaced by where an engine finds it."""

        def source(match: re.Match[str]) -> str:
            return f"{match.group(1)} {sources[match.group(2).lower()]} AS {match.group(3) or match.group(2)}"

        return _TABLE_MENTION.sub(source, self.sql)


def readings_as_they_were(mark: str = "?") -> str:
    """Return the readings of a moment as SQL to select from; it stands in several places, as `mark` says.

    An ingest is known by the order in which it was published. What no ingest is known of has always been there. What was covered
    later stands whole, and not its remainder. What was covered before and is covered by more since is not told apart here; see
    meterlake.lake.laid_then.
    """
    columns = ", ".join(READINGS.column_names)
    later = LATER.replace("?", mark)
    came, covered_later = f"ingest_id NOT IN {later}", f"covered.covered_at > {mark}"
    return f"""(
        SELECT {columns} FROM readings WHERE {came} AND (reading_type <> '{ReadingType.REMAINDER}' OR NOT EXISTS (
            SELECT 1 FROM covered WHERE {covered_later} AND covered.ingest_id = readings.ingest_id
                AND covered.meter_id = readings.meter_id AND covered.quantity = readings.quantity
                AND covered.interval_start <= readings.interval_start AND covered.interval_end >= readings.interval_end))
        UNION ALL
        SELECT {columns} FROM covered WHERE {covered_later} AND {came} AND quality <> '{Quality.WITHDRAWN}'
        UNION ALL
        SELECT {columns} FROM superseded WHERE superseded_by IN {later} AND {came})"""


@cache
def question_named(name: str) -> Question:
    """Read a question from its file.

    Raises:
        UnknownQuestion: If there is no such file, or it is asked as it was and does not read readings.
    """
    if name.endswith(AS_IT_WAS):
        return _as_it_was(question_named(name.removesuffix(AS_IT_WAS)), readings_as_they_were())
    if name.endswith(AS_IT_WAS_LAID):
        question = question_named(name.removesuffix(AS_IT_WAS_LAID))
        # What lies in a longer value may be in files before the range.
        bounds = tuple(one for one in question.bounds if one.table != READINGS.name or one.column in _WHOSE)
        return _as_it_was(replace(question, bounds=bounds), readings_as_they_were_laid())
    path = files("meterlake.lake.queries") / f"{name}.sql"
    if not path.is_file():
        raise UnknownQuestion(name, question_names())
    return _parse(name, path.read_text(encoding="utf-8"))


@cache
def question_names() -> list[str]:
    """Return the names of all questions, sorted."""
    folder = files("meterlake.lake.queries")
    return sorted(entry.name.removesuffix(".sql") for entry in folder.iterdir() if entry.name.endswith(".sql"))


def _as_it_was(question: Question, inserted: str) -> Question:
    """Return a question that reads the readings of a moment, which is the parameter `as_of`."""
    if READINGS.name not in question.tables:
        raise UnknownQuestion(question.name + AS_IT_WAS, question_names())
    parameters: list[str] = []
    names = iter(question.parameters)
    sql, copied = "", 0
    for match in _TABLE_MENTION.finditer(question.sql):
        if match.group(2).lower() != READINGS.name:
            continue
        before = question.sql[copied : match.start()]
        parameters += [next(names) for _ in range(before.count("?"))] + [_AS_OF] * inserted.count("?")
        sql += f"{before}{match.group(1)} {inserted} AS {match.group(3) or READINGS.name}"
        copied = match.end()
    return replace(
        question,
        name=question.name + AS_IT_WAS,
        sql=sql + question.sql[copied:],
        parameters=(*parameters, *names),
        bounds=(*question.bounds, *_of_what_stood(question.bounds)),
    )


def _of_what_stood(bounds: tuple[Bound, ...]) -> Iterator[Bound]:
    """Yield for the tables of what no longer stands the bounds of readings; what lay over a reading may have begun before it."""
    for bound in bounds:
        if bound.table == READINGS.name:
            yield replace(bound, table="superseded")
            if bound.column in _WHOSE:
                yield replace(bound, table="covered")


def _parse(name: str, text: str) -> Question:
    lines = text.splitlines()
    comments = [line[2:].strip() for line in lines if line.startswith("--")]
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
    sql = re.sub(r"\bmeters_by_day\b", _METERS_BY_DAY, sql)
    sql = sql.replace("group_of(?, known)", _GROUP).replace("factor_of(known)", _FACTOR)
    meaning = " ".join(line for line in comments if not line.startswith(("parameters:", "files:")))
    parameters: tuple[str, ...] = ()
    bounds: list[Bound] = []
    for line in comments:
        if line.startswith("parameters:"):
            parameters = tuple(word.strip() for word in line.removeprefix("parameters:").split(",") if word.strip())
        elif line.startswith("files:"):
            table, _, conditions = line.removeprefix("files:").strip().partition(" where ")
            for column, equal, low, high in _BOUND.findall(conditions.replace(" and ", " ; ")):
                bounds.append(Bound(table, column, equal or low, equal or high))
    return Question(name, meaning, sql, parameters, tuple(bounds))
