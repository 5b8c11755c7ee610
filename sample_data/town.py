"""A made-up town: streets, the transformers that feed them, buildings and meters.

Enters: the meters' ids and a random stream. Leaves: where each meter stands, and `geodata.csv`. Neighbours share a
transformer and fail together; their ids have nothing to do with one another, as in a real roll-out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

USUAL_METERS_PER_TRANSFORMER = 38
MOST_METERS_PER_BUILDING = 12
TRANSFORMERS_PER_STREET = 2
UNPLACED_SHARE = 0.01
CENTRE_LATITUDE_DEG, CENTRE_LONGITUDE_DEG = 51.62, -0.71
METRES_PER_DEGREE = 111_320.0
BUILDING_SPACING_M = 14.0
HEADER = "meter_id,latitude,longitude,building_id,transformer_id,site_id"


@dataclass(frozen=True)
class Place:
    """Where one meter stands; a site is a street. Coordinates are degrees, None where nobody noted them."""

    meter_id: str
    latitude: float | None
    longitude: float | None
    building_id: str
    transformer_id: str
    site_id: str


def build_town(meter_ids: list[str], stream: np.random.Generator) -> dict[str, Place]:
    """Lays a town out and puts every meter into it.

    Args:
        meter_ids: all meters, London and default format.
        stream: where the draws come from.

    Returns:
        The place of each meter, in the order given. A transformer feeds 20 to 60 meters, or all where there are
        fewer than 20.
    """
    order = stream.permutation(len(meter_ids))
    is_placed = np.ones(len(meter_ids), dtype=bool)
    is_placed[: math.ceil(UNPLACED_SHARE * len(meter_ids)) if len(meter_ids) >= 20 else 0] = False
    stream.shuffle(is_placed)
    places: dict[str, Place] = {}
    reach_m = 90.0 * math.sqrt(len(meter_ids))
    blocks = np.split(order, split_among_transformers(len(meter_ids), stream))
    building = 0
    corner_m, heading = np.zeros(2), 0.0
    for number, block in enumerate(blocks):
        if number % TRANSFORMERS_PER_STREET == 0:
            corner_m, heading = stream.normal(0, reach_m, 2), float(stream.uniform(0, 2 * math.pi))
        for members in _split_into_buildings(block, stream):
            building += 1
            corner_m = corner_m + BUILDING_SPACING_M * np.array((math.cos(heading), math.sin(heading)))
            latitude, longitude = to_degrees(*(corner_m + stream.normal(0, 3, 2)))
            for member in members:
                places[meter_ids[member]] = Place(
                    meter_ids[member],
                    latitude if is_placed[member] else None,
                    longitude if is_placed[member] else None,
                    f"B{building:05d}",
                    f"T{number + 1:04d}",
                    f"S{number // TRANSFORMERS_PER_STREET + 1:04d}",
                )
    return {meter_id: places[meter_id] for meter_id in meter_ids}


def split_among_transformers(meters: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """Gives where one transformer's meters end and the next one's begin, first and last bounds left out."""
    transformers = max(1, round(meters / USUAL_METERS_PER_TRANSFORMER))
    weights = stream.uniform(0.78, 1.22, transformers)
    bounds = np.rint(np.cumsum(weights)[:-1] / weights.sum() * meters)
    return np.asarray(bounds, dtype=np.int64)


def _split_into_buildings(members: NDArray[np.int64], stream: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Splits a transformer's meters into houses of one meter and blocks of flats of up to twelve."""
    first = 0
    while first < len(members):
        flats = 1 if stream.random() < 0.55 else int(stream.integers(2, MOST_METERS_PER_BUILDING + 1))
        yield members[first : first + flats]
        first += flats


def to_degrees(east_m: float, north_m: float) -> tuple[float, float]:
    """Turns metres from the town's centre into latitude and longitude, degrees, six decimals."""
    latitude = CENTRE_LATITUDE_DEG + north_m / METRES_PER_DEGREE
    longitude = CENTRE_LONGITUDE_DEG + east_m / (METRES_PER_DEGREE * math.cos(math.radians(CENTRE_LATITUDE_DEG)))
    return round(float(latitude), 6), round(float(longitude), 6)


def write_geodata(town: dict[str, Place], path: Path) -> int:
    """Writes where the meters stand and returns the rows, one a meter."""
    lines = [HEADER]
    for place in town.values():
        latitude = "" if place.latitude is None else f"{place.latitude:.6f}"
        longitude = "" if place.longitude is None else f"{place.longitude:.6f}"
        ends = f"{place.building_id},{place.transformer_id},{place.site_id}"
        lines.append(f"{place.meter_id},{latitude},{longitude},{ends}")
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    return len(town)
