"""A meter's values of any length and quality as a file, one over another if a test likes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration

DECLARED = MappingDeclaration.model_validate(
    {
        "meter_id": "id",
        "time": {"column": "start", "zone": "Europe/Berlin"},
        "interval": {"end": "end"},
        "values": [{"column": "v"}],
        "quality": {"column": "q", "codes": {"A": "actual", "E": "estimated", "S": "edited", "N": "withdrawn"}},
    }
)
MIDNIGHT = dt.datetime(2024, 6, 1)
Row = tuple[int, int, float | str, str]


def write_values(path: Path, rows: list[Row]) -> Path:
    """Write values of a meter, each from one minute of its day to another, in a quality."""
    lines = [
        f"M1,{MIDNIGHT + dt.timedelta(minutes=start):%Y-%m-%d %H:%M},{MIDNIGHT + dt.timedelta(minutes=end):%Y-%m-%d %H:%M},"
        f"{value},{quality}\n"
        for start, end, value, quality in rows
    ]
    path.write_text("id,start,end,v,q\n" + "".join(lines))
    return path
