"""Where and when meters were away: a map by coordinates alone, and a strip of time below it.

Enters: rows of outages and of meters. Leaves: a figure. A circle's area is the number of meters; causes differ in shape as
well as colour. There are no map tiles: the meters themselves, in grey, show the town.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.lake.codes.causes import Cause
from meterlake.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, finish_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The causes with power off come first in the strip, and are drawn last, on top.
_STYLES = {
    Cause.POWER_CUT: ("power cut", ORANGE, "o"),
    Cause.PLANNED: ("planned", PURPLE, "s"),
    Cause.HEAD_END_LOSS: ("head-end loss", BLUE, "D"),
    Cause.METER_STOPPED: ("meter stopped", GREEN, "v"),
    Cause.METER_GAP: ("meter gap", SKY, "^"),
    Cause.REJECTED: ("rejected", GREY, "X"),
}
_SMALLEST_AREA, _AREA_A_METER = 14.0, 4.0
_LARGEST_AREA = 900.0
_METRES_PER_DEGREE = 111_320.0


def draw_outages(outages: pa.Table, meters: pa.Table) -> Figure:
    """Draw outages on a map and in time.

    Args:
        outages: As the question outages_in gives them.
        meters: meter_id, latitude and longitude of the fleet; those without coordinates are not drawn.

    Raises:
        MissingLibrary: If matplotlib is not installed.
    """
    figure = new_figure(11, 9)
    on_map, in_time = figure.subplots(2, 1, height_ratios=(3.2, 1))
    rows = outages.to_pylist()
    _draw_map(on_map, rows, meters)
    _draw_times(in_time, rows)
    return figure


def _draw_map(axes: Axes, rows: list[dict[str, Any]], meters: pa.Table) -> None:
    latitude, longitude = (_numbers(meters, name) for name in ("latitude", "longitude"))
    known = np.isfinite(latitude) & np.isfinite(longitude)
    axes.scatter(longitude[known], latitude[known], s=3, color="#BBBBBB", linewidths=0, label="meters")
    unplaced = 0
    for cause in reversed(_STYLES):
        name, colour, marker = _STYLES[cause]
        of_cause = [row for row in rows if row["cause"] == cause]
        placed = [row for row in of_cause if row["latitude"] is not None and cause != Cause.HEAD_END_LOSS]
        unplaced += len(of_cause) - len(placed)
        if not of_cause:
            continue
        areas = np.clip([_AREA_A_METER * row["meters"] for row in placed], _SMALLEST_AREA, _LARGEST_AREA)
        axes.scatter(
            [row["longitude"] for row in placed],
            [row["latitude"] for row in placed],
            s=areas,
            facecolors=colour,
            edgecolors="white",
            linewidths=0.6,
            alpha=0.75,
            marker=marker,
            label=f"{name}: {len(of_cause)}",
        )
    finish_axes(axes, _finding(rows, unplaced), "degrees north")
    axes.set_xlabel("degrees east")
    axes.ticklabel_format(useOffset=False)
    if known.any():
        axes.set_aspect(1 / max(0.01, np.cos(np.radians(float(latitude[known].mean())))), adjustable="datalim")
    handles = axes.legend(
        frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9, reverse=True
    ).legend_handles
    for handle in handles:
        if handle is not None and hasattr(handle, "set_sizes"):
            handle.set_sizes([40])


def _finding(rows: list[dict[str, Any]], unplaced: int) -> str:
    cuts = [row for row in rows if Cause(row["cause"]).is_without_power]
    still = sum(row["ended_at"] is None for row in cuts)
    largest = max((row["meters"] for row in cuts), default=0)
    words = f"{len(cuts) or 'No'} power cut{'s' * (len(cuts) != 1)}"
    if cuts:
        words += f"{', the largest' * (len(cuts) != 1)} of {largest} meters, {still or 'none'} still open"
    return words + (f"\n{unplaced} other outages have no one place and are in the strip alone" if unplaced else "")


def _draw_times(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """Draw a line a cause: a bar from start to end of each outage, at least a pixel or two wide."""
    newest = max((row["ended_at"] or row["started_at"] for row in rows), default=None)
    present = [cause for cause in _STYLES if any(row["cause"] == cause for row in rows)]
    for place, cause in enumerate(reversed(present)):
        _, colour, marker = _STYLES[cause]
        of_cause = [row for row in rows if row["cause"] == cause]
        starts: list[Any] = [row["started_at"] for row in of_cause]
        ends: list[Any] = [row["ended_at"] or newest for row in of_cause]
        axes.hlines([place] * len(starts), starts, ends, colors=colour, lw=5)
        sizes = np.clip([row["meters"] for row in of_cause], 6, 120)
        axes.scatter(starts, [place] * len(starts), s=sizes, color=colour, marker=marker, alpha=0.8, linewidths=0)
    axes.set_yticks(range(len(present)), [_STYLES[cause][0] for cause in reversed(present)])
    axes.set_ylim(-0.6, max(len(present), 1) - 0.4)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=GREY)
    axes.set_xlabel("UTC")
    if not rows:
        axes.text(0.5, 0.5, "no outages", transform=axes.transAxes, ha="center", color=GREY)


def _numbers(table: pa.Table, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.float64)
