"""The champion on real homes, small: it must beat the plain seasonal naive and its band must hold what it says."""

from __future__ import annotations

import pytest

from benchmarks.parts.anomaly_readings import REAL_READINGS
from benchmarks.parts.forecast_readings import origins_of, read_panel
from meterlake.forecasting.evaluation.backtest import backtest
from meterlake.forecasting.forecasters import FORECASTERS

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not REAL_READINGS.exists(), reason="../shared/data is missing"),
]


def test_champion_beats_the_seasonal_naive_on_homes_of_london() -> None:
    panel = read_panel(REAL_READINGS, 40, "Europe/London", "GB")
    champion = FORECASTERS.named("quantile_network").with_parameters({"rows": 60_000})
    origins = origins_of(panel, 48)

    report = backtest(champion, panel, 48, origins, origins[0])

    assert len(origins) == 8
    assert report.wql_over_baseline < 0.68
    assert 0.74 < report.scores.coverage < 0.86
