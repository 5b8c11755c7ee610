"""The chart of one meter's forecast: what was measured, then the median in its bands.

Enters: a forecast's rows, the readings before it and, where there are some by now, after it. Leaves: a figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.plots.style import AUTO, BLUE, GREY, ORANGE, drawing_on, finish_axes, legend_below, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Instants = NDArray[np.datetime64]


def draw_forecast(
    rows: pa.Table,
    times: Instants,
    energy_kwh: NDArray[np.float32],
    *,
    time_zone: str,
    model: str,
    ax: Axes | None = None,
    title: str | None = AUTO,
) -> Figure:
    """Draw one meter's forecast and what was measured round it.

    Args:
        rows: One forecast of one meter in order, with the columns of the forecasts table.
        times: Starts of the measured intervals in UTC, `(n_intervals,)`.
        energy_kwh: What was measured, NaN where nothing was, `(n_intervals,)`.
        time_zone: The zone in which the axis is written.
        model: The model's name and version, for the legend.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    figure, axes = drawing_on(ax)
    starts = rows["interval_start"].cast(pa.timestamp("us", "UTC")).to_numpy().astype("datetime64[us]")
    issued = starts[0]
    before = times < issued
    axes.plot(times[before], energy_kwh[before], color=GREY, linewidth=0.9, label="measured before")
    for low, high, shade in ((10, 90, "#D6EAF8"), (20, 80, "#9CCBEB"), (30, 70, "#5BA6D6")):
        lower, upper = (rows[f"p{percent}_kwh"].to_numpy() for percent in (low, high))
        label = f"{high - low} of 100 times within"
        axes.fill_between(starts, lower, upper, color=shade, linewidth=0, label=label)
    axes.plot(starts, rows["p50_kwh"].to_numpy(), color=BLUE, linewidth=1.3, label=f"median, {model}")
    after = ~before & np.isfinite(energy_kwh)
    if after.any():
        axes.plot(times[after], energy_kwh[after], color=ORANGE, linewidth=0.9, label="measured since")
    axes.axvline(issued, color=GREY, linewidth=0.8, linestyle=":")
    zone = ZoneInfo(time_zone)
    locator = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))  # type: ignore[no-untyped-call]
    axes.set_ylim(bottom=0)
    minutes = int((rows["interval_end"][0].as_py() - rows["interval_start"][0].as_py()).total_seconds() // 60)
    finish_axes(
        axes, title_of(title, _finding(rows, minutes)), "kWh an hour" if minutes == 60 else f"kWh in {minutes} minutes"
    )
    axes.set_xlabel(f"time, {time_zone}", loc="left")
    legend_below(axes, 3, below=0.13)
    return figure


def _finding(rows: pa.Table, minutes: int) -> str:
    hours = rows.num_rows * minutes / 60
    span = f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"
    expected = float(rows["mean_kwh"].to_numpy().sum())
    return f"{rows['meter_id'][0].as_py()}: about {expected:,.0f} kWh in the next {span}"
