"""Files of many meters in no known layout, of any length of interval, and the declaration that reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

MAPPED_COLUMNS = ("meter", "time", "kwh")
_MOST_ROWS_A_FILE = 5_000_000


def write_mapped(folder: Path, *, meters: int, readings_a_meter: int, minutes: int) -> None:
    """Write files of meters in order, each with so many readings from the first of January 2024 on."""
    folder.mkdir(parents=True)
    meters_a_file = max(1, _MOST_ROWS_A_FILE // readings_a_meter)
    with duckdb.connect(config={"threads": 2}) as connection:
        for number, first in enumerate(range(0, meters, meters_a_file)):
            connection.execute(f"""
                COPY (
                    SELECT format('M{{:08d}}', meter) AS meter,
                           TIMESTAMP '2024-01-01' + to_minutes({minutes} * place) AS time,
                           round(0.01 * ((meter * 31 + place * 17) % 997), 2) AS kwh
                    FROM range({first}, {min(first + meters_a_file, meters)}) AS meters(meter),
                         range({readings_a_meter}) AS places(place)
                    ORDER BY meter, place)
                TO '{folder}/readings-{number:03d}.csv' (HEADER)""")


def declaration(meter: str, time: str, value: str, *, minutes: int = 30) -> dict[str, Any]:
    """Return what a mapping says of three such columns."""
    return {
        "meter_id": meter,
        "time": {"column": time},
        "values": [{"column": value}],
        "interval_minutes": minutes,
    }
