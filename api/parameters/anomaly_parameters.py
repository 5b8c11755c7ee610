"""The parameters of the anomaly routes alone: days, a detector."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from fastapi import Query

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.api.suggestions import one_of
from meterlake.lake.errors import BadParameter
from meterlake.lake.port import Lake
from meterlake.lake.time_bounds import FIRST_YEAR, LAST_YEAR

_DAY = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})", re.ASCII)

DataStart = Annotated[
    str, Query(description="The first day, inclusive: 2013-01-02 or 20130102.", examples=[EXAMPLES["data_start"]])
]
DataEnd = Annotated[
    str, Query(description="The day at which the range ends, exclusive.", examples=[EXAMPLES["data_end"]])
]
DEFAULT_DETECTOR = "fleet_band"
DetectorName = Annotated[
    str,
    Query(
        description="Whose scores; 'meterlake detectors' lists the names.",
        examples=[DEFAULT_DETECTOR],
        pattern="^[a-z][a-z0-9_]*$",
        max_length=100,
    ),
]


def require_detector(lake: Lake, name: str) -> None:
    """Refuse a detector that has scored nothing, for its name may be misspelt; the default may have yet to run.

    Raises:
        BadParameter: If it is not the default and has no score in the lake.
    """
    known = dict.fromkeys([DEFAULT_DETECTOR, *lake.ask("detectors_with_scores")["detector"].to_pylist()])
    if name not in known:
        raise BadParameter("detector", name, one_of(known), DEFAULT_DETECTOR)


def parse_day(name: str, text: str) -> dt.date:
    """Read one day.

    Raises:
        BadParameter: If it is no day, or outside the years 1900 to 2200.
    """
    match = _DAY.fullmatch(text)
    try:
        day = dt.date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadParameter(name, text, f"a day from {FIRST_YEAR} to {LAST_YEAR}", EXAMPLES[name])
    return day
