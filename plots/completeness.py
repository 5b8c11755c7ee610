"""The chart of what was measured: a row a meter, a column a day, gaps in colour.

Enters: the measured part of each meter's day. Leaves: a figure.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from meterlake.plots.style import finish_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Thirty meters are rows that an eye can follow; of more, those with the most missing are shown.
_MOST_METERS = 30
# A single missing interval must show, so the steps are not even: none, under half, over half, nearly all, all.
_STEPS = (0.0, 1e-9, 0.5, 0.9, 1 - 1e-9, 1.0)
_COLOURS = ("#8C3D00", "#D55E00", "#E69F00", "#F0E442", "#FFFFFF")


def draw_completeness(rows: pa.Table) -> Figure:
    """Draw which part of each meter's day was measured.

    Args:
        rows: As the question completeness_of_fleet gives them.
    """
    from matplotlib.colors import BoundaryNorm, ListedColormap

    meters = sorted(set(rows["meter_id"].to_pylist()))
    dates = rows["local_date"].to_pylist()
    first = min(dates)
    measured = np.zeros((len(meters), (max(dates) - first).days + 1))
    place_of = {meter: place for place, meter in enumerate(meters)}
    for meter, day, part in zip(
        rows["meter_id"].to_pylist(), dates, rows["completeness_fraction"].to_pylist(), strict=True
    ):
        measured[place_of[meter], (day - first).days] = part
    worst = np.argsort(measured.mean(axis=1), kind="stable")[:_MOST_METERS]
    figure = new_figure(11, max(3.0, 0.13 * len(worst) + 1.2))
    axes = figure.subplots()
    days = [first + dt.timedelta(days=day) for day in range(measured.shape[1])]
    mesh = axes.pcolormesh(
        np.array(days, dtype="datetime64[D]"),
        np.arange(len(worst)),
        measured[worst],
        cmap=ListedColormap(list(_COLOURS)),
        norm=BoundaryNorm(list(_STEPS), len(_COLOURS)),
    )
    bar = figure.colorbar(mesh, ax=axes, label="part of the day measured", shrink=0.8, spacing="uniform")
    bar.set_ticks([0.0, 0.5, 0.9, 1.0], labels=["none", "50 %", "90 %", "all"])
    axes.set_yticks(np.arange(len(worst)), [meters[place] for place in worst], fontsize=6)
    axes.invert_yaxis()
    whole = int((measured == 1).all(axis=1).sum())
    title = f"{measured.mean():.1%} of all meter-days were measured; {whole} of {len(meters)} meters miss nothing"
    if len(meters) > len(worst):
        title += f" (the {len(worst)} with the most missing)"
    finish_axes(axes, title, "")
    return figure
