"""The parameters of the anomaly routes alone: days, a detector."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from fastapi import Query

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.api.parameters.time_parameters import FIRST_YEAR, LAST_YEAR
from meterlake.lake.errors import BadParameter

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)

DataStart = Annotated[
    str, Query(description="The first day, inclusive: 2013-01-02 or 20130102.", examples=[EXAMPLES["data_start"]])
]
DataEnd = Annotated[
    str, Query(description="The day at which the range ends, exclusive.", examples=[EXAMPLES["data_end"]])
]
DetectorName = Annotated[
    str,
    Query(
        description="Whose scores; 'meterlake detectors' lists the names.",
        examples=["fleet_band"],
        pattern="^[a-z][a-z0-9_]*$",
        max_length=100,
    ),
]


def parse_day(name: str, text: str) -> dt.date:
    """Read one day.

    Raises:
        BadParameter: If it is no day, or outside the years 1900 to 2200.
    """
    match = _DAY.fullmatch(text)
    try:
        day = dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadParameter(name, text, f"a day from {FIRST_YEAR} to {LAST_YEAR}", EXAMPLES[name])
    return day
