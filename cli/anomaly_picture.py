"""The chart of one meter's days in their band, with the odd days marked.

Enters: rows of anomaly_scores. Leaves: a picture file. Colours are told apart by readers with any colour vision
(Okabe and Ito); marks differ in shape too.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa

from lake.errors import MissingLibrary

_BLUE, _ORANGE, _SKY, _GREY = "#0072B2", "#D55E00", "#56B4E9", "#555555"


def draw_anomalies(rows: pa.Table, out: Path) -> None:
    """Draw one meter's days.

    Args:
        rows: In the order of their days, as the question anomalies_of_meter gives them.
        out: The file; its ending says the format.

    Raises:
        MissingLibrary: If matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise MissingLibrary("matplotlib", "plot", "meterlake plot")
    from matplotlib.figure import Figure

    days = rows["local_date"].to_numpy(zero_copy_only=False)
    consumed, expected, lower, upper = (
        rows[name].to_numpy(zero_copy_only=False)
        for name in ("consumption_kwh", "expected_kwh", "lower_kwh", "upper_kwh")
    )
    anomaly = rows["anomaly"].to_numpy(zero_copy_only=False)
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(days, lower, upper, color=_SKY, alpha=0.35, linewidth=0, label="band of ordinary days")
    axes.plot(days, expected, color=_BLUE, linewidth=1, label="expected")
    axes.plot(days, consumed, color=_GREY, linewidth=0.8, marker=".", markersize=3, label="measured")
    for side, marker, word in ((1, "^", "above"), (-1, "v", "below")):
        odd = anomaly == side
        label = f"{word} the band: {int(odd.sum())} days"
        axes.scatter(days[odd], consumed[odd], color=_ORANGE, marker=marker, s=45, zorder=3, label=label)
    meter, detector = rows["meter_id"][0].as_py(), rows["detector"][0].as_py()
    count = int((anomaly != 0).sum())
    ceiling = max(float(np.nanmax(consumed)), float(np.nanmax(upper, initial=0.0))) * 1.08 or 1.0
    axes.set_ylim(0, ceiling)
    axes.set_title(f"{meter}: {count} of {days.size} days outside the band of {detector}", loc="left")
    axes.set_ylabel("kWh a day")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=5, loc="upper left", bbox_to_anchor=(0, -0.08), fontsize=9)
    figure.savefig(out, dpi=130)
