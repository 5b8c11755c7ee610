"""Near on the sphere: a degree of latitude is 111,195 m, and at 60 degrees north one of longitude half of that."""

from __future__ import annotations

import numpy as np

from meterlake.outage.places.neighbours import cluster_by_distance, nearest_neighbours

METRE = 1 / 111_195.08  # degrees of latitude


def test_a_cluster_is_what_steps_of_the_reach_connect() -> None:
    north = 60 + np.array([0, 249, 498, 748]) * METRE

    labels = cluster_by_distance(north, np.full(4, 25.0), 249.5)

    assert labels.tolist() == [0, 0, 0, 1]


def test_steps_to_the_east_are_as_long_as_on_the_ground() -> None:
    east = 25 + np.array([0, 2 * 240, 2 * 500]) * METRE

    assert cluster_by_distance(np.full(3, 60.0), east, 250).tolist() == [0, 0, 1]


def test_longitude_wraps_and_meters_of_one_house_are_one_cluster() -> None:
    east = np.array([180 - 100 * METRE, -180 + 100 * METRE, -180 + 100 * METRE])

    assert cluster_by_distance(np.zeros(3), east, 250).tolist() == [0, 0, 0]


def test_neighbours_come_nearest_first_without_oneself_and_none_beyond_the_reach() -> None:
    north = np.array([0, 100, 150, 1000]) * METRE

    found = nearest_neighbours(north, np.zeros(4), 2, 200)

    assert [near.tolist() for near in found] == [[1, 2], [2, 0], [1, 0], []]


def test_one_meter_has_no_neighbours() -> None:
    assert [near.tolist() for near in nearest_neighbours(np.zeros(1), np.zeros(1), 3, 250)] == [[]]
    assert cluster_by_distance(np.zeros(1), np.zeros(1), 250).tolist() == [0]
