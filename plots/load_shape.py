"""The chart of a day's load, segment by segment, working days beside weekends.

Enters: mean loads by segment and hour. Leaves: a figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.plots.style import coloured, finish_axes, hours_of_day, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SATURDAY = 5


def draw_load_shapes(rows: pa.Table, *, time_zone: str) -> Figure:
    """Draw the mean day of each segment in local time.

    Args:
        rows: As the question load_by_segment gives them.
        time_zone: The zone whose hours and weekends count.
    """
    local = [moment.astimezone(ZoneInfo(time_zone)) for moment in rows["hour_start"].to_pylist()]
    hours = np.array([moment.hour for moment in local])
    is_weekend = np.array([moment.weekday() >= _SATURDAY for moment in local])
    segments = np.array(rows["segment"].to_pylist())
    load_kw = rows["load_kw"].to_numpy()
    figure = new_figure(11, 4.8)
    panels = figure.subplots(1, 2, sharey=True)
    peaks: dict[str, tuple[float, int]] = {}
    highest_kw = [0.0]
    for axes, weekend, words in ((panels[0], False, "working days"), (panels[1], True, "weekends")):
        for segment, colour in coloured(sorted(set(segments))):
            chosen = (segments == segment) & (is_weekend == weekend)
            if not chosen.any():
                continue
            day = [float(np.mean(load_kw[chosen & (hours == hour)])) for hour in range(24)]
            highest_kw.append(max(day))
            axes.step(np.arange(25), [*day, day[-1]], where="post", color=colour, linewidth=1.6, label=segment)
            if not weekend:
                peaks[segment] = (max(day), int(np.argmax(day)))
        finish_axes(axes, words, "kW a meter")
        hours_of_day(axes, time_zone)
    panels[0].set_ylim(0, 1.05 * max(highest_kw))
    panels[1].set_ylabel("")
    highest = max(peaks, key=lambda segment: peaks[segment][0])
    lowest = min(peaks, key=lambda segment: peaks[segment][0])
    ratio = peaks[highest][0] / peaks[lowest][0]
    title = f"{highest} homes peak at {peaks[highest][1]:02d}:00, {ratio:.1f} times as high as {lowest} homes"
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    legend_below(panels[0], 4, below=0.16)
    return figure
