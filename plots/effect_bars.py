"""Effects with their intervals, a line each, beside the line of none: of labels in a trial, of kinds of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, BLUE, GREY, drawing_on, finish_axes, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_effects(
    rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw the effect of each label of a trial; the arguments are those of draw_day_types."""
    each = rows.to_pylist()
    names = [f"{row['label']}: {row['treated']} homes against {row['control']}" for row in each]
    made = f"Effect on the homes of the trial, against {attrs['baseline']}"
    return _draw(each, names, made, str(attrs["interval"]), ax, title)


def draw_day_types(
    rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw how each kind of day differs.

    Args:
        rows: Of effect, effect_low and effect_high.
        attrs: What they are held against.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    each = rows.to_pylist()
    names = [f"{row['day_type']}, {row['days']} days" for row in each]
    made = f"Against {attrs['against']}; holidays of {attrs['country']}, weather: {attrs['weather']}"
    return _draw(each, names, made, str(attrs["interval"]), ax, title)


def _draw(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    made: str,
    interval: str,
    ax: Axes | None,
    title: str | None,
) -> Figure:
    figure, axes = drawing_on(ax, 8, 0.45 * len(rows) + 1.6)
    known = [place for place, row in enumerate(rows) if row["effect"] is not None]
    middle, low, high = (
        np.array([100 * rows[place][name] for place in known]) for name in ("effect", "effect_low", "effect_high")
    )
    axes.errorbar(middle, known, xerr=[middle - low, high - middle], fmt="o", color=BLUE, capsize=3)
    for place, value in zip(known, middle, strict=True):
        axes.annotate(
            f"{value:+.1f} %", (value, place), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8
        )
    axes.axvline(0, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.set_xlabel(f"effect on consumption, %, with the interval of {interval}")
    finish_axes(axes, title_of(title, made), "")
    return figure
