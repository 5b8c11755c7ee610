"""Who is near whom: clusters by distance on the sphere.

Enters: coordinates in degrees, WGS 84. Leaves: labels, distances. Clusters are DBSCAN's with the haversine metric and
one point as enough for a core (Ester et al. 1996): a cluster is what is connected by steps of at most the reach.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from meterlake.lake.errors import MissingLibrary
from meterlake.outage.fleet import Floats, Ints

EARTH_RADIUS_M = 6_371_008.8


def cluster_by_distance(latitude: Floats, longitude: Floats, reach_metres: float) -> Ints:
    """Return a cluster's number for each point, from 0.

    Args:
        latitude: Degrees north, `(n,)`, finite.
        longitude: Degrees east, `(n,)`, finite.
        reach_metres: The longest step within a cluster.

    Raises:
        MissingLibrary: If scikit-learn is not installed and there is more than one point.
    """
    places, inverse = np.unique(np.column_stack([latitude, longitude]), axis=0, return_inverse=True)
    if len(places) <= 1:
        return np.zeros(latitude.size, dtype=np.int64)
    _need_scikit_learn()
    from sklearn.cluster import DBSCAN

    clusters = DBSCAN(eps=reach_metres / EARTH_RADIUS_M, min_samples=1, metric="haversine", algorithm="ball_tree")
    labels = clusters.fit_predict(np.radians(places))
    return np.asarray(labels, dtype=np.int64)[inverse.ravel()]


def nearest_neighbours(latitude: Floats, longitude: Floats, count: int, reach_metres: float) -> list[Ints]:
    """Return for each point the places of its nearest others, at most so many and none beyond the reach.

    Args:
        latitude: Degrees north, `(n,)`, finite.
        longitude: Degrees east, `(n,)`, finite.
        count: How many.
        reach_metres: How far they may be.

    Raises:
        MissingLibrary: If scikit-learn is not installed and there is more than one point.
    """
    if latitude.size <= 1:
        return [np.zeros(0, dtype=np.int64) for _ in range(latitude.size)]
    _need_scikit_learn()
    from sklearn.neighbors import BallTree

    points = np.radians(np.column_stack([latitude, longitude]))
    distances, places = BallTree(points, metric="haversine").query(points, k=min(count + 1, latitude.size))
    is_near = distances * EARTH_RADIUS_M <= reach_metres
    return [
        near[keep & (near != own)][:count].astype(np.int64)
        for own, (near, keep) in enumerate(zip(places, is_near, strict=True))
    ]


def _need_scikit_learn() -> None:
    if find_spec("sklearn") is None:
        raise MissingLibrary("scikit-learn", "outage", "Grouping meters by distance")


def distance_metres(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Return great-circle distances by the haversine formula; arguments are degrees and broadcast."""
    lat, lon, to_lat, to_lon = map(np.radians, (latitude, longitude, to_latitude, to_longitude))
    half = np.sin((to_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def middle_of(latitude: Floats, longitude: Floats) -> tuple[float | None, float | None, float | None]:
    """Return the middle of some points and how far the farthest is from it in metres; None where there is none.

    Args:
        latitude: Degrees north, `(n,)`, NaN where unknown.
        longitude: Degrees east, `(n,)`, NaN where unknown.
    """
    known = np.isfinite(latitude) & np.isfinite(longitude)
    if not known.any():
        return None, None, None
    # Longitudes wrap: the middle of 179 and -179 is 180, not 0.
    turned = np.radians(longitude[known])
    east = float(np.degrees(np.arctan2(np.sin(turned).mean(), np.cos(turned).mean())))
    north = float(latitude[known].mean())
    reach = distance_metres(latitude[known], longitude[known], np.array(north), np.array(east)).max()
    return round(north, 6), round(east, 6), round(float(reach), 1)
