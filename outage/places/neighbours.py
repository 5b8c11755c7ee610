"""Who is near whom: clusters by distance on the sphere.

Enters: coordinates in degrees, WGS 84. Leaves: labels, distances. A cluster is what is connected by steps of at most the
reach: DBSCAN with one point as enough for a core (Ester et al. 1996). Near is asked of a tree over the points in space,
where the straight line through the Earth is the shorter, the shorter the way around it.
"""

from __future__ import annotations

import numpy as np

from meterlake.outage.fleet import Floats, Ints

EARTH_RADIUS_M = 6_371_008.8


def cluster_by_distance(latitude: Floats, longitude: Floats, reach_metres: float) -> Ints:
    """Return a cluster's number for each point, from 0.

    Args:
        latitude: Degrees north, `(n,)`, finite.
        longitude: Degrees east, `(n,)`, finite.
        reach_metres: The longest step within a cluster.
    """
    from scipy.sparse import coo_array  # SciPy's parts take a moment to import, and only distance needs these
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    places, inverse = np.unique(np.column_stack([latitude, longitude]), axis=0, return_inverse=True)
    steps = cKDTree(_in_space(*places.T)).query_pairs(_chord(reach_metres), output_type="ndarray")
    graph = coo_array((np.ones(len(steps)), steps.T), shape=(len(places), len(places)))
    labels = connected_components(graph, directed=False)[1]
    return np.asarray(labels, dtype=np.int64)[inverse.ravel()]


def nearest_neighbours(latitude: Floats, longitude: Floats, count: int, reach_metres: float) -> list[Ints]:
    """Return for each point the places of its nearest others, at most so many and none beyond the reach.

    Args:
        latitude: Degrees north, `(n,)`, finite.
        longitude: Degrees east, `(n,)`, finite.
        count: How many.
        reach_metres: How far they may be.
    """
    from scipy.spatial import cKDTree

    if latitude.size <= 1:
        return [np.zeros(0, dtype=np.int64) for _ in range(latitude.size)]
    points = _in_space(latitude, longitude)
    distances, places = cKDTree(points).query(points, k=min(count + 1, latitude.size))
    is_near = distances <= _chord(reach_metres)
    return [
        near[keep & (near != own)][:count].astype(np.int64)
        for own, (near, keep) in enumerate(zip(places, is_near, strict=True))
    ]


def _in_space(latitude: Floats, longitude: Floats) -> Floats:
    """Return points on a sphere of radius 1, `(n, 3)`."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _chord(metres: float) -> float:
    """Return the straight line on a sphere of radius 1 under a great circle's arc on the Earth."""
    return 2 * float(np.sin(min(metres / EARTH_RADIUS_M, np.pi) / 2))


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
    if latitude.size == 1:
        return round(float(latitude[0]), 6), round(float(longitude[0]), 6), 0.0
    # Longitudes wrap: the middle of 179 and -179 is 180, not 0.
    turned = np.radians(longitude[known])
    east = float(np.degrees(np.arctan2(np.sin(turned).mean(), np.cos(turned).mean())))
    north = float(latitude[known].mean())
    reach = distance_metres(latitude[known], longitude[known], np.array(north), np.array(east)).max()
    return round(north, 6), round(east, 6), round(float(reach), 1)
