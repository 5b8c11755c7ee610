"""Mean days by group, each in the band of its meters; where seasons or months are told apart, a panel each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.lake.errors import BadParameter
from meterlake.plots.style import (
    AUTO,
    FEWEST_FOR_A_FINDING,
    drawing_on,
    finish_axes,
    hours_of_day,
    lined,
    meters_said,
    new_figure,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = ("season", "day_type")
_COLUMNS = 2


def draw_profiles(
    rows: pa.Table,
    *,
    by: tuple[str, ...],
    attrs: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = AUTO,
) -> Figure:
    """Draw a line a group with its band.

    Args:
        rows: by…, hour, mean, low, high, meters.
        by: The columns of the groups.
        attrs: zone, unit and band.
        ax: Axes to draw on; all groups go there.
        title: A title of the caller's own, or None for none.
    """
    if rows.num_rows == 0:
        raise BadParameter("profiles", "no rows", "readings in the range", "2013")
    frame = {name: np.array(rows[name].to_pylist()) for name in rows.column_names}
    apart = next((name for name in by if name in _PANELS), None) if ax is None else None
    names = [name for name in by if name != apart]
    panels = list(dict.fromkeys(_in_order(rows, apart))) if apart else [None]
    figure, drawn = _axes_of(len(panels), ax)
    groups = list(dict.fromkeys(zip(*(frame[name].tolist() for name in names), strict=True))) if names else [()]
    peaks: dict[str, tuple[float, float, int]] = {}
    for axes, panel in zip(drawn, panels, strict=False):
        within = np.ones(rows.num_rows, bool) if panel is None else frame[str(apart)] == panel
        for place, (_, look) in enumerate(lined([str(group) for group in groups])):
            chosen = within.copy()
            for name, value in zip(names, groups[place], strict=True):
                chosen &= frame[name] == value
            if chosen.any():
                word = " ".join(map(str, groups[place])) or "all"
                peak = _draw_group(axes, {name: frame[name][chosen] for name in frame}, word, look)
                peaks[word] = max(peaks.get(word, peak), peak)
        hours_of_day(axes, str(attrs["zone"]))
        axes.set_ylim(bottom=0)
        finish_axes(axes, "" if panel is None else str(panel), str(attrs["unit"]))
    handles, labels = _all_labels(drawn)
    if ax is None:
        figure.legend(handles, labels, loc="outside lower left", ncols=3, frameon=False, fontsize=9)
        figure.suptitle(title_of(title, _finding(peaks, attrs)), x=0.01, ha="left", fontsize=12)
    else:
        ax.legend(handles, labels, frameon=False, fontsize=8)
        ax.set_title(title_of(title, _finding(peaks, attrs)), loc="left")
    return figure


def _axes_of(panels: int, ax: Axes | None) -> tuple[Figure, list[Axes]]:
    if ax is not None or panels == 1:
        figure, axes = drawing_on(ax, 9, 4.8)
        return figure, [axes]
    lines = -(-panels // _COLUMNS)
    figure = new_figure(11, 2.9 * lines + 1)
    return figure, list(figure.subplots(lines, _COLUMNS, sharey=True, squeeze=False).flat)[:panels]


def _in_order(rows: pa.Table, name: str) -> list[Any]:
    """Return the values of a column in the order of its categories."""
    values = rows[name].combine_chunks()
    present = set(values.to_pylist())
    return [word for word in values.dictionary.to_pylist() if word in present]


def _draw_group(axes: Axes, frame: Mapping[str, Any], word: str, look: Mapping[str, Any]) -> tuple[float, float, int]:
    order = np.argsort(frame["hour"])
    hours, mean, low, high = (frame[name][order].astype(float) for name in ("hour", "mean", "low", "high"))
    meters = int(frame["meters"].max())
    axes.plot(hours, mean, linewidth=1.6, label=f"{word}, {meters_said(meters)}", **look)
    axes.fill_between(hours, low, high, color=look["color"], alpha=0.12, linewidth=0)
    top = int(np.argmax(mean))
    return float(mean[top]), float(hours[top]), meters


def _all_labels(drawn: list[Axes]) -> tuple[list[Any], list[str]]:
    """Return one handle a group; of how many meters, at the most of any panel."""
    found: dict[str, tuple[Any, str]] = {}
    for axes in drawn:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(str(label).rsplit(",", 1)[0], (handle, str(label)))
    return [handle for handle, _ in found.values()], [label for _, label in found.values()]


def _finding(peaks: Mapping[str, tuple[float, float, int]], attrs: Mapping[str, Any]) -> str:
    """Return which group peaks highest, of those with meters enough; else what is shown."""
    sure = {word: peak for word, peak in peaks.items() if peak[2] >= FEWEST_FOR_A_FINDING and word != "unlabelled"}
    if len(sure) < 2:
        return f"Mean days, and the band of {attrs['band']} of the meters"
    word = max(sure, key=lambda one: sure[one][0])
    height, hour, _ = sure[word]
    clock = f"{int(hour):02d}:{round(hour % 1 * 60):02d}"
    return (
        f"{word} peaks highest, {height:.2g} {attrs['unit']} at {clock}; the band holds {attrs['band']} of the meters"
    )
