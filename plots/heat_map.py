"""A map of days and hours: the load in colour, gaps white."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, drawing_on, finish_axes, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# One spike would make all else one colour.
_CLIPPED_AT = 0.99


def draw_heatmap(
    rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO, cmap: str = "viridis"
) -> Figure:
    """Draw days from left to right, hours from the bottom to the top.

    Args:
        rows: local_date, hour, kw, meters.
        attrs: of, zone and unit.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
        cmap: The name of a Matplotlib colour map.
    """
    figure, axes = drawing_on(ax, 11, 4.4)
    dates = rows["local_date"].to_numpy()
    hours, kw = rows["hour"].to_numpy(), rows["kw"].to_numpy()
    if not len(kw):
        axes.text(0.5, 0.5, "no readings", transform=axes.transAxes, ha="center")
        finish_axes(axes, title_of(title, f"{attrs['of']}: no readings"), "")
        return figure
    first, last = dates.min(), dates.max()
    slots = np.unique(hours)
    step = float(np.min(np.diff(slots))) if slots.size > 1 else 24.0
    windows = round(24 / step)
    cells = np.full((windows, int((last - first).astype(int)) + 1), np.nan)
    cells[np.round(hours / step).astype(int), (dates - first).astype(int)] = kw
    clip = float(np.nanquantile(kw, _CLIPPED_AT))
    edges = np.arange(first, last + np.timedelta64(2, "D"))
    mesh = axes.pcolormesh(
        edges, np.arange(windows + 1) * step, cells, cmap=cmap, vmin=min(0.0, float(kw.min())), vmax=clip
    )
    figure.colorbar(mesh, ax=axes, label=f"{attrs['unit']}, clipped at the 99th percentile", extend="max")
    axes.set_yticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    missing = float(np.isnan(cells).mean())
    meters = int(rows["meters"].to_numpy().max())
    of = str(attrs["of"]) if meters == 1 else f"{attrs['of']}, {meters}"
    days = f"{first.astype(dt.date)} to {last.astype(dt.date)}"
    finish_axes(
        axes, title_of(title, f"{of}: {days}, {missing:.1%} missing (white)"), f"hour of the day, {attrs['zone']}"
    )
    return figure
