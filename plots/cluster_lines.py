"""The middle of each cluster of shapes, a line each, with how many days and meters it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import (
    AUTO,
    drawing_on,
    finish_axes,
    hours_of_day,
    legend_below,
    lined,
    meters_said,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_clusters(
    rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw the centroids.

    Args:
        rows: cluster, hour, value, days, meters.
        attrs: k, level, unit and zone.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    figure, axes = drawing_on(ax, 9, 4.8)
    cluster, hour, value, days, meters = (
        rows[name].to_numpy() for name in ("cluster", "hour", "value", "days", "meters")
    )
    each = sorted(set(cluster.tolist()))
    total = sum(int(days[cluster == one][0]) for one in each)
    for one, look in lined([str(name) for name in each]):
        chosen = cluster == int(one)
        count = int(days[chosen][0])
        counted = (
            meters_said(count)
            if attrs["level"] == "meter"
            else f"{count / total:.0%} of days, {meters_said(int(meters[chosen][0]))}"
        )
        axes.plot(hour[chosen], value[chosen], linewidth=1.6, label=f"{one}: {counted}", **look)
    hours_of_day(axes, str(attrs["zone"]))
    axes.set_ylim(0, float(np.nanmax(value)) * 1.05)
    what = "meters" if attrs["level"] == "meter" else "days"
    finish_axes(axes, title_of(title, f"{total:,} {what} in {attrs['k']} kinds, by k-means"), str(attrs["unit"]))
    legend_below(axes, 3, below=0.16)
    return figure
