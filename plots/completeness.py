"""The chart of what was measured: a row a meter, a column a day, gaps in colour.

Enters: the measured part of each meter's day. Leaves: a figure.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, drawing_on, finish_axes, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Thirty meters are rows that an eye can follow; of more, those with the most missing are shown.
_MOST_METERS = 30
# A single missing interval must show, so the steps are not even: none, under half, over half, nearly all, all.
_STEPS = (0.0, 1e-9, 0.5, 0.9, 1 - 1e-9, 1.0)
_COLOURS = ("#8C3D00", "#D55E00", "#E69F00", "#F0E442", "#FFFFFF")
_WORDS = ("nothing measured", "less than half", "half to 90 %", "over 90 %", "all")
_NOT_THERE = "#DDDDDD"
_SIZE_OF_NAMES = 8


def draw_completeness(rows: pa.Table, *, ax: Axes | None = None, title: str | None = AUTO) -> Figure:
    """Draw which part of each meter's day was measured; a meter owes nothing before its first day.

    Args:
        rows: As the question completeness_of_fleet gives them.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    meters, first, measured = _measured(rows)
    worst = np.argsort(np.nanmean(measured, axis=1), kind="stable")[:_MOST_METERS] if meters else np.arange(0)
    figure, axes = drawing_on(ax, 11, max(3.0, 0.18 * len(worst) + 1.4))
    days = [first + dt.timedelta(days=day) for day in range(measured.shape[1])]
    if days:
        axes.pcolormesh(
            np.array(days, dtype="datetime64[D]"),
            np.arange(len(worst)),
            np.ma.masked_invalid(measured[worst]),
            cmap=ListedColormap(list(_COLOURS)).with_extremes(bad=_NOT_THERE),
            norm=BoundaryNorm(list(_STEPS), len(_COLOURS)),
        )
        axes.invert_yaxis()
    patches = [
        Patch(facecolor=colour, edgecolor="#999999", label=word) for colour, word in zip(_COLOURS, _WORDS, strict=True)
    ]
    if np.isnan(measured).any():
        patches.append(Patch(facecolor=_NOT_THERE, edgecolor="#999999", label="before its first day"))
    axes.legend(handles=patches, frameon=False, ncols=6, loc="upper left", bbox_to_anchor=(0, -0.06), fontsize=9)
    axes.set_yticks(np.arange(len(worst)), [meters[place] for place in worst], fontsize=_SIZE_OF_NAMES)
    finish_axes(axes, title_of(title, _said(measured, len(worst))), "")
    return figure


def _measured(rows: pa.Table) -> tuple[list[str], dt.date, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """Return meters, the first day, and the measured part of each meter's day; NaN before the meter's first."""
    names, dates = rows["meter_id"].to_pylist(), rows["local_date"].to_pylist()
    meters = sorted(set(names))
    first = min(dates, default=dt.date(2000, 1, 1))
    measured = np.zeros((len(meters), (max(dates, default=first) - first).days + 1 if dates else 0))
    place_of = {meter: place for place, meter in enumerate(meters)}
    earliest = np.full(len(meters), measured.shape[1])
    for meter, day, part in zip(names, dates, rows["completeness_fraction"].to_pylist(), strict=True):
        place, column = place_of[meter], (day - first).days
        measured[place, column] = part
        earliest[place] = min(earliest[place], column)
    measured[np.arange(measured.shape[1])[None, :] < earliest[:, None]] = np.nan
    return meters, first, measured


def _said(measured: np.ndarray[tuple[int, int], np.dtype[np.float64]], shown: int) -> str:
    """Return how much of the time was measured, and how many days and meters are whole."""
    owed = np.isfinite(measured)
    if not owed.any():
        return "No days"
    whole = int(((measured >= 1) | ~owed).all(axis=1).sum())
    part, days = float(np.nanmean(measured)), float((measured[owed] >= 1).mean())
    words = f"{part:.1%} of the time was measured, {days:.1%} of {int(owed.sum()):,} meter-days whole"
    words += f"; {whole} of {len(measured)} meters miss nothing"
    return words + (f"\n(the {shown} with the most missing)" if shown < len(measured) else "")
