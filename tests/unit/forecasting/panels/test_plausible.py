from __future__ import annotations

import numpy as np
import pytest

from meterlake.forecasting.panels.plausible import without_absurd
from tests.unit.forecasting.household_panel import households

DAY = 24


@pytest.mark.parametrize("days", [1, 3, 28, 84])
@pytest.mark.parametrize("absurd_kwh", [60.0, 900.0, 1e7])
def test_one_absurd_reading_is_set_aside_and_nothing_else(days: int, absurd_kwh: float) -> None:
    energy = households(meters=5, days=days).energy_kwh
    energy[2, 10] = absurd_kwh

    seen = without_absurd(energy, DAY)

    assert np.isnan(seen[2, 10]) and np.isnan(seen).sum() == 1


def test_a_load_that_lasts_is_believed() -> None:
    energy = households(meters=1, days=84).energy_kwh
    energy[0, -2 * DAY :] *= 40

    assert np.array_equal(without_absurd(energy, DAY), energy)


def test_who_was_away_and_boils_a_kettle_is_believed() -> None:
    energy = np.full((1, 28 * DAY), 0.01, np.float32)
    energy[0, 400] = 0.9

    assert np.array_equal(without_absurd(energy, DAY), energy)


def test_a_meter_that_measured_nothing_is_left_as_it_is() -> None:
    energy = np.full((2, 48), np.nan, np.float32)

    assert np.isnan(without_absurd(energy, DAY)).all()
    assert without_absurd(energy[:, :0], DAY).shape == (2, 0)
