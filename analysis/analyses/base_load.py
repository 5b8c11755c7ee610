"""What a home draws at the least, and what its nights and winters say of how it heats and what it charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from meterlake.analysis.analyses.loads import unit_of, window_values
from meterlake.analysis.answer import Answer
from meterlake.analysis.day_calendar import SEASONS
from meterlake.analysis.pictures import picture
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection

# Thresholds of convenience, and not of a standard: they sort homes to look at, and no home by itself.
STORAGE_NIGHT_SHARE = 0.45
ELECTRIC_WINTER_TO_SUMMER = 2.0
SEASONAL_WINTER_TO_SUMMER = 1.5
TIMED_NIGHTS = 20


def base_load(
    lake: AskedLake, asked: Selection, *, quantile: float, night: tuple[float, float], high_kw: float, freq: str
) -> Answer:
    """Return a row a meter: base_kw, night_kw, night_share and the like; see meterlake.analysis.effects_lake."""
    if not 0 <= quantile <= 1:
        raise BadParameter("quantile", quantile, "a part between 0 and 1", "0.05")
    if not 0 <= night[0] < night[1] <= 24:
        raise BadParameter("night", night, "two hours of one day, the first first", "(0, 6)")
    values = window_values(asked, freq) | {"quantile": quantile, "high_kw": high_kw}
    values |= {
        "night_from": night[0],
        "night_to": night[1],
        "winter": SEASONS.index("DJF"),
        "summer": SEASONS.index("JJA"),
    }

    def rows() -> pa.Table:
        found = lake._analysed("base_load", asked, **values)
        share, nights, ratio = (
            found[name].to_numpy().astype(float) for name in ("night_share", "nights_over_kw", "winter_to_summer")
        )
        likely = np.select(
            [
                (share > STORAGE_NIGHT_SHARE) & (ratio > SEASONAL_WINTER_TO_SUMMER),
                ratio > ELECTRIC_WINTER_TO_SUMMER,
                (nights >= TIMED_NIGHTS) & (ratio <= SEASONAL_WINTER_TO_SUMMER),
            ],
            ["storage heating", "electric heating", "car or timed load"],
            "",
        )
        return found.append_column("likely", pa.array([str(one) or None for one in likely], pa.string()))

    hours = f"{night[0]:g}:00 to {night[1]:g}:00"
    attrs = asked.attrs() | {"quantile": quantile, "night": hours, "high_kw": high_kw, "unit": unit_of(asked)}
    return Answer(rows, attrs | lake._known, draw=picture("base_loads", "draw_base_loads"))
