"""From which moments a backtest forecasts: evenly over the last days, which no fit sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import BadParameter


def backtest_origins(panel: Panel, horizon: int, test_days: int, count: int) -> tuple[int, Sequence[int]]:
    """Return where training ends and from where to forecast: as many moments, evenly over the test days.

    Origins lie whole days apart where there is room, so that each is at the same time of day.

    Raises:
        BadParameter: If less than two weeks are left to learn from.
    """
    day = panel.intervals_a_day
    train_end = panel.intervals - max(test_days * day, horizon)
    if train_end < 14 * day:
        raise BadParameter(
            "history",
            f"{panel.intervals / day:.1f} days",
            f"at least {14 + max(test_days, horizon // day)} days: two weeks to learn from and the days of the backtest"
            " (METERLAKE_FORECAST_TEST_DAYS)",
            "two months of readings",
        )
    last = panel.intervals - horizon
    spaced = np.linspace(train_end, last, count)
    origins = sorted({train_end + int((place - train_end) // day) * day for place in spaced})
    return train_end, origins
