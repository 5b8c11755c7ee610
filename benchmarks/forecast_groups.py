"""How well groups of real homes are forecast as one series: against the week before, and what the band holds.

Run `python benchmarks/forecast_groups.py [--groups 12] [--sizes 10 30 100 300] [--input FILE]` from the project's root. The
champion is fitted on the first three quarters of the readings; groups are drawn among all homes and forecast for 48 half-hours,
from origins 12 days apart in the last quarter: as `meterlake forecast --tariff` does (the band of the group's own last days), by
the network's own band, and as the sum of the homes' medians. Loss is WQL over that of the week before, for every quantile.
The last line is one JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.parts.anomaly_readings import REAL_READINGS
from benchmarks.parts.figures import print_figures, say
from benchmarks.parts.forecast_readings import origins_of, read_panel
from meterlake.forecasting.evaluation.accuracy import MeterScores, score_forecast
from meterlake.forecasting.forecaster import QUANTILES, FittedModel
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.forecasters.seasonal_naive import SeasonalNaive, SeasonalNaiveParameters
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.serving.own_days import forecast_by_own_days

FLOORS = {"sum_of_100": 0.6, "sum_of_100_band_off": 0.04}
HORIZON = 48
_BAND = 0.8
_MIDDLE = QUANTILES.index(0.5)
_WEEK_BEFORE = SeasonalNaiveParameters(season_days=7, spread="none")
# The quantiles of each group from an origin, `(n_groups, n_quantiles, HORIZON)`.
Answer = Callable[[int], Floats]


def main() -> None:
    """Fit, forecast groups of each size, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, default=REAL_READINGS, help="Parquet of meter_id, ts, kwh")
    parser.add_argument("--groups", type=int, default=12, help="groups of each size")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 30, 100, 300], help="homes in a group")
    parser.add_argument("--rows", type=int, help="examples of the fit; the default of the forecaster otherwise")
    options = parser.parse_args()
    panel = read_panel(options.input, None, "Europe/London", "GB")
    day = panel.intervals_a_day
    given = {} if options.rows is None else {"rows": options.rows}
    champion = FORECASTERS.named("quantile_network").with_parameters(given)
    model = champion.fit(panel.between(0, int(panel.intervals // day * 0.75) * day), HORIZON)
    figures: dict[str, Any] = {"benchmark": "forecast_groups", "homes": len(panel.meter_ids), "groups": options.groups}
    for size in options.sizes:
        of_size = _of_size(model, panel, min(size, len(panel.meter_ids)), options.groups)
        say(f"{size} homes: {of_size}")
        figures[f"{size}_homes"] = of_size
    if "100_homes" in figures:
        own = figures["100_homes"]["own_days"]
        figures |= {"sum_of_100": own["over_week_before"], "sum_of_100_band_off": abs(own["band"] - _BAND)}
    print_figures(figures | {"floors": FLOORS})


def _of_size(model: FittedModel, panel: Panel, size: int, count: int) -> dict[str, dict[str, float]]:
    generator = np.random.default_rng(1)
    members = [generator.choice(len(panel.meter_ids), size, replace=False) for _ in range(count)]
    # Where homes are missing, the others stand for them.
    energy = np.stack([np.nanmean(panel.energy_kwh[some], axis=0) * size for some in members]).astype(np.float32)
    sums = replace(panel, meter_ids=tuple(map(str, range(count))), energy_kwh=energy, groups=None)
    origins = origins_of(sums, HORIZON)
    naive = SeasonalNaive(_WEEK_BEFORE).fit(sums.between(0, HORIZON), HORIZON)

    def own_days(origin: int) -> Floats:
        singles = (sums.between(0, origin).of_meters(np.array([place])) for place in range(count))
        return np.concatenate([forecast_by_own_days(model, one, HORIZON).energy_kwh for one in singles])

    def of_medians(origin: int) -> Floats:
        medians = model.predict(panel.between(0, origin), HORIZON).energy_kwh[:, _MIDDLE]
        summed = np.stack([medians[some].sum(axis=0) for some in members])
        return np.repeat(summed[:, None], len(QUANTILES), axis=1)

    week_before = _scores(lambda origin: naive.predict(sums.between(0, origin), HORIZON).energy_kwh, energy, origins)
    answers: dict[str, Answer] = {
        "own_days": own_days,
        "network": lambda origin: model.predict(sums.between(0, origin), HORIZON).energy_kwh,
        "sum_of_medians": of_medians,
    }
    return {
        name: {"over_week_before": round(scores.wql / week_before.wql, 4), "band": round(scores.coverage, 4)}
        for name, scores in ((name, _scores(answer, energy, origins)) for name, answer in answers.items())
    }


def _scores(answer: Answer, energy: Floats, origins: Iterable[int]) -> MeterScores:
    scores = [
        score_forecast(QUANTILES, answer(origin), energy[:, origin : origin + HORIZON], np.ones(len(energy)))
        for origin in origins
    ]
    return sum(scores[1:], scores[0])


if __name__ == "__main__":
    main()
