"""What kinds of days do: how much more or less is used on each weekday and on holidays than on Mondays of the same weather.

Ordinary least squares of the logarithm of a meter's mean day on dummies of the kind of day and, where there is weather, on heating
degree days with the base that fits best; the intervals are those of the classical linear model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.analysis.analyses.degree_days import daily_temperatures
from meterlake.analysis.answer import Answer
from meterlake.analysis.day_calendar import DAY_TYPES, asked_country, day_type_of, holidays_of
from meterlake.analysis.day_context import matrix_of
from meterlake.analysis.ordered_columns import categories
from meterlake.analysis.pictures import picture
from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.degree_day_fit import fit_degree_days

if TYPE_CHECKING:
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection

_LEAST_DAYS = 28


def day_types(
    lake: AskedLake, asked: Selection, *, country: str | None, subdiv: str | None, weather: bool, complete: float
) -> Answer:
    """Return a row a kind of day: days, effect, effect_low, effect_high, p; see meterlake.analysis.effects_lake."""
    where = asked_country(country, asked.tz)

    def rows() -> pa.Table:
        used = lake._analysed("whole_days", asked, complete=complete)
        dates = np.unique(used["local_date"].to_numpy())
        _, energy = matrix_of(used, "kwh", dates)
        mean = np.nanmean(energy, axis=0) if len(energy) else np.zeros(0)
        kept = np.isfinite(mean) & (mean > 0)
        cold = None
        if weather:
            cold, has_cold = _cold(lake, asked, dates, mean)
            kept &= has_cold
        days = dates[kept].astype("datetime64[D]").tolist()
        named = holidays_of(days, where, subdiv)
        kinds = np.array([DAY_TYPES.index(day_type_of(day, named)) for day in days], int)
        return _effects(np.log(mean[kept]), kinds, None if cold is None else cold[kept])

    attrs = asked.attrs() | {"against": DAY_TYPES[0], "country": " ".join(filter(None, (where, subdiv)))}
    attrs |= {"weather": "heating degree days" if weather else "left out", "interval": "95 %"}
    return Answer(rows, attrs | lake._known, draw=picture("effect_bars", "draw_day_types"))


def _cold(lake: AskedLake, asked: Selection, dates: Any, mean: Any) -> tuple[Any, Any]:
    """Return the degrees by which each day was colder than the base that fits best, and which days have them."""
    known, warm_of_known = daily_temperatures(lake, asked)
    warm = np.full(len(dates), np.nan)
    common = np.isin(dates, known)
    warm[common] = warm_of_known[np.searchsorted(known, dates[common])]
    base = float(fit_degree_days(mean[None, :], warm).base_c[0])
    if not np.isfinite(base):
        return np.zeros(len(dates)), np.isfinite(warm)
    return np.maximum(base - warm, 0), np.isfinite(warm)


def _effects(logs: Any, kinds: Any, cold: Any) -> pa.Table:
    """Fit, and return each kind of day that came against the first that did."""
    from scipy.stats import t as student

    present = np.unique(kinds)
    if len(logs) < _LEAST_DAYS or not len(present):
        raise BadParameter(
            "start", f"{len(logs)} days", f"{_LEAST_DAYS} days with energy and weather, or weather=False", "2013"
        )
    columns = [np.ones(len(logs)), *(kinds == kind for kind in present[1:])]
    if cold is not None and np.ptp(cold) > 0:
        columns.append(cold)
    design = np.column_stack(columns).astype(float)
    found, *_ = np.linalg.lstsq(design, logs, rcond=None)
    left = logs - design @ found
    freedom = len(logs) - design.shape[1]
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * (left @ left) / freedom)
    count = len(present)
    effects, spread = np.append(0.0, found[1:count]), np.append(0.0, errors[1:count]) * student.ppf(0.975, freedom)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * student.sf(np.abs(np.append(np.nan, found[1:count] / errors[1:count])), freedom)
    r2 = 1 - left @ left / ((logs - logs.mean()) ** 2).sum()
    return pa.table(
        {
            "day_type": categories(present, DAY_TYPES),
            "days": np.array([int((kinds == kind).sum()) for kind in present]),
            "effect": np.expm1(effects),
            "effect_low": np.expm1(effects - spread),
            "effect_high": np.expm1(effects + spread),
            "p": pa.array(p, from_pandas=True),
            "r2": np.full(count, r2),
        }
    )
