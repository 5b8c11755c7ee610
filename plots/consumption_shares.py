"""What a meter used, and beneath it which part of each period was measured, estimated, edited, suspect or missing.

Enters: rows of periods as meterlake.lake.metering gives them. Leaves: a figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from meterlake.plots.style import BLUE, GREY, ORANGE, PURPLE, YELLOW, finish_axes, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What is in doubt stands on what was measured, the most doubtful on top.
_COLOURS = {"measured": BLUE, "estimated": YELLOW, "edited": PURPLE, "suspect": ORANGE, "missing": "#FFFFFF"}
_HATCHED = {"hatch": "////", "edgecolor": GREY, "linewidth": 0.3}
# What is less is no whole tenth of a per cent.
_LEAST_SAID = 0.0005
_GAP = 0.9
Numbers = npt.NDArray[np.float64]
_Moments = npt.NDArray[np.datetime64]


def draw_consumption(rows: pa.Table, *, meter_id: str, unit: str) -> Figure:
    """Draw one meter's periods with the shares of their minutes; spans, which lie across periods, are left out.

    Args:
        rows: One period or more.
        meter_id: The meter.
        unit: The unit of the values.
    """
    from matplotlib.dates import ConciseDateFormatter

    starts, ends, values, shares = _with_gaps(
        rows.filter(pa.array([kind == "period" for kind in rows["kind"].to_pylist()], pa.bool_()))
    )
    figure = new_figure(11, 5)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.2))
    bars: dict[str, Any] = {"width": (ends - starts) * _GAP, "align": "edge"}
    above.bar(starts, values, color=BLUE, **bars)
    bottom = np.zeros(len(starts))
    for name, colour in _COLOURS.items():
        look = _HATCHED if name == "missing" else {}
        below.bar(starts, shares[name], bottom=bottom, color=colour, label=name, **bars, **look)
        bottom = bottom + shares[name]
    dates = ConciseDateFormatter(below.xaxis.get_major_locator())  # type: ignore[no-untyped-call]
    below.xaxis.set_major_formatter(dates)
    finish_axes(above, _title(meter_id, shares, (ends - starts).astype(float)), unit)
    finish_axes(below, "", "of the minutes")
    below.set_yticks([0, 0.5, 1], labels=["0", "50 %", "100 %"])
    legend_below(below, len(_COLOURS), below=0.25)
    return figure


def _with_gaps(rows: pa.Table) -> tuple[_Moments, _Moments, Numbers, dict[str, Numbers]]:
    """Return periods as arrays, with the time between two that no reading lies in as one period that is missing."""
    # On the meter's own clock, which Matplotlib knows nothing of.
    starts, ends = (
        np.array([one.replace(tzinfo=None) for one in rows[name].to_pylist()], "datetime64[s]")
        for name in ("interval_start", "interval_end")
    )
    behind = np.flatnonzero(starts[1:] > ends[:-1]) + 1
    shares = {name: rows[f"{name}_share"].to_numpy() for name in _COLOURS if name != "measured"}
    shares["measured"] = np.clip(1 - sum(shares.values()), 0, 1)
    filled = {name: np.insert(share, behind, float(name == "missing")) for name, share in shares.items()}
    values = np.insert(rows["value"].to_numpy(), behind, 0.0)
    return np.insert(starts, behind, ends[behind - 1]), np.insert(ends, behind, starts[behind]), values, filled


def _title(meter_id: str, shares: dict[str, Numbers], lengths: Numbers) -> str:
    """Return what is in doubt of all the time that is drawn."""
    parts = {name: float(np.average(share, weights=lengths)) for name, share in shares.items() if name != "measured"}
    said = ", ".join(f"{part:.1%} {name}" for name, part in parts.items() if part >= _LEAST_SAID)
    return f"{meter_id}: {said or 'all was measured'}"
