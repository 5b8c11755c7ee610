"""The parameters of the anomaly routes alone: days, a detector, a box on the map."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Annotated, Any

from fastapi import Query

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.api.parameters.time_parameters import FIRST_YEAR, LAST_YEAR
from meterlake.lake.errors import BadParameter

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_BOX_EXAMPLE = "-0.5,51.2,0.3,51.7"

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
Box = Annotated[
    str | None,
    Query(description="Only meters within west,south,east,north in degrees.", examples=[_BOX_EXAMPLE], max_length=200),
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


def parse_box(text: str | None) -> dict[str, Any]:
    """Return the question's parameters for a box; every place where there is none.

    Raises:
        BadParameter: If it is not four numbers with west before east and south before north.
    """
    if text is None:
        return {"west": -180.0, "south": -90.0, "east": 180.0, "north": 90.0, "any_place": True}
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise BadParameter("bbox", text, "west,south,east,north in degrees, west before east", _BOX_EXAMPLE)
    return dict(zip(("west", "south", "east", "north"), numbers, strict=True)) | {"any_place": False}
