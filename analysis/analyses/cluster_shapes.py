"""Kinds of days, or of meters, by the shape of their load: k-means over whole days (Lloyd 1982), by scikit-learn."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.analysis.analyses.loads import unit_of, window_values
from meterlake.analysis.answer import Answer
from meterlake.analysis.libraries import needed
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection

Floats = np.ndarray[Any, np.dtype[np.float32]]
_MOST_STEPS = 100
# What a day must use for its shape to count.
LEAST_KWH = 1.0


class ClusterAnswer(Answer):
    """Days or meters with their cluster; `.centroids` is the middle of each."""

    def __init__(self, clusters: _Clusters, attrs: dict[str, Any]) -> None:
        super().__init__(lambda: clusters.rows, attrs, draw=self._draw_centroids)
        self._clusters = clusters

    @property
    def centroids(self) -> Answer:
        """cluster, hour, value, days, meters: the mean shape of each cluster, the largest first."""
        return Answer(lambda: self._clusters.centroids, self.attrs, draw=self._draw_centroids)

    def _draw_centroids(self, _: Answer, **style: Any) -> Figure:
        from meterlake.plots.cluster_lines import draw_clusters

        return draw_clusters(self._clusters.centroids, attrs=self.attrs, **style)


class _Clusters:
    """What k-means makes of the shapes, made once."""

    def __init__(self, lake: AskedLake, asked: Selection, options: dict[str, Any]) -> None:
        self._lake, self._asked, self._options = lake, asked, options

    @cached_property
    def _found(self) -> tuple[list[str], Floats, Floats, Any]:
        """Return the meters, (meter, day) of each shape, the shapes, and the fitted model."""
        cluster = needed("sklearn.cluster", "Clusters of shapes")
        meters, keys, shapes = _whole_days(self._lake, self._asked, self._options)
        if self._options["level"] == "meter":
            owners, place = np.unique(keys[:, 0], return_inverse=True)
            sums = np.zeros((len(owners), shapes.shape[1]), np.float64)
            np.add.at(sums, place, shapes)
            shapes = (sums / np.bincount(place)[:, None]).astype(np.float32)
            keys = np.stack([owners, np.bincount(place)], axis=1)
        k = self._options["k"]
        if len(shapes) < k:
            raise BadParameter(
                "k", k, f"at most the {len(shapes)} whole {self._options['level']}s that were found", "6"
            )
        model = cluster.KMeans(k, n_init=1, random_state=self._options["seed"], max_iter=_MOST_STEPS).fit(shapes)
        sizes = np.bincount(model.labels_, minlength=k)
        rank = np.empty(k, np.int64)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(k)
        return meters, keys, rank[model.labels_], model.cluster_centers_[np.argsort(-sizes, kind="stable")]

    @cached_property
    def rows(self) -> pa.Table:
        meters, keys, labels, _ = self._found
        names = pa.array(meters).take(pa.array(keys[:, 0].astype(np.int64)))
        second = {"days": pa.array(keys[:, 1].astype(np.int64))}
        if self._options["level"] == "day":
            second = {"local_date": pa.array(keys[:, 1].astype(np.int32), pa.int32()).cast(pa.date32())}
        return pa.table({"meter_id": names, **second, "cluster": pa.array(labels + 1)}).sort_by(
            [(name, "ascending") for name in ("meter_id", *second)]
        )

    @cached_property
    def centroids(self) -> pa.Table:
        _, keys, labels, middles = self._found
        windows, k = middles.shape[1], len(middles)
        hours = np.tile(np.arange(windows) * 24 / windows, k)
        days = np.bincount(labels, minlength=k)
        meters = np.array([len(np.unique(keys[labels == one, 0])) for one in range(k)])
        return pa.table(
            {
                "cluster": np.repeat(np.arange(k) + 1, windows),
                "hour": hours,
                "value": middles.reshape(-1).astype(np.float64),
                "days": np.repeat(days, windows),
                "meters": np.repeat(meters, windows),
            }
        )


def cluster_shapes(
    lake: AskedLake, asked: Selection, *, k: int, normalise: str | None, level: str, seed: int, freq: str
) -> ClusterAnswer:
    """Return meter_id, local_date, cluster; see meterlake.analysis.shapes_lake."""
    if level not in ("day", "meter"):
        raise BadParameter("level", level, "day or meter", "day")
    if normalise not in ("day", None):
        raise BadParameter("normalise", normalise, "day, or None for power as it is", "day")
    options = {"k": k, "normalise": normalise, "level": level, "seed": seed, **window_values(asked, freq)}
    unit = "of the day's mean" if normalise else unit_of(asked)
    attrs = asked.attrs() | {"k": k, "level": level, "seed": seed, "freq": freq, "unit": unit}
    attrs |= {"least_kwh": LEAST_KWH if normalise else None}
    return ClusterAnswer(_Clusters(lake, asked, options), attrs | lake._known)


def _whole_days(lake: AskedLake, asked: Selection, options: dict[str, Any]) -> tuple[list[str], Any, Floats]:
    """Return all meters, (meter, day) of each whole day of 24 hours, and its shape."""
    windows = 86_400_000_000 // options["window_us"]
    given = {name: options[name] for name in ("window_us", "adds_up", "scale")}
    cells = lake._analysed("day_shapes", asked, windows=windows, **given)
    meters = lake._rows("SELECT meter_id FROM meters ORDER BY meter_id")["meter_id"].to_pylist()
    meter, day, place, kw = (cells[name].to_numpy() for name in ("meter", "day", "place", "kw"))
    if not len(kw):
        return meters, np.zeros((0, 2), np.int64), np.zeros((0, windows), np.float32)
    first, span = int(day.min()), int(day.max() - day.min()) + 1
    shapes = np.full((len(meters) * span, windows), np.nan, np.float32)
    shapes[meter.astype(np.int64) * span + (day - first), place] = kw
    mean = shapes.mean(axis=1)
    # A day of nearly nothing has no shape: one kettle would be all of it.
    whole = np.isfinite(mean) & (mean * 24 >= LEAST_KWH if options["normalise"] else True)
    kept = np.flatnonzero(whole)
    keys = np.stack([kept // span, kept % span + first], axis=1)
    return meters, keys, shapes[kept] / mean[kept, None] if options["normalise"] else shapes[kept]
