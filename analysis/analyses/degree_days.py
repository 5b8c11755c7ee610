"""What the cold, or the heat, costs each home: a regression of its days on degree days whose base is searched.

The fit is meterlake.lake.metering.degree_day_fit; a home without one is a row that says why. What it gives is described in ASHRAE
Guideline 14; for daily, billing and hourly baselines as contracts want them, hand `lake.consumption(weather=True)` to OpenDSM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.analysis.answer import Answer
from meterlake.analysis.day_context import matrix_of
from meterlake.analysis.pictures import picture
from meterlake.lake.metering.degree_day_fit import BASES_C, fit_degree_days

if TYPE_CHECKING:
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection

# A day's mean of fewer hours is that of a part of the day.
LEAST_HOURS = 20


def degree_days(
    lake: AskedLake, asked: Selection, *, base: float | None, cooling: bool, min_days: int, complete: float
) -> Answer:
    """Return a row a meter: days, base_c, base_kwh, kwh_per_hdd, r2, cvrmse, why_not; see meterlake.analysis.effects_lake."""

    def rows() -> pa.Table:
        dates, warm = daily_temperatures(lake, asked)
        used = lake._analysed("whole_days", asked, complete=complete)
        every = used["meter_id"].unique().to_pylist()
        used = used.filter(pa.array(np.isin(used["local_date"].to_numpy(), dates)))
        meters, energy = matrix_of(used, "kwh", dates)
        without = sorted(set(every) - set(meters))
        energy = np.vstack([energy, np.full((len(without), len(dates)), np.nan)])
        return _fitted([*meters, *without], energy, warm, base=base, cooling=cooling, min_days=min_days)

    attrs = asked.attrs() | {"base_c": "searched" if base is None else base, "min_days": min_days}
    return Answer(rows, attrs | lake._known, draw=picture("degree_day_fits", "draw_fits"))


def daily_temperatures(lake: AskedLake, asked: Selection) -> tuple[Any, Any]:
    """Return the local days that have a temperature of hours enough, in order, and the temperatures."""
    weather = lake._analysed("weather_days", asked, {"of_site": "true"})
    enough = weather["hours"].to_numpy() >= LEAST_HOURS
    return weather["local_date"].to_numpy()[enough], weather["temperature_c"].to_numpy()[enough]


def _fitted(meters: list[str], energy: Any, warm: Any, *, base: float | None, cooling: bool, min_days: int) -> pa.Table:
    fits = fit_degree_days(energy, warm, bases_c=BASES_C if base is None else (base,), cooling=cooling)
    is_fit = np.isfinite(fits.base_c) & (fits.days >= min_days)
    why = [_why_not(int(days), fitted, min_days, len(warm)) for days, fitted in zip(fits.days, is_fit, strict=True)]
    names = (
        "base_c",
        "base_kwh",
        "kwh_per_hdd",
        *(("cooling_base_c", "kwh_per_cdd") if cooling else ()),
        "r2",
        "cvrmse",
    )
    figures = {name: pa.array(np.where(is_fit, getattr(fits, name), np.nan), from_pandas=True) for name in names}
    rows = pa.table(
        {"meter_id": pa.array(meters, pa.string()), "days": fits.days, **figures, "why_not": pa.array(why, pa.string())}
    )
    return rows.sort_by("meter_id")


def _why_not(days: int, is_fit: bool, min_days: int, weather_days: int) -> str | None:
    """Return why a home has no fit, in words; None where it has one."""
    if is_fit:
        return None
    if not weather_days:
        return f"no day has {LEAST_HOURS} hours of temperature"
    return f"{days} days of {min_days}" if days < min_days else "uses no more when it is colder or warmer"
