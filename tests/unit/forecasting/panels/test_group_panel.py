from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from meterlake.forecasting.panels.group_panel import group_panel
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.errors import BadParameter
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import CONSUMPTION_DAILY, READINGS
from tests.lake_fixture import publish, summed

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ENOUGH = {"stopped_days": 2, "batch_meters": 1}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> DuckDBLake:
    """Four days of hours: M1 uses 1 kWh, M2 3 and misses hour 50, M3 6 and misses hours 50 and 60, M4 9 and stops after a day."""
    folder = tmp_path_factory.mktemp("group")
    used = {"M1": (1.0, 96, ()), "M2": (3.0, 96, (50,)), "M3": (6.0, 96, (50, 60)), "M4": (9.0, 24, ())}
    rows = [
        (meter, "energy", START + hour * HOUR, START + (hour + 1) * HOUR, kwh, "actual", "interval", "in1")
        for meter, (kwh, hours, missed) in used.items()
        for hour in range(hours)
        if hour not in missed
    ]
    publish(folder, {READINGS: rows, CONSUMPTION_DAILY: [summed(meter, START.date(), 24.0, 24, 24) for meter in used]})
    return DuckDBLake(LakeSettings(lake=str(folder), threads=1))


def test_meters_that_were_not_measured_are_stood_for_by_the_others_until_they_are_too_few(lake: DuckDBLake) -> None:
    found = group_panel(PanelLoader(lake), "all", START, START + 96 * HOUR, 60, **ENOUGH)

    energy = found.panel.energy_kwh[0]
    # In hour 50 a tenth of the group was measured; in hour 60 M1 and M2, 4 of 10 kWh: both are too few.
    assert np.flatnonzero(np.isnan(energy)).tolist() == [50, 60]
    np.testing.assert_allclose(np.delete(energy, [50, 60]), 10.0, rtol=1e-6)
    assert (found.meters, found.stopped, found.panel.meter_ids) == (3, ("M4",), ("all",))


def test_what_most_of_a_group_used_is_scaled_to_all_of_it(lake: DuckDBLake) -> None:
    two = PanelLoader(lake, MeterChoice(meter_ids=frozenset({"M1", "M3"})))

    energy = group_panel(two, "two", START, START + 96 * HOUR, 60, **ENOUGH).panel.energy_kwh[0]

    # M1 alone is a seventh of the two.
    assert np.flatnonzero(np.isnan(energy)).tolist() == [50, 60]
    three = PanelLoader(lake, MeterChoice(meter_ids=frozenset({"M2", "M1"})))
    energy = group_panel(three, "pair", START, START + 96 * HOUR, 60, **ENOUGH).panel.energy_kwh[0]
    assert np.flatnonzero(np.isnan(energy)).tolist() == [50]
    np.testing.assert_allclose(np.delete(energy, 50), 4.0, rtol=1e-6)


def test_a_group_that_stopped_has_no_forecast(lake: DuckDBLake) -> None:
    gone = PanelLoader(lake, MeterChoice(meter_ids=frozenset({"M4"})))

    with pytest.raises(BadParameter, match="no energy"):
        group_panel(gone, "gone", START, START + 96 * HOUR, 60, **ENOUGH)
