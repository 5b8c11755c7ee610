"""What the model that ships says of homes whose days were made up: it follows the home, whatever happened to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from meterlake.forecasting.forecaster import FittedModel, QuantileForecast
from meterlake.forecasting.models.shipped_models import ShippedModels, shipped_records
from meterlake.forecasting.panels.panel import Floats, Panel

DAYS = 100
END = dt.datetime(2024, 3, 26, tzinfo=dt.UTC)
HOMES = 6


@pytest.fixture(scope="module", params=[60, 30])
def model(request: pytest.FixtureRequest) -> FittedModel:
    (record,) = (one for one in shipped_records() if one.interval_minutes == request.param)
    return ShippedModels().fitted(record, is_in_service=True)


def intervals_a_day(model: FittedModel) -> int:
    return model.horizon_intervals // 7  # type: ignore[attr-defined, no-any-return]


def homes(model: FittedModel) -> Panel:
    """Return homes with a morning and an evening, weekends and the scatter of real ones."""
    day, generator = intervals_a_day(model), np.random.default_rng(3)
    hour = np.arange(day) / day * 24
    shape = 0.45 + 0.7 * np.exp(-(((hour - 7.5) / 1.6) ** 2)) + 1.6 * np.exp(-(((hour - 19) / 2.6) ** 2))
    level = np.linspace(0.1, 0.6, HOMES)[:, None, None] * 24 / day
    scatter = generator.lognormal(0, 0.15, (HOMES, DAYS, 1)) * generator.lognormal(0, 0.35, (HOMES, DAYS, day))
    start = END - dt.timedelta(days=DAYS)
    energy = (level * shape * scatter).reshape(HOMES, -1).astype(np.float32)
    names = tuple(f"M{place}" for place in range(HOMES))
    return Panel(names, start, 1440 // day, energy, "Europe/London", "GB")


def week_of(model: FittedModel, panel: Panel) -> QuantileForecast:
    return model.predict(panel, 7 * intervals_a_day(model), (0.1, 0.5, 0.9))


def medians(forecast: QuantileForecast) -> Floats:
    return np.asarray(forecast.energy_kwh[:, 1].sum(axis=1))


def altered(panel: Panel, since_days: int, until_days: int, factor: float) -> Panel:
    energy, day = panel.energy_kwh.copy(), panel.intervals_a_day
    energy[:, energy.shape[1] - since_days * day : energy.shape[1] - until_days * day] *= factor
    return replace(panel, energy_kwh=energy)


def test_a_steady_home_keeps_its_size(model: FittedModel) -> None:
    panel = homes(model)
    daily = panel.energy_kwh.sum(axis=1) / DAYS

    forecast = week_of(model, panel)

    assert np.allclose(forecast.mean_kwh.sum(axis=1) / 7 / daily, 1, atol=0.15)


@pytest.mark.parametrize("factor", [4.0, 2.5, 0.4, 0.25])
@pytest.mark.parametrize("since_days", [7, 14, 21])
def test_a_change_of_use_is_followed_within_a_week(model: FittedModel, factor: float, since_days: int) -> None:
    panel = homes(model)

    followed = medians(week_of(model, altered(panel, since_days, 0, factor))).sum() / factor

    assert 0.75 < followed / medians(week_of(model, panel)).sum() < 1.25


@pytest.mark.parametrize("away_days", [3, 7, 14])
def test_who_is_away_is_never_forecast_far_above_its_normal(model: FittedModel, away_days: int) -> None:
    panel = homes(model)
    normal = medians(week_of(model, panel)).sum()

    forecast = week_of(model, altered(panel, away_days, 0, 0.0))

    assert medians(forecast).sum() < 1.1 * normal
    assert forecast.energy_kwh[:, 2].sum() < 2 * normal


@pytest.mark.parametrize("back_days", [3, 7])
def test_who_came_back_is_forecast_at_its_own_size(model: FittedModel, back_days: int) -> None:
    panel = homes(model)

    came_back = medians(week_of(model, altered(panel, 35, back_days, 0.0))).sum()

    assert 0.7 < came_back / medians(week_of(model, panel)).sum() < 1.3


@pytest.mark.parametrize("silent_days", [7, 14, 29, 60])
def test_who_is_silent_for_weeks_keeps_its_own_size(model: FittedModel, silent_days: int) -> None:
    panel = homes(model)

    silent = medians(week_of(model, altered(panel, silent_days, 0, np.nan)))

    assert np.allclose(silent / medians(week_of(model, panel)), 0.9, atol=0.4)


@pytest.mark.parametrize("absurd_kwh", [60.0, 900.0, 1e6])
@pytest.mark.parametrize("back_days", [1, 10, 25])
def test_one_absurd_reading_moves_nothing(model: FittedModel, absurd_kwh: float, back_days: int) -> None:
    panel = homes(model)
    energy = panel.energy_kwh.copy()
    energy[:, -back_days * panel.intervals_a_day] = absurd_kwh

    spoiled = medians(week_of(model, replace(panel, energy_kwh=energy)))

    assert np.allclose(spoiled / medians(week_of(model, panel)), 1, atol=0.05)


def test_a_home_of_any_size_is_forecast_alike(model: FittedModel) -> None:
    panel = homes(model)

    larger = week_of(model, altered(panel, DAYS, 0, 1000.0))

    assert np.allclose(larger.energy_kwh, 1000 * week_of(model, panel).energy_kwh, rtol=1e-3)


def test_each_meter_is_read_on_its_own_clock(model: FittedModel) -> None:
    panel = homes(model)
    zones = ("America/New_York", *("Europe/London",) * (HOMES - 1))

    mixed = week_of(model, replace(panel, time_zones=zones))

    alone = week_of(model, replace(panel.of_meters(np.array([0])), time_zone="America/New_York"))
    others = week_of(model, panel)
    assert np.allclose(mixed.energy_kwh[0], alone.energy_kwh[0], rtol=1e-4)
    assert np.allclose(mixed.energy_kwh[1:], others.energy_kwh[1:], rtol=1e-4)
    assert not np.allclose(mixed.energy_kwh[0], others.energy_kwh[0], rtol=1e-2)
