"""Where and when meters were away: a map in metres, and a strip of time below it; the strip alone where no place is known.

Enters: rows of outages and of meters. Leaves: a figure. A mark's area is the number of meters; causes differ in shape as
well as colour. There are no map tiles: the meters themselves, in grey, with the outline round them, show the town.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.lake.codes.causes import Cause
from meterlake.plots.style import AUTO, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, finish_axes, new_figure, title_of

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
_SHOWN_SIZES = (10, 50)
_METRES_PER_DEGREE = 111_320.0
Floats = NDArray[np.float64]


def draw_outages(outages: pa.Table, meters: pa.Table, *, title: str | None = AUTO) -> Figure:
    """Draw outages on a map and in time; in time alone where no meter has a place.

    Args:
        outages: As the question outages_in gives them.
        meters: meter_id, latitude and longitude of the fleet; those without coordinates are not drawn.
        title: A title of the caller's own, or None for none.

    Raises:
        MissingLibrary: If matplotlib is not installed.
    """
    rows = outages.to_pylist()
    latitude, longitude = (_numbers(meters, name) for name in ("latitude", "longitude"))
    known = np.isfinite(latitude) & np.isfinite(longitude)
    if not known.any():
        figure = new_figure(11, 3.2)
        in_time = figure.subplots()
        finish_axes(in_time, title_of(title, _finding(rows, None)), "")
    else:
        figure = new_figure(11, 9)
        on_map, in_time = figure.subplots(2, 1, height_ratios=(3.2, 1))
        _draw_map(on_map, rows, latitude[known], longitude[known], title)
    _draw_times(in_time, rows)
    return figure


def _draw_map(axes: Axes, rows: list[dict[str, Any]], latitude: Floats, longitude: Floats, title: str | None) -> None:
    """Draw marks in metres east and north of the middle of the meters."""
    middle = float(latitude.mean()), float(longitude.mean())
    east, north = _metres(latitude, longitude, middle)
    axes.scatter(east, north, s=3, color="#BBBBBB", linewidths=0, label=f"{len(east):,} meters with a place")
    _draw_outline(axes, east, north)
    unplaced = 0
    for cause in reversed(_STYLES):
        name, colour, marker = _STYLES[cause]
        of_cause = [row for row in rows if row["cause"] == cause]
        placed = [row for row in of_cause if row["latitude"] is not None and cause != Cause.HEAD_END_LOSS]
        unplaced += len(of_cause) - len(placed)
        if not of_cause:
            continue
        x, y = _metres(_numbers_of(placed, "latitude"), _numbers_of(placed, "longitude"), middle)
        areas = _areas(np.array([row["meters"] for row in placed], float))
        look: dict[str, Any] = {"facecolors": colour, "edgecolors": "white", "linewidths": 0.6, "alpha": 0.75}
        axes.scatter(x, y, s=areas, marker=marker, label=f"{name}: {len(of_cause)}", **look)
    finish_axes(axes, title_of(title, _finding(rows, unplaced)), "metres north")
    axes.set_xlabel(f"metres east of {middle[0]:.3f}° N {middle[1]:.3f}° E")
    axes.set_aspect("equal", adjustable="datalim")
    _legends(axes)


def _draw_outline(axes: Axes, east: Floats, north: Floats) -> None:
    """Draw the line round all meters, where they do not stand on one."""
    from scipy.spatial import ConvexHull, QhullError

    points = np.column_stack([east, north])
    try:
        corners = ConvexHull(points).vertices if len(points) > 2 else np.arange(0)
    except QhullError:
        return
    if corners.size:
        around = np.append(corners, corners[0])
        axes.plot(east[around], north[around], color="#BBBBBB", linewidth=0.8, zorder=0)


def _legends(axes: Axes) -> None:
    """Say beside the map what the marks are, and what their sizes are."""
    handles, labels = axes.get_legend_handles_labels()
    sizes = [axes.scatter([], [], s=float(_areas(np.array([n]))[0]), color=GREY, alpha=0.5) for n in _SHOWN_SIZES]
    said = [f"an outage of {n} meters" for n in _SHOWN_SIZES]
    legend = axes.figure.legend(
        [*handles[::-1], *sizes], [*labels[::-1], *said], loc="outside right upper", frameon=False, fontsize=9
    )
    for handle in legend.legend_handles[: len(handles)]:
        if handle is not None and hasattr(handle, "set_sizes"):
            handle.set_sizes([40])


def _areas(meters: Floats) -> Floats:
    return np.clip(_AREA_A_METER * meters, _SMALLEST_AREA, _LARGEST_AREA)


def _metres(latitude: Floats, longitude: Floats, middle: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return metres east and north of a point, on the tangent plane: exact enough for a town."""
    shrunk = np.cos(np.radians(middle[0]))
    return (longitude - middle[1]) * _METRES_PER_DEGREE * shrunk, (latitude - middle[0]) * _METRES_PER_DEGREE


def _finding(rows: list[dict[str, Any]], unplaced: int | None) -> str:
    """Return how many power cuts there were; `unplaced` is None where there is no map."""
    cuts = [row for row in rows if Cause(row["cause"]).is_without_power]
    still = sum(row["ended_at"] is None for row in cuts)
    largest = max((row["meters"] for row in cuts), default=0)
    words = f"{len(cuts) or 'No'} power cut{'s' * (len(cuts) != 1)}"
    if cuts:
        words += f"{', the largest' * (len(cuts) != 1)} of {largest} meters, {still or 'none'} still open"
    if unplaced is None:
        return f"{words}; no meter has a place, so there is no map"
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


def _numbers_of(rows: list[dict[str, Any]], name: str) -> Floats:
    return np.array([row[name] for row in rows], float)


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.float64)
