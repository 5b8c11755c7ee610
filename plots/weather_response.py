"""The chart of consumption against temperature: how much more is used when it is cold, and from which temperature on.

Enters: daily means by segment, and the days' temperatures. Leaves: a figure.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from meterlake.lake.metering.degree_day_fit import BASES_C, fit_degree_days
from meterlake.plots.load_shape import UNLABELLED
from meterlake.plots.style import (
    AUTO,
    FEWEST_FOR_A_FINDING,
    GREY,
    drawing_on,
    finish_axes,
    legend_below,
    lined,
    meters_said,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A day's mean of fewer hours is that of a part of the day.
LEAST_HOURS = 20
# What is learned from fewer days, or explains less, is no finding.
_LEAST_DAYS = 30
_LEAST_R2 = 0.3


def draw_weather_response(
    days: pa.Table, weather: pa.Table, *, ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw each segment's days over the day's mean temperature, with the line that bends at the temperature that fits best.

    Args:
        days: As the question daily_by_segment gives them; what has no segment is drawn as such.
        weather: local_date, temperature_c and, where it is known, hours: days of fewer than 20 hours are left out.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    figure, axes = drawing_on(ax, 8, 5)
    temperature_of = _temperatures(weather)
    segments = np.array([name or UNLABELLED for name in days["segment"].to_pylist()], str)
    found: dict[str, tuple[float, float]] = {}
    drawn = 0
    for segment, look in lined(sorted(set(segments.tolist()), key=lambda name: (name == UNLABELLED, name))):
        chosen = days.filter(pa.array(segments == segment))
        warm = np.array([temperature_of.get(day, np.nan) for day in chosen["local_date"].to_pylist()])
        used, meters = chosen["energy_kwh"].to_numpy(), int(chosen["meters"].to_numpy().max())
        shown = np.isfinite(warm) & np.isfinite(used)
        drawn += int(shown.sum())
        if not shown.any():
            continue
        axes.scatter(warm[shown], used[shown], s=12, color=look["color"], alpha=0.4, linewidths=0)
        label = f"{segment}, {meters_said(meters)}"
        fit = fit_degree_days(used[None, :], warm)
        base, slope, r2 = (float(values[0]) for values in (fit.base_c, fit.kwh_per_hdd, fit.r2))
        if np.isfinite(base):
            line = np.array(sorted({float(warm[shown].min()), base, float(warm[shown].max())}))
            height = fit.base_kwh[0] + slope * np.maximum(base - line, 0)
            bound = "" if BASES_C[0] < base < BASES_C[-1] else " (at the limit of the search)"
            label += f": {slope:.2f} kWh a °C below {base:g} °C{bound}, R² {r2:.2f}"
            axes.plot(line, height, linewidth=1.8, label=label, **look)
            if meters >= FEWEST_FOR_A_FINDING and shown.sum() >= _LEAST_DAYS and r2 >= _LEAST_R2:
                found[segment] = (slope, base)
        else:
            axes.plot([], [], linewidth=1.8, label=f"{label}: no more when it is colder", **look)
    axes.set_xlabel("mean temperature of the day, °C")
    axes.set_ylim(bottom=0)
    if drawn:
        legend_below(axes, 1, below=0.14)
    else:
        words = f"no day with energy and {LEAST_HOURS} hours of temperature"
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", color=GREY)
    finish_axes(axes, title_of(title, _finding(found, drawn)), "kWh a day and meter")
    return figure


def _temperatures(weather: pa.Table) -> dict[dt.date, float]:
    """Return the temperature of the days that have hours enough."""
    hours = weather["hours"].to_pylist() if "hours" in weather.column_names else [24] * weather.num_rows
    rows = zip(weather["local_date"].to_pylist(), weather["temperature_c"].to_pylist(), hours, strict=True)
    return {day: warm for day, warm, of in rows if warm is not None and of >= LEAST_HOURS}


def _finding(found: dict[str, tuple[float, float]], drawn: int) -> str:
    """Return what the cold costs most, where enough homes and days say it; else what is shown."""
    if not found:
        return (
            "Consumption by the day's temperature" if drawn else "Consumption by temperature: no weather for these days"
        )
    steepest = max(found, key=lambda segment: found[segment][0])
    slope, base = found[steepest]
    return f"Below {base:g} °C each degree colder costs {steepest} homes {slope:.2f} kWh a day"
