"""The chart of one meter's days in their band, with the odd days marked.

Enters: rows of anomaly_scores. Leaves: a figure. Marks differ in shape as well as colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from meterlake.plots.style import BLUE, GREY, ORANGE, SKY, finish_axes, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_anomalies(rows: pa.Table) -> Figure:
    """Draw one meter's days.

    Args:
        rows: In the order of their days, as the question anomalies_of_meter gives them.

    Raises:
        MissingLibrary: If matplotlib is not installed.
    """
    days = rows["local_date"].to_numpy(zero_copy_only=False)
    consumed, expected, lower, upper = (
        rows[name].to_numpy(zero_copy_only=False)
        for name in ("consumption_kwh", "expected_kwh", "lower_kwh", "upper_kwh")
    )
    anomaly = rows["anomaly"].to_numpy(zero_copy_only=False)
    figure = new_figure()
    axes = figure.subplots()
    axes.fill_between(days, lower, upper, color=SKY, alpha=0.35, linewidth=0, label="band of ordinary days")
    axes.plot(days, expected, color=BLUE, linewidth=1, label="expected")
    axes.plot(days, consumed, color=GREY, linewidth=0.8, marker=".", markersize=3, label="measured")
    for side, marker, word in ((1, "^", "above"), (-1, "v", "below")):
        odd = anomaly == side
        label = f"{word} the band: {int(odd.sum())} days"
        axes.scatter(days[odd], consumed[odd], color=ORANGE, marker=marker, s=45, zorder=3, label=label)
    meter, detector = rows["meter_id"][0].as_py(), rows["detector"][0].as_py()
    count = int((anomaly != 0).sum())
    ceiling = max(float(np.nanmax(consumed)), float(np.nanmax(upper, initial=0.0))) * 1.08 or 1.0
    axes.set_ylim(0, ceiling)
    finish_axes(axes, f"{meter}: {count} of {days.size} days outside the band of {detector}", "kWh a day")
    legend_below(axes)
    return figure
