"""The chart of how reliable supply was: minutes without power a customer, month by month, site by site.

Enters: rows of reliability. Leaves: a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from meterlake.plots.style import coloured, finish_axes, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Beyond these the bars are too thin to be told apart; the sites with the most minutes are shown.
_MOST_SITES = 6


def draw_reliability(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw SAIDI by month.

    Args:
        rows: Of site_id ('*' is all sites together), month_start and saidi_minutes.
    """
    months = sorted({str(row["month_start"]) for row in rows})
    minutes = {(str(row["site_id"]), str(row["month_start"])): float(row["saidi_minutes"] or 0.0) for row in rows}
    totals = {
        site: sum(minutes.get((site, month), 0.0) for month in months)
        for site in {str(row["site_id"]) for row in rows} - {"*"}
    }
    shown = sorted(totals, key=lambda site: -totals[site])[:_MOST_SITES]
    figure = new_figure(10, 4)
    axes = figure.subplots()
    places = np.arange(len(months))
    width = 0.8 / max(len(shown), 1)
    for number, (site, colour) in enumerate(coloured(shown)):
        heights = [minutes.get((site, month), 0.0) for month in months]
        axes.bar(places + (number - (len(shown) - 1) / 2) * width, heights, width, color=colour, label=site)
    axes.set_xticks(places, [month[:7] for month in months])
    whole = sum(minutes.get(("*", month), 0.0) for month in months)
    span = f"{len(months)} months" if len(months) != 1 else "the month"
    title = f"A customer was without power for {whole:,.0f} minutes in {span}"
    if shown:
        title += f"; most at {shown[0]}, {totals[shown[0]]:,.0f}"
    finish_axes(axes, title, "SAIDI, minutes a customer")
    legend_below(axes, 6)
    return figure
