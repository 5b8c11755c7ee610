"""Outages that were announced: a list of places and times, read from a file.

Enters: a CSV file with the columns start and end (RFC 3339 with offset) and at least one of transformer_id,
building_id, site_id and meter_id; a column `note` may say why. Leaves: announced outages. A power cut is planned if its meters are mostly named and it lies in
the announced time, give or take the tolerance.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from meterlake.lake.errors import UnreadableFile
from meterlake.outage.fleet import Fleet, Ints

PLACE_COLUMNS = ("meter_id", "building_id", "transformer_id", "site_id")
_MOST = 0.5


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

    @property
    def planned_id(self) -> str:
        """Names the row: the same announcement has the same id."""
        text = "|".join(map(str, (self.start_s, self.end_s, *(getattr(self, name) for name in PLACE_COLUMNS))))
        return f"plan-{blake2b(text.encode(), digest_size=6).hexdigest()}"

    def names(self, fleet: Fleet, meters: Ints) -> float:
        """Return the part of some meters that the announcement names."""
        named = np.ones(meters.size, dtype=bool)
        if self.meter_id:
            named &= np.array([fleet.meter_ids[meter] == self.meter_id for meter in meters.tolist()])
        for column, texts in (
            (self.building_id, fleet.building_ids),
            (self.transformer_id, fleet.transformer_ids),
            (self.site_id, fleet.site_ids),
        ):
            if column:
                named &= texts[meters] == column
        return float(named.mean()) if meters.size else 0.0


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


def planned_match(
    planned: list[PlannedOutage], fleet: Fleet, meters: Ints, start_s: int, end_s: int, tolerance_s: float
) -> PlannedOutage | None:
    """Return the announcement that covers a power cut, or None."""
    for one in planned:
        is_within = one.start_s - tolerance_s <= start_s and end_s <= one.end_s + tolerance_s
        if is_within and one.names(fleet, meters) > _MOST:
            return one
    return None
