"""Rows of a meter, a day's number with two digits of a slot, and a value: as the Irish trial of smart meters has them.

Enters: a file's head. Leaves: the declaration by which they are read; which day has the number 1 no file says, so that it is never
followed without a person's word.
"""

from __future__ import annotations

import re
from typing import Any

from meterlake.etl.conforming.raw_format import FileHead

_ROW = re.compile(r"(\d+)([ ,;\t])(\d{1,4})(\d{2})\2(\d*[.]?\d+)")
_FEWEST_ROWS = 5
_MOST_SLOTS = 50
DOUBT = (
    "column 2 looks like the number of a day and a half-hour's, as in the trial of CER Ireland; where it is, day 1 is 2009-01-01"
    " and kWh are measured: correct `first_day`, `zone` and `unit` where not"
)


def day_slots_of(head: FileHead) -> dict[str, Any] | None:
    """Return a declaration of such rows; None where a line is none."""
    rows = [_ROW.fullmatch(line.strip()) for line in head.lines if line.strip()]
    found = [row for row in rows if row is not None]
    if head.kind != "csv" or len(found) < max(_FEWEST_ROWS, len(rows)):
        return None
    slots = [int(row[4]) for row in found]
    if not all(1 <= slot <= _MOST_SLOTS for slot in slots) or len(set(slots)) < _FEWEST_ROWS:
        return None
    return {
        "columns": ["meter", "code", "kwh"],
        "delimiter": found[0][2],
        "meter_id": "meter",
        "time": {"column": "code", "format": "day_slot", "first_day": "2009-01-01", "zone": "Europe/Dublin"},
        "interval_minutes": 30,
        "values": [{"column": "kwh", "quantity": "energy", "unit": "kWh"}],
    }
