"""A stored forecast with what was measured before and since, from the rows of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.plots.forecast_fan import draw_forecast
from meterlake.plots.style import AUTO

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_stored_forecast(
    rows: pa.Table, before: pa.Table, *, attrs: Mapping[str, Any], ax: Axes | None = None, title: str | None = AUTO
) -> Figure:
    """Draw the newest forecast of one meter.

    Args:
        rows: Forecasts of one meter with actual_kwh, the newest issue last.
        before: Readings of the days before.
        attrs: zone.
        ax: Axes to draw on.
        title: A title of the caller's own, or None for none.
    """
    issues = rows["issued_at"].to_pylist()
    newest = rows.filter(pa.array([one == max(issues) for one in issues]))
    starts = _micros(newest["interval_start"])
    window = int(_micros(newest["interval_end"])[0] - starts[0])
    slots = _micros(before["interval_start"]) // window
    lengths = _micros(before["interval_end"]) - _micros(before["interval_start"])
    known, place = np.unique(slots, return_inverse=True)
    whole = np.bincount(place, lengths, len(known)) == window
    kwh = np.bincount(place, before["kwh"].to_numpy(), len(known))[whole]
    times = np.concatenate([known[whole] * window, starts]).astype("datetime64[us]")
    measured = np.concatenate([kwh, newest["actual_kwh"].to_numpy(zero_copy_only=False).astype(float)])
    model = f"{newest['model_name'][0].as_py()} {newest['model_version'][0].as_py()}"
    return draw_forecast(
        newest, times, measured.astype(np.float32), time_zone=str(attrs["zone"]), model=model, ax=ax, title=title
    )


def _micros(moments: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(moments.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy())
