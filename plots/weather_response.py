"""The chart of consumption against temperature: how much more is used when it is cold.

Enters: daily means by segment, and the days' temperatures. Leaves: a figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from meterlake.plots.style import coloured, finish_axes, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_weather_response(days: pa.Table, weather: pa.Table) -> Figure:
    """Draw each segment's days over the day's mean temperature, with a straight line through them.

    Args:
        days: As the question daily_by_segment gives them.
        weather: As the question weather_by_day gives them.
    """
    temperature_of = dict(zip(weather["local_date"].to_pylist(), weather["temperature_c"].to_pylist(), strict=True))
    figure = new_figure(8, 5)
    axes = figure.subplots()
    slopes: dict[str, float] = {}
    segments = days["segment"].to_pylist()
    for segment, colour in coloured(sorted(set(segments))):
        chosen = days.filter(pa.array([name == segment for name in segments]))
        pairs = [
            (temperature_of[day], kwh)
            for day, kwh in zip(chosen["local_date"].to_pylist(), chosen["energy_kwh"].to_pylist(), strict=True)
            if temperature_of.get(day) is not None
        ]
        if len(pairs) < 2:
            continue
        cold, used = np.array(pairs).T
        slope, level = np.polyfit(cold, used, 1)
        slopes[segment] = float(slope)
        axes.scatter(cold, used, s=12, color=colour, alpha=0.5, linewidths=0)
        ends = np.array([cold.min(), cold.max()])
        axes.plot(ends, level + slope * ends, color=colour, linewidth=1.8, label=f"{segment}: {slope:+.2f} kWh a °C")
    axes.set_xlabel("mean temperature of the day, °C")
    axes.set_ylim(bottom=0)
    steepest = min(slopes, key=lambda segment: slopes[segment]) if slopes else ""
    finding = (
        f"Each degree colder costs {steepest} homes {-slopes[steepest]:.2f} kWh a day"
        if slopes and slopes[steepest] < 0
        else "Consumption does not rise as it gets colder"
    )
    finish_axes(axes, finding, "kWh a day and meter")
    legend_below(axes, 3, below=0.14)
    return figure
