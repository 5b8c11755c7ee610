"""The chart of a day's load, segment by segment, working days beside weekends.

Enters: mean loads by segment and hour. Leaves: a figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.plots.style import (
    AUTO,
    FEWEST_FOR_A_FINDING,
    finish_axes,
    hours_of_day,
    lined,
    meters_said,
    new_figure,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SATURDAY = 5
UNLABELLED = "no segment"


def draw_load_shapes(rows: pa.Table, *, time_zone: str, title: str | None = AUTO) -> Figure:
    """Draw the mean day of each segment in local time.

    Args:
        rows: As the question load_by_segment gives them; what has no segment is drawn as such.
        time_zone: The zone whose hours and weekends count.
        title: A title of the caller's own, or None for none.
    """
    local = [moment.astimezone(ZoneInfo(time_zone)) for moment in rows["hour_start"].to_pylist()]
    hours = np.array([moment.hour for moment in local], int)
    is_weekend = np.array([moment.weekday() >= _SATURDAY for moment in local], bool)
    segments = np.array([name or UNLABELLED for name in rows["segment"].to_pylist()], str)
    load_kw, sent = rows["load_kw"].to_numpy(), rows["meters"].to_numpy()
    names = sorted(set(segments.tolist()), key=lambda name: (name == UNLABELLED, name))
    meters = {name: int(sent[segments == name].max()) for name in names}
    figure = new_figure(11, 4.8)
    panels = figure.subplots(1, 2, sharey=True)
    peaks: dict[str, tuple[float, int]] = {}
    highest_kw = [0.0]
    for axes, weekend, words in ((panels[0], False, "working days"), (panels[1], True, "weekends")):
        for segment, look in lined(names):
            chosen = (segments == segment) & (is_weekend == weekend)
            of_hour = [load_kw[chosen & (hours == hour)] for hour in range(24)]
            day = [float(np.mean(loads)) if loads.size else np.nan for loads in of_hour]
            if not np.isfinite(day).any():
                continue
            highest_kw.append(float(np.nanmax(day)))
            label = f"{segment}, {meters_said(meters[segment])}"
            axes.step(np.arange(25), [*day, day[-1]], where="post", linewidth=1.6, label=label, **look)
            if not weekend:
                peaks[segment] = (float(np.nanmax(day)), int(np.nanargmax(day)))
        finish_axes(axes, words, "kW a meter")
        hours_of_day(axes, time_zone)
    panels[0].set_ylim(0, 1.05 * max(highest_kw) or 1)
    panels[1].set_ylabel("")
    figure.suptitle(title_of(title, _finding(peaks, meters)), x=0.01, ha="left", fontsize=13)
    if peaks:
        handles = panels[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower left", ncols=4, frameon=False, fontsize=9)
    return figure


def _finding(peaks: dict[str, tuple[float, int]], meters: dict[str, int]) -> str:
    """Return which segment peaks highest, of those that have meters enough to say so; else what is shown."""
    sure = {name: peak for name, peak in peaks.items() if meters[name] >= FEWEST_FOR_A_FINDING and name != UNLABELLED}
    lowest, highest = (choose(sure, key=lambda name: sure[name][0], default="") for choose in (min, max))
    if len(sure) < 2 or sure[lowest][0] <= 0:
        return f"Mean load of {meters_said(sum(meters.values()))} by hour" if peaks else "No readings in these days"
    ratio = sure[highest][0] / sure[lowest][0]
    return f"{highest} homes peak at {sure[highest][1]:02d}:00, {ratio:.1f} times as high as {lowest} homes"
