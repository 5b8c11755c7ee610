"""Small panels of made-up households for the tests of forecasters."""

from __future__ import annotations

import datetime as dt

import numpy as np

from meterlake.forecasting.panels.panel import Panel

START = dt.datetime(2013, 1, 7, tzinfo=dt.UTC)


def households(meters: int = 12, days: int = 40, seed: int = 1, interval_minutes: int = 60) -> Panel:
    """Return meters with an evening peak, a level of their own and noise; the second half has another tariff."""
    generator = np.random.default_rng(seed)
    day = 1440 // interval_minutes
    profile = 0.2 + np.exp(-0.5 * ((np.arange(day) / day * 24 - 19) / 2) ** 2)
    level = generator.uniform(0.1, 1.0, (meters, 1))
    energy = level * np.tile(profile, days) * generator.lognormal(0, 0.4, (meters, days * day))
    tariffs = tuple("Std" if place < meters // 2 else "ToU" for place in range(meters))
    return Panel(
        tuple(f"M{place:03}" for place in range(meters)),
        START,
        interval_minutes,
        energy.astype(np.float32),
        "Europe/London",
        "GB",
        {"tariff": tariffs},
    )
