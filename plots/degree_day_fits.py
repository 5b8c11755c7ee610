"""How well the cold explains each home, and what it costs: a dot a home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, BLUE, GREY, ORANGE, drawing_on, finish_axes, legend_below, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Above this the cold explains most of what a home uses.
_EXPLAINED = 0.5


def draw_fits(rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO) -> Figure:
    """Draw what a degree-day costs over how much of the days it explains.

    Args:
        rows: As degree_days gives them.
        attrs: min_days.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    figure, axes = drawing_on(ax, 8, 4.6)
    r2, slope = (rows[name].to_numpy(zero_copy_only=False).astype(float) for name in ("r2", "kwh_per_hdd"))
    fitted = np.isfinite(r2)
    strong = fitted & (r2 > _EXPLAINED)
    for chosen, colour, word in (
        (fitted & ~strong, BLUE, "explains less than half"),
        (strong, ORANGE, "explains more than half"),
    ):
        axes.scatter(
            r2[chosen], slope[chosen], s=22, color=colour, alpha=0.7, label=f"{word}: {int(chosen.sum())} homes"
        )
    axes.set_xlabel("R², the part of the days' differences that the cold explains")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    without = int((~fitted).sum())
    made = (
        f"{int(fitted.sum())} homes with a fit, median R² {np.median(r2[fitted]):.2f}"
        if fitted.any()
        else "No home has a fit"
    )
    made += f"; {without} without (see why_not)" if without else ""
    finish_axes(axes, title_of(title, made), f"kWh a degree-day, of at least {attrs['min_days']} days")
    if fitted.any():
        legend_below(axes, 2, below=0.14)
    else:
        axes.text(
            0.5,
            0.5,
            str((rows["why_not"].to_pylist() or ["no meters"])[0]),
            transform=axes.transAxes,
            ha="center",
            color=GREY,
        )
    return figure
