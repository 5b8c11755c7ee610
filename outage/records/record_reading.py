"""A list of outages out of an outage management system, as recorded outages.

Enters: a CSV file, and which of its columns says what (RecordColumns, or columns that are named as these are). The places of
a row must all hold, and rows of one outage add theirs up. Leaves: recorded outages; a file that cannot be understood whole is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from meterlake.lake.errors import UnreadableFile
from meterlake.lake.time_zones import checked_zone
from meterlake.outage.evidence.announcements import PLACE_COLUMNS
from meterlake.outage.records.recorded_outage import RecordedOutage

_DELIMITERS = ",;\t|"


class RecordColumns(BaseModel):
    """Which column of a file says what; one that is not named here is looked for under its own name."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    record_id: str = "record_id"
    started: str = "started"
    ended: str = "ended"
    customers: str = "customers"
    reason: str = "reason"
    note: str = "note"
    meter_id: str = "meter_id"
    customer_id: str = "customer_id"
    building_id: str = "building_id"
    transformer_id: str = "transformer_id"
    site_id: str = "site_id"
    feeder_id: str = "feeder_id"
    substation_id: str = "substation_id"
    district_id: str = "district_id"


def read_columns(path: Path) -> RecordColumns:
    """Read which columns say what, from YAML.

    Raises:
        UnreadableFile: If the file is no such list.
    """
    advice = f"Write a line each, as 'started: OFF_TIME', of {', '.join(RecordColumns.model_fields)}."
    try:
        # Every word is a text: in YAML a column that is called ON would be true.
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return RecordColumns.model_validate(said or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableFile(path, "it cannot be read as YAML", advice) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise UnreadableFile(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}", advice) from None


def read_records(
    path: Path, columns: RecordColumns | None = None, zone: ZoneInfo | None = None
) -> list[RecordedOutage]:
    """Read recorded outages, in order of their names.

    Args:
        path: The CSV file.
        columns: Which of its columns says what.
        zone: Whose clock times without offset are of; None refuses them.

    Raises:
        UnreadableFile: If the file is no such list.
    """
    chosen = columns or RecordColumns()
    by_id: dict[str, list[tuple[int, RecordedOutage]]] = defaultdict(list)
    for line, cells in _rows(path, chosen):
        one = _recorded(path, line, cells, zone)
        by_id[one.record_id].append((line, one))
    return [_together(path, by_id[name]) for name in sorted(by_id)]


def _rows(path: Path, columns: RecordColumns) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row's line and its cells, by what they say."""
    named = columns.model_dump()
    advice = "Say with --columns which of them says what: a YAML file with lines such as 'started: OFF_TIME'."
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"it cannot be read ({error})", "Write it as CSV in UTF-8.") from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=header.count))
    names = {name.strip(): name for name in reader.fieldnames or ()}
    missing = [one for one in ("record_id", "started", "ended") if named[one] not in names]
    missing += [one for one in columns.model_fields_set if named[one] not in names and one not in missing]
    if missing or not any(named[one] in names for one in PLACE_COLUMNS):
        wanted = [f"{named[one]} for {one}" for one in missing] or [f"one of {', '.join(PLACE_COLUMNS)}"]
        raise UnreadableFile(path, f"it lacks {', '.join(wanted)}; it has {', '.join(names) or 'no column'}", advice)
    for row in reader:
        cells = {one: str(row[names[name]] or "").strip() for one, name in named.items() if name in names}
        if any(cells.values()):
            yield reader.line_num, cells


def _recorded(path: Path, line: int, cells: dict[str, str], zone: ZoneInfo | None) -> RecordedOutage:
    try:
        if not cells["record_id"]:
            raise ValueError("it has no record_id")
        start = _moment(cells["started"], zone)
        end = _moment(cells["ended"], zone) if cells["ended"] else None
        if end is not None and end <= start:
            raise ValueError(f"it ends at {cells['ended']}, which is not after its beginning at {cells['started']}")
        customers = int(cells["customers"]) if cells.get("customers") else None
        place = {name: cells[name] for name in PLACE_COLUMNS if cells.get(name)}
        if not place:
            raise ValueError("it names no place")
    except ValueError as error:
        raise UnreadableFile(path, f"line {line}: {error}", "Mend the line, or leave it out.") from error
    return RecordedOutage(
        cells["record_id"], start, end, (place,), customers, cells.get("reason") or None, cells.get("note") or None
    )


def _moment(text: str, zone: ZoneInfo | None) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return moment.astimezone(dt.UTC)
    if zone is None:
        raise ValueError(f"{text} says no offset; say with --time-zone of which clock it is")
    once, again = (moment.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if once != again:
        raise ValueError(f"{text} comes twice or never on the clock of {zone.key}; write it with its offset")
    return once


def _together(path: Path, rows: list[tuple[int, RecordedOutage]]) -> RecordedOutage:
    """Return the rows of one outage as one, with all of their places."""
    _, first = rows[0]
    places: list[dict[str, str]] = []
    for line, one in rows:
        if (one.started_at, one.ended_at, one.customers) != (first.started_at, first.ended_at, first.customers):
            told = f"line {line}: {one.record_id} has other times or customers than in line {rows[0][0]}"
            raise UnreadableFile(path, told, "Give each stage of an outage a record_id of its own.")
        places += [place for place in one.places if place not in places]
    return replace(first, places=tuple(places))


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return a zone by its name.

    Raises:
        BadParameter: If there is none.
    """
    return ZoneInfo(checked_zone(name, "time-zone")) if name else None
