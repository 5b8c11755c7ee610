"""Values over time, a line a meter; a gap breaks the line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.lake.errors import BadParameter
from meterlake.plots.style import AUTO, drawing_on, finish_axes, legend_below, lined, meters_said, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TIMES = ("interval_start", "local_date", "week_start", "month_start")
_MOST_METERS = 28


def draw_lines(rows: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO) -> Figure:
    """Draw readings or days.

    Args:
        rows: meter_id, a time, and kwh or value.
        attrs: zone and unit.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.

    Raises:
        BadParameter: If there are more meters than lines that can be told apart.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    figure, axes = drawing_on(ax)
    names = np.array(rows["meter_id"].to_pylist(), str)
    meters = np.unique(names).tolist()
    if len(meters) > _MOST_METERS:
        raise BadParameter(
            "meters", len(meters), f"at most {_MOST_METERS} meters in one picture", "lake.profiles().plot()"
        )
    time = next(name for name in _TIMES if name in rows.column_names)
    column = "kwh" if "kwh" in rows.column_names else "value"
    times, values = rows[time].cast(_plain(rows[time].type)).to_numpy(), rows[column].to_numpy()
    for meter, look in lined(meters):
        own, height = times[names == meter], values[names == meter]
        step = np.median(np.diff(own)) if len(own) > 1 else None
        behind = np.flatnonzero(np.diff(own) > step * 1.5) + 1 if step is not None else np.arange(0)
        axes.plot(
            np.insert(own, behind, own[behind - 1]), np.insert(height, behind, np.nan), linewidth=1, label=meter, **look
        )
    zone = ZoneInfo(str(attrs["zone"])) if time == "interval_start" else None
    locator = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))  # type: ignore[no-untyped-call]
    axes.set_xlabel(f"time, {attrs['zone']}", loc="left")
    if meters:
        legend_below(axes, 6, below=0.13)
    shown = meters[0] if len(meters) == 1 else meters_said(len(meters))
    finish_axes(axes, title_of(title, f"{attrs['quantity']} of {shown}, {rows.num_rows:,} values"), str(attrs["unit"]))
    return figure


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return times as Matplotlib takes them: in UTC, or as days."""
    return pa.timestamp("us", "UTC") if pa.types.is_timestamp(kind) else kind
