"""The day of the coincident peak, and how much less it is than the sum of the meters' own peaks; of groups, their factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.style import AUTO, BLUE, ORANGE, drawing_on, finish_axes, hours_of_day, meters_said, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_GROUPS = 30


def draw_peaks(
    peaks: pa.Table,
    loads: pa.Table,
    *,
    by: tuple[str, ...],
    attrs: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = AUTO,
) -> Figure:
    """Draw the load of the day of the peak; of several groups, their diversity factors.

    Args:
        peaks: As coincident_peak gives them.
        loads: interval_start and kw of all together.
        by: The columns of the groups.
        attrs: zone and unit.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    rows = peaks.to_pylist()
    if by:
        return _draw_groups(rows, by, ax, title)
    figure, axes = drawing_on(ax, 9, 4.2)
    if not rows:
        finish_axes(axes, title_of(title, "No window in which nearly all meters sent"), str(attrs["unit"]))
        return figure
    peak = rows[0]
    moments = loads["interval_start"].to_pylist()
    of_day = [place for place, moment in enumerate(moments) if moment.date() == peak["peak_at"].date()]
    hours = [moments[place].hour + moments[place].minute / 60 for place in of_day]
    kw = loads["kw"].to_numpy()[of_day]
    axes.plot(hours, kw, color=BLUE, linewidth=1.6)
    at = peak["peak_at"].hour + peak["peak_at"].minute / 60
    axes.scatter([at], [peak["peak_kw"]], color=ORANGE, zorder=3)
    hours_of_day(axes, str(attrs["zone"]))
    axes.set_ylim(bottom=0)
    made = (
        f"{peak['peak_kw']:.1f} {attrs['unit']} on {peak['peak_at']:%d %B %Y %H:%M} of {meters_said(peak['meters_at_peak'])};"
        f"\ntheir own peaks add up to {peak['sum_of_peaks_kw']:.1f} {attrs['unit']}, {peak['diversity_factor']:.2f} times as much"
    )
    finish_axes(axes, title_of(title, made), f"{attrs['unit']}, all together")
    return figure


def _draw_groups(rows: list[dict[str, Any]], by: tuple[str, ...], ax: Axes | None, title: str | None) -> Figure:
    shown = sorted(rows, key=lambda row: -row["peak_kw"])[:_MOST_GROUPS]
    figure, axes = drawing_on(ax, 9, 0.3 * len(shown) + 1.6)
    places = np.arange(len(shown))
    axes.barh(places, [row["diversity_factor"] for row in shown], color=BLUE, height=0.6)
    names = [f"{' '.join(str(row[name]) for name in by)}, {meters_said(row['meters'])}" for row in shown]
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlabel("sum of the meters' own peaks over the peak of all together")
    more = f", the {len(shown)} with the highest peaks" if len(rows) > len(shown) else ""
    finish_axes(axes, title_of(title, f"Diversity of {len(rows)} groups{more}"), "")
    return figure
