"""Loads from the highest to the lowest over the share of the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, drawing_on, finish_axes, lined, meters_said, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_duration(
    rows: pa.Table,
    *,
    by: tuple[str, ...],
    attrs: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = AUTO,
) -> Figure:
    """Draw a curve a group.

    Args:
        rows: by…, share, kw, meters.
        by: The columns of the groups.
        attrs: unit.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    figure, axes = drawing_on(ax, 8, 4.2)
    words = np.array(
        [" ".join(map(str, row.values())) or "all" for row in rows.select(list(by)).to_pylist()]
        if by
        else ["all"] * rows.num_rows
    )
    share, kw, meters = (rows[name].to_numpy() for name in ("share", "kw", "meters"))
    for word, look in lined(sorted(set(words.tolist()))):
        chosen = words == word
        axes.plot(100 * share[chosen], kw[chosen], linewidth=1.6, label=f"{word}, {_sent(meters[chosen])}", **look)
    if rows.num_rows:
        axes.legend(frameon=False, fontsize=9)
    axes.set_xlim(0, 100)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of the time, %")
    tenth = float(np.interp(0.1, share, kw)) if not by and rows.num_rows else None
    made = (
        "Load duration"
        if tenth is None
        else f"A tenth of the time the load is above {tenth:.2f} {attrs['unit']}, at most {kw.max():.2f}"
    )
    finish_axes(axes, title_of(title, made), str(attrs["unit"]))
    return figure


def _sent(meters: np.ndarray[Any, Any]) -> str:
    low, high = int(meters.min()), int(meters.max())
    return meters_said(high) if low == high else f"{low} to {meters_said(high)}"
