"""The chart of one meter's days in their band, with the odd days marked.

Enters: rows of anomaly_scores. Leaves: a figure. Marks differ in shape as well as colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.plots.style import AUTO, BLUE, GREY, ORANGE, SKY, drawing_on, finish_axes, legend_below, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


# What is higher than so many times the band would make a line of it.
_MOST_BANDS = 4


def draw_anomalies(rows: pa.Table, *, ax: Axes | None = None, title: str | None = AUTO) -> Figure:
    """Draw one meter's days.

    Args:
        rows: In the order of their days, as the question anomalies_of_meter gives them.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.

    Raises:
        MissingLibrary: If matplotlib is not installed.
    """
    days = rows["local_date"].to_numpy(zero_copy_only=False)
    consumed, expected, lower, upper = (
        rows[name].to_numpy(zero_copy_only=False)
        for name in ("consumption_kwh", "expected_kwh", "lower_kwh", "upper_kwh")
    )
    anomaly = rows["anomaly"].to_numpy(zero_copy_only=False)
    figure, axes = drawing_on(ax)
    axes.fill_between(days, lower, upper, color=SKY, alpha=0.35, linewidth=0, label="band of ordinary days")
    axes.plot(days, expected, color=BLUE, linewidth=1, label="expected")
    axes.plot(days, consumed, color=GREY, linewidth=0.8, marker=".", markersize=3, label="measured")
    for side, marker, word in ((1, "^", "above"), (-1, "v", "below")):
        odd = anomaly == side
        label = f"{word} the band: {int(odd.sum())} days"
        axes.scatter(days[odd], consumed[odd], color=ORANGE, marker=marker, s=45, zorder=3, label=label)
    meter, detector = rows["meter_id"][0].as_py(), rows["detector"][0].as_py()
    count = int((anomaly != 0).sum())
    _limit(axes, days, consumed, upper)
    made = f"{meter}: {count} of {days.size} days outside the band of {detector}"
    finish_axes(axes, title_of(title, made), "kWh a day")
    legend_below(axes)
    return figure


def _limit(axes: Axes, days: NDArray[Any], consumed: NDArray[Any], upper: NDArray[Any]) -> None:
    """Let the band be seen: a day far above all others is cut off, with its value written at the top."""
    band = float(np.nanmax(upper, initial=0.0))
    highest = float(np.nanmax(consumed, initial=0.0))
    ceiling = min(highest, _MOST_BANDS * band) if band > 0 else highest
    ceiling = max(ceiling, band) * 1.08 or 1.0
    axes.set_ylim(0, ceiling)
    for day, kwh in zip(days[consumed > ceiling], consumed[consumed > ceiling], strict=True):
        axes.annotate(f"{kwh:,.0f} ↑", (day, ceiling), va="top", ha="center", fontsize=8, color=ORANGE)
