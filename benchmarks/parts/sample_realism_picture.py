"""The picture of the comparison: six panels, each with its finding as its title.

Enters: real and generated readings. Leaves: one PNG. Colours are two of Okabe and Ito's, told apart by every eye,
and lines differ in style as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.parts.sample_realism_statistics import LAGS, Readings, Series

REAL_COLOUR, GENERATED_COLOUR = "#0072B2", "#D55E00"
WEEK_FROM_DAY = 14
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
}


def draw_picture(real: Readings, generated: Readings, path: Path) -> None:
    """Draws the comparison.

    Args:
        real: the real readings.
        generated: the sample's.
        path: the PNG to write.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(15, 8.4), layout="constrained")
        panels = figure.subplots(2, 3)
        _draw_week(panels[0, 0], real, generated)
        _draw_day_shapes(panels[0, 1], real, generated)
        _draw_months(panels[0, 2], real, generated)
        _draw_exceedance(panels[1, 0], real, generated)
        _draw_meter_means(panels[1, 1], real, generated)
        _draw_autocorrelation(panels[1, 2], real, generated)
        figure.savefig(path, dpi=110)


def _draw_week(axes: Axes, real: Readings, generated: Readings) -> None:
    """Draws one week of one middling meter of each, the generated one upside down below."""
    hours = np.arange(336) / 48
    for readings, colour, sign, name in (
        (real, REAL_COLOUR, 1, "real"),
        (generated, GENERATED_COLOUR, -1, "generated"),
    ):
        meter = _find_middling_meter(readings)
        week = readings.energy_kwh[WEEK_FROM_DAY * 48 : WEEK_FROM_DAY * 48 + 336, meter]
        axes.fill_between(hours, 0, sign * week, step="post", color=colour, alpha=0.85, linewidth=0, label=name)
    axes.axhline(0, color="black", linewidth=0.6)
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axes.set(title="A middling home's week: spikes over a floor", xlabel="day", ylabel="kWh a half-hour")
    axes.legend(frameon=False, loc="upper right", ncols=2)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.12 * (high - low))


def _find_middling_meter(readings: Readings) -> int:
    """Finds the complete meter nearest to the middle in mean use, peaks, resting floor and share of the night."""
    week = readings.energy_kwh[WEEK_FROM_DAY * 48 : WEEK_FROM_DAY * 48 + 336]
    daily_kwh = readings.mean_daily_kwh()
    by_slot = np.nanmean(readings.energy_kwh.reshape(-1, 48, len(daily_kwh)), axis=0)
    night_share = by_slot[:12].mean(axis=0) * 48 / daily_kwh
    floor_share = np.nanquantile(readings.energy_kwh, 0.05, axis=0) * 48 / daily_kwh
    distance = 9.0 * ~np.isfinite(week).all(axis=0)
    for trait in (daily_kwh, readings.peak_over_mean(), night_share, floor_share):
        distance = distance + np.abs(np.argsort(np.argsort(trait)) / len(trait) - 0.5)
    return int(np.argmin(distance))


def _draw_day_shapes(axes: Axes, real: Readings, generated: Readings) -> None:
    """Draws the mean day of winter and summer, working days solid, weekends dashed."""
    hours = np.arange(48) / 2 + 0.25
    for readings, colour in ((real, REAL_COLOUR), (generated, GENERATED_COLOUR)):
        for season in ("winter", "summer"):
            for is_kind, line in ((~readings.is_weekend(), "-"), (readings.is_weekend(), ":")):
                axes.plot(hours, readings.day_shape_kwh(is_kind & readings.is_in(season)), line, color=colour)
    axes.text(3.2, 0.21, "winter", color="0.3")
    axes.text(10.2, 0.125, "summer", color="0.3")
    axes.plot([], [], "-", color="0.3", label="Monday to Friday")
    axes.plot([], [], ":", color="0.3", label="weekend")
    axes.set(title="Evening peaks, late weekend mornings", xlabel="hour of the day, GMT")
    axes.set(ylabel="mean kWh a half-hour", ylim=(0, None), xticks=range(0, 25, 6))
    axes.legend(frameon=False, loc="lower right")


