"""`bbox`, as OGC API - Features - Part 1: Core has it (OGC 17-069r4, 7.15.3): one reading of it for every route.

Enters: the text as it stands in the query. Leaves: the parameters of a question, or a BadParameter that says why not.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Query

from meterlake.api.parameters.shared_parameters import EXAMPLES
from meterlake.lake.errors import BadParameter
from meterlake.lake.open_bounds import EVERYWHERE

Box = Annotated[
    str | None,
    Query(
        description="Only what lies within west,south,east,north in degrees (WGS 84); a box whose west is beyond its east"
        " crosses the 180th meridian. Heights, in the six-number form, are not looked at.",
        examples=[EXAMPLES["bbox"]],
        max_length=200,
    ),
]


# Python takes 1_0 and nan, too.
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


def parse_box(text: str | None) -> dict[str, Any]:
    """Return the question's parameters for a box; every place where there is none.

    Raises:
        BadParameter: If it is not four or six numbers, south is beyond north, or a number is no degree.
    """
    if text is None:
        return EVERYWHERE
    parts = [part.strip() for part in text.split(",")]
    numbers = [float(part) for part in parts] if all(map(_NUMBER.fullmatch, parts)) else []
    if len(numbers) == 6:
        numbers = [numbers[place] for place in (0, 1, 3, 4)]
    if len(numbers) != 4 or not _is_on_earth(*numbers):
        raise BadParameter("bbox", text, "west,south,east,north in degrees, south before north", EXAMPLES["bbox"])
    west, south, east, north = numbers
    box = {"west": west, "south": south, "east": east, "north": north}
    return box | {"crosses_180": west > east, "any_place": False}


def _is_on_earth(west: float, south: float, east: float, north: float) -> bool:
    return -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
