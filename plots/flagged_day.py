"""The chart of why a day was flagged: its intervals beside the same times of the four weeks before.

Enters: one meter's readings up to the end of that day. Leaves: a figure.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.plots.style import AUTO, GREY, ORANGE, SKY, drawing_on, finish_axes, hours_of_day, legend_below, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HISTORY_DAYS = 28


def draw_flagged_day(
    readings: pa.Table,
    *,
    meter_id: str,
    day: dt.date,
    time_zone: str,
    ax: Axes | None = None,
    title: str | None = AUTO,
) -> Figure:
    """Draw one day of a meter over its ordinary days.

    Args:
        readings: interval_start and value of that day and the weeks before.
        meter_id: For the title.
        day: The local day.
        time_zone: The meter's zone.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    zone = ZoneInfo(time_zone)
    local = [moment.astimezone(zone) for moment in readings["interval_start"].to_pylist()]
    hours = np.array([moment.hour + moment.minute / 60 for moment in local])
    is_day = np.array([moment.date() == day for moment in local])
    values = readings["value"].to_numpy(zero_copy_only=False)
    slots = np.unique(hours)
    before = [values[~is_day & (hours == slot)] for slot in slots]
    low, middle, high = (
        np.array([np.nanquantile(some, level) if some.size else np.nan for some in before]) for level in (0.1, 0.5, 0.9)
    )
    # The last step ends with the day.
    edges, low, middle, high = _with_end(slots), *(np.append(line, line[-1:]) for line in (low, middle, high))
    own_edges, own = _with_end(hours[is_day]), np.append(values[is_day], values[is_day][-1:])
    figure, axes = drawing_on(ax, 9, 4.2)
    days_before = len({moment.date() for moment in local} - {day})
    label = f"80 of 100 values of the {days_before} days before"
    axes.fill_between(edges, low, high, step="post", color=SKY, alpha=0.4, linewidth=0, label=label)
    axes.step(edges, middle, where="post", color=GREY, linewidth=1, label="their median")
    axes.step(own_edges, own, where="post", color=ORANGE, linewidth=1.6, label=str(day))
    usual = float(np.nansum(middle[:-1]))
    used = float(np.nansum(values[is_day]))
    times = used / usual if usual > 0 else float("nan")
    finding = (
        f"{used:.1f} kWh, {times:.1f} times the median of the days before, {usual:.1f}"
        if np.isfinite(times)
        else f"{used:.1f} kWh"
    )
    axes.set_ylim(bottom=0)
    hours_of_day(axes, time_zone)
    finish_axes(axes, title_of(title, f"{meter_id} on {day}: {finding}"), f"kWh in {_minutes(edges)} minutes")
    legend_below(axes, 3, below=0.16)
    return figure


def _minutes(edges: NDArray[np.float64]) -> int:
    """Return how long a step is, from the starts of steps in hours."""
    return round(60 * float(np.median(np.diff(edges)))) if edges.size > 1 else 0


def _with_end(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the starts of steps and the end of the last, which is as long as the others."""
    length = float(np.median(np.diff(hours))) if hours.size > 1 else 1.0
    return np.append(hours, hours[-1:] + length)
