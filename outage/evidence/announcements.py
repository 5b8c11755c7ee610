"""Outages that were announced: a list of places and times, read from a file.

Enters: a CSV file with the columns start and end (RFC 3339 with offset) and at least one of PLACE_COLUMNS, in any number of rows; a
column `note` may say why. Leaves: announced outages. What they make planned is judged meter by meter.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from meterlake.lake.errors import UnreadableFile
from meterlake.outage.fleet import Flags, Fleet

_FIRST_COLUMNS = ("meter_id", "building_id", "transformer_id", "site_id")
_LATER_COLUMNS = ("customer_id", "feeder_id", "substation_id", "district_id")
PLACE_COLUMNS = (*_FIRST_COLUMNS, *_LATER_COLUMNS)


@dataclass(frozen=True)
class PlannedOutage:
    """One announced outage; a place column that is "" says nothing, those that are given must all hold."""

    start_s: int
    end_s: int
    meter_id: str
    building_id: str
    transformer_id: str
    site_id: str
    note: str

    customer_id: str = ""
    feeder_id: str = ""
    substation_id: str = ""
    district_id: str = ""

    @property
    def planned_id(self) -> str:
        """Names the row: the same announcement has the same id."""
        first = (self.start_s, self.end_s, *(getattr(self, name) for name in _FIRST_COLUMNS))
        later = [f"{name}={getattr(self, name)}" for name in _LATER_COLUMNS if getattr(self, name)]
        text = "|".join(map(str, (*first, *later)))
        return f"plan-{blake2b(text.encode(), digest_size=6).hexdigest()}"

    def names(self, fleet: Fleet) -> Flags:
        """Say which meters the announcement names, `(n_meters,)`."""
        named = np.ones(len(fleet.meter_ids), dtype=bool)
        unknown = np.full(len(fleet.meter_ids), "", dtype=object)
        for wanted, texts in (
            (self.meter_id, fleet.meter_ids),
            (self.customer_id, fleet.customer_ids or fleet.meter_ids),
            (self.building_id, fleet.building_ids),
            (self.transformer_id, fleet.transformer_ids),
            (self.site_id, fleet.site_ids),
            (self.feeder_id, fleet.network.get("feeder", unknown)),
            (self.substation_id, fleet.network.get("substation", unknown)),
            (self.district_id, fleet.network.get("district", unknown)),
        ):
            if wanted:
                named &= np.asarray(texts, dtype=object) == wanted
        return named


def read_planned(path: Path) -> list[PlannedOutage]:
    """Read a list of planned outages.

    Raises:
        UnreadableFile: If the file is no such list.
    """
    advice = f"Write CSV with the columns start, end and one of {', '.join(PLACE_COLUMNS)}."
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            names = {name.strip() for name in reader.fieldnames or ()}
            if not {"start", "end"} <= names or not names & set(PLACE_COLUMNS):
                raise UnreadableFile(path, f"found the columns {', '.join(sorted(names)) or 'none'}", advice)
            return [_row(path, number, row) for number, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"it cannot be read ({error})", advice) from error


def _row(path: Path, line: int, row: dict[str, str]) -> PlannedOutage:
    cells = {(name or "").strip(): (cell or "").strip() for name, cell in row.items() if isinstance(cell, str)}
    try:
        start, end = (dt.datetime.fromisoformat(cells[name]) for name in ("start", "end"))
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError("a time without its offset could be any of 24 hours")
        if end <= start:
            raise ValueError("end is not after start")
    except ValueError as error:
        raise UnreadableFile(path, f"line {line}: {error}", "Write times such as 2013-01-02T09:00:00Z.") from error
    places = {name: cells.get(name, "") for name in PLACE_COLUMNS}
    if not any(places.values()):
        raise UnreadableFile(path, f"line {line} names no place", f"Fill one of {', '.join(PLACE_COLUMNS)}.")
    return PlannedOutage(int(start.timestamp()), int(end.timestamp()), note=cells.get("note", ""), **places)
