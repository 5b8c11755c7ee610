"""What questions of lake/queries are given where nothing is to bound them: every place, and a ranking from its top."""

from __future__ import annotations

import datetime as dt
from typing import Any

EVERYWHERE: dict[str, Any] = {
    "south": -90.0,
    "north": 90.0,
    "west": -180.0,
    "east": 180.0,
    "crosses_180": False,
    "any_place": True,
}
FROM_THE_WORST: dict[str, Any] = {
    "from_the_worst": True,
    "after_rank": 0.0,
    "after_second_rank": 0.0,
    "after_meter_id": "",
    "after_date": dt.date(1900, 1, 1),
}