def _draw_months(axes: Axes, real: Readings, generated: Readings) -> None:
    """Draws the mean day's energy month by month, with the middle half of the meters."""
    for readings, colour, marker, name in (
        (real, REAL_COLOUR, "o", "real"),
        (generated, GENERATED_COLOUR, "s", "generated"),
    ):
        months = readings.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
        by_month = [
            _mean_by_meter(readings.energy_kwh[np.repeat(months == month, 48)]) * 48 for month in np.unique(months)
        ]
        low, middle, high = (np.array([np.nanquantile(m, q) for m in by_month]) for q in (0.25, 0.5, 0.75))
        axes.fill_between(np.unique(months), low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(np.unique(months), middle, "-", marker=marker, color=colour, label=name)
    axes.set(title="Both swing alike from winter to summer", xlabel="month of 2013 (band: middle half of the meters)")
    axes.set(ylabel="median meter, kWh a day", ylim=(0, None), xticks=range(1, 13))
    axes.legend(frameon=False, loc="lower right", ncols=2)


def _mean_by_meter(energy_kwh: Series) -> Series:
    """Gives each meter's mean, NaN for a meter that reports nothing."""
    counts = np.isfinite(energy_kwh).sum(axis=0)
    return np.where(counts > 0, np.nansum(energy_kwh, axis=0) / np.maximum(counts, 1), np.nan)


def _draw_exceedance(axes: Axes, real: Readings, generated: Readings) -> None:
    """Draws the share of readings above each value: the tail on logarithmic axes."""
    levels_kwh = np.geomspace(0.01, 8, 120)
    zeros = []
    for readings, colour, line in ((real, REAL_COLOUR, "-"), (generated, GENERATED_COLOUR, "--")):
        reported = np.sort(readings.energy_kwh[np.isfinite(readings.energy_kwh)])
        above = 1 - np.searchsorted(reported, levels_kwh, side="right") / len(reported)
        axes.plot(levels_kwh, np.where(above > 0, above, np.nan), line, color=colour)
        zeros.append(np.searchsorted(reported, 0, side="right") / len(reported))
    axes.text(0.012, 2e-5, f"exact zeros: real {zeros[0]:.1%}, generated {zeros[1]:.1%}", color="0.3")
    axes.set(xscale="log", yscale="log", ylim=(1e-6, 1.5), xlabel="kWh a half-hour", ylabel="share of readings above")
    axes.set(title="Both tails are heavy; injected spikes reach on")


def _draw_meter_means(axes: Axes, real: Readings, generated: Readings) -> None:
    """Draws meters by mean daily energy and by peak over mean."""
    for readings, colour, marker in ((real, REAL_COLOUR, "o"), (generated, GENERATED_COLOUR, "s")):
        # As many meters of each, so that the eye compares clouds and not counts.
        shown = min(real.energy_kwh.shape[1], generated.energy_kwh.shape[1])
        where = (readings.mean_daily_kwh()[:shown], readings.peak_over_mean()[:shown])
        axes.scatter(*where, s=13, marker=marker, color=colour, alpha=0.45, linewidth=0)
    axes.set(xscale="log", yscale="log", xlabel="mean kWh a day, one mark a meter", ylabel="highest half-hour / mean")
    axes.set(title="Small homes peak more sharply in both")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")


def _draw_autocorrelation(axes: Axes, real: Readings, generated: Readings) -> None:
    """Draws the spread over meters of the autocorrelation at each lag."""
    for readings, colour, shift in ((real, REAL_COLOUR, -0.17), (generated, GENERATED_COLOUR, 0.17)):
        boxes = axes.boxplot(
            [readings.autocorrelation(lag) for lag in LAGS],
            positions=np.arange(len(LAGS)) + shift,
            widths=0.28,
            whis=(5, 95),
            showfliers=False,
            patch_artist=True,
            medianprops={"color": "black"},
        )
        for box in boxes["boxes"]:
            box.set(facecolor=colour, alpha=0.6)
    axes.set_xticks(range(len(LAGS)), ["half an hour", "an hour", "a day", "a week"])
    axes.set(title="Habits return with the day and the week", xlabel="lag (whiskers: 5 and 95 % of meters)")
    axes.set(ylabel="autocorrelation of a meter", ylim=(-0.05, 1))
