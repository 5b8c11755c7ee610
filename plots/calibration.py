"""Two charts of how good forecasts are: calibration of the quantiles, and loss beside the baseline's.

Enters: figures of backtests or of stored forecasts. Leaves: a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from meterlake.plots.style import BLUE, GREY, finish_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_calibration(levels: Sequence[float], share_below: Sequence[float], *, model: str) -> Figure:
    """Draw how often the measured value lay below each quantile.

    Args:
        levels: Of the quantiles, ascending.
        share_below: For each the part of the measured intervals that lay at or below it.
        model: For the title.
    """
    figure = new_figure(5.6, 5)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    axes.plot(levels, share_below, color=BLUE, marker="o", linewidth=1.6)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("quantile that was forecast")
    inside = share_below[-1] - share_below[0]
    wanted = levels[-1] - levels[0]
    title = f"{model}: the {wanted:.0%} band holds {inside:.0%}"
    finish_axes(axes, title, "part of the measured values at or below")
    axes.text(0.98, 0.04, "above the line: forecasts too high", ha="right", fontsize=8, color=GREY)
    return figure


def draw_losses(losses: Mapping[str, float], *, baseline: str) -> Figure:
    """Draw each forecaster's loss over the baseline's.

    Args:
        losses: Weighted quantile loss of each forecaster in one backtest, the baseline's among them.
        baseline: Which of them is the baseline.
    """
    names = sorted(losses, key=lambda name: losses[name])
    ratios = np.array([losses[name] / losses[baseline] for name in names])
    figure = new_figure(8, 0.5 * len(names) + 1.4)
    axes = figure.subplots()
    colours = [GREY if name == baseline else BLUE for name in names]
    axes.barh(names, ratios, color=colours, height=0.6)
    for place, ratio in enumerate(ratios):
        axes.text(ratio + 0.01, place, f"{ratio:.2f}", va="center", fontsize=9)
    axes.axvline(1, color=GREY, linewidth=0.8, linestyle=":")
    axes.invert_yaxis()
    axes.set_xlim(0, max(1.1, float(ratios.max()) + 0.1))
    axes.set_xlabel(f"weighted quantile loss, {baseline} = 1")
    best = names[0]
    finish_axes(axes, f"{best} loses {1 - ratios[0]:.0%} less than {baseline}", "")
    return figure
