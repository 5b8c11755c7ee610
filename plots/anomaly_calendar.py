"""Where and when a fleet was odd: a row a meter, a column a week, the worst severity in colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, drawing_on, finish_axes, meters_said, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_METERS = 30
_CLIPPED_AT = 0.95


def draw_calendar(
    rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw the weeks of the meters with the most flagged days.

    Args:
        rows: meter_id, local_date and severity of flagged days.
        attrs: detector.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    names, severity = np.array(rows["meter_id"].to_pylist(), str), rows["severity"].to_numpy().astype(float)
    meters, counts = np.unique(names, return_counts=True)
    shown = meters[np.argsort(-counts, kind="stable")][:_MOST_METERS]
    figure, axes = drawing_on(ax, 11, 0.18 * len(shown) + 1.8)
    if not len(shown):
        finish_axes(axes, title_of(title, f"{attrs['detector']} flagged no day"), "")
        return figure
    # A Monday was the fourth day of 1970.
    weeks = (rows["local_date"].to_numpy().astype("datetime64[D]").astype(int) + 3) // 7
    cells = np.full((len(shown), int(np.ptp(weeks)) + 1), np.nan)
    for name, week, severe in zip(names, weeks - weeks.min(), severity, strict=True):
        for place in np.flatnonzero(shown == name):
            cells[place, week] = np.nanmax([cells[place, week], severe])
    edges = ((np.arange(cells.shape[1] + 1) + weeks.min()) * 7 - 3).astype("datetime64[D]")
    mesh = axes.pcolormesh(
        edges, np.arange(len(shown) + 1), cells, cmap="YlOrRd", vmin=0, vmax=float(np.quantile(severity, _CLIPPED_AT))
    )
    figure.colorbar(mesh, ax=axes, label="highest severity of the week", extend="max")
    axes.set_yticks(np.arange(len(shown)) + 0.5, shown.tolist(), fontsize=8)
    axes.invert_yaxis()
    made = f"{len(names):,} days of {meters_said(len(meters))} flagged by {attrs['detector']}"
    made += f"; the {len(shown)} with the most" if len(meters) > len(shown) else ""
    finish_axes(axes, title_of(title, made), "")
    return figure
