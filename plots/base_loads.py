"""What homes draw at the least, and their winters over their summers: a dot a home, by what is likely behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, drawing_on, finish_axes, legend_below, lined, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKS = "os^Dv"


def draw_base_loads(
    rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw the share of the night over winter to summer.

    Args:
        rows: As base_load gives them.
        attrs: night.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    figure, axes = drawing_on(ax, 8, 4.6)
    likely = np.array([word or "nothing special" for word in rows["likely"].to_pylist()])
    ratio, share, base = (
        rows[name].to_numpy(zero_copy_only=False).astype(float)
        for name in ("winter_to_summer", "night_share", "base_kw")
    )
    # Where no home has both seasons, what it draws at the least says more than an empty picture.
    has_seasons = bool(np.isfinite(ratio).any())
    across, along = (
        (ratio, "mean load of December to February over that of June to August")
        if has_seasons
        else (base, f"base load, {attrs['unit']}")
    )
    shown = np.isfinite(across) & np.isfinite(share)
    for place, (word, look) in enumerate(lined(sorted(set(likely.tolist())))):
        chosen = shown & (likely == word)
        label = f"{word}: {int((likely == word).sum())} homes"
        axes.scatter(
            across[chosen],
            100 * share[chosen],
            s=24,
            color=look["color"],
            marker=_MARKS[place % len(_MARKS)],
            alpha=0.7,
            label=label,
        )
    axes.set_xlabel(along)
    if rows.num_rows:
        legend_below(axes, 2, below=0.14)
    hidden = int((~shown).sum())
    made = f"Base load: median {np.nanmedian(base) if len(base) else float('nan'):.3f} {attrs['unit']} of {rows.num_rows} meters"
    made += f"; {hidden} without both seasons are not drawn" if hidden else ""
    finish_axes(axes, title_of(title, made), f"energy of the night, {attrs['night']}, %")
    return figure
