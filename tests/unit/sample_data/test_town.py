"""Neighbours share a transformer; ids say nothing of who is a neighbour."""

from collections import Counter, defaultdict

import pytest

from meterlake.sample_data.random_streams import Purpose, open_stream
from meterlake.sample_data.town import Place, build_town, to_degrees


def town_of(meters: int) -> dict[str, Place]:
    return build_town([f"M{number}" for number in range(meters)], open_stream(3, Purpose.TOWN))


@pytest.mark.parametrize("meters", [40, 57, 60, 61, 95, 500, 2000])
def test_a_transformer_feeds_twenty_to_sixty_meters(meters: int) -> None:
    fed = Counter(place.transformer_id for place in town_of(meters).values())
    assert all(20 <= count <= 60 for count in fed.values())


def test_a_building_has_at_most_twelve_meters_and_one_transformer() -> None:
    by_building: dict[str, list[Place]] = defaultdict(list)
    for place in town_of(500).values():
        by_building[place.building_id].append(place)
    assert all(1 <= len(places) <= 12 for places in by_building.values())
    assert all(len({place.transformer_id for place in places}) == 1 for places in by_building.values())


def test_one_meter_in_a_hundred_has_no_coordinates() -> None:
    assert sum(place.latitude is None for place in town_of(500).values()) == 5


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert to_degrees(0, 111_320) == (52.62, -0.71)
