"""What a panel holds of readings of other lengths than its intervals: whole intervals, and nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meterlake.forecasting.panels.panel_loading import PanelLoader
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import CONSUMPTION_DAILY, READINGS
from tests.lake_fixture import publish, summed

MIDNIGHT = dt.datetime(2013, 1, 2, tzinfo=dt.UTC)
NAN = float("nan")


def reading(meter_id: str, first_minute: int, minutes: int, kwh: float | None) -> tuple[Any, ...]:
    start = MIDNIGHT + dt.timedelta(minutes=first_minute)
    end = start + dt.timedelta(minutes=minutes)
    return (meter_id, "energy", start, end, kwh, "actual", "interval", "in1")


@pytest.fixture
def loader(tmp_path: Path) -> PanelLoader:
    rows = [
        reading("M1", 0, 30, 0.25),
        reading("M1", 30, 30, 0.5),
        *(reading("M1", 60 + 15 * place, 15, 0.125) for place in range(4)),
        reading("M1", 120, 60, 2.0),
        reading("M1", 180, 30, 0.5),  # its other half is missing
        reading("M2", 30, 60, 4.0),  # lies across an hour's end
        reading("M2", 120, 120, 8.0),
        reading("M2", 240, 30, 1.0),
        reading("M2", 270, 30, None),
        # The last intervals of one month that is asked at once, and the first of the next.
        reading("M2", 31 * 1440 - 30, 30, 3.0),
        reading("M2", 31 * 1440, 30, 5.0),
    ]
    days = [summed(meter, MIDNIGHT.date(), 1.0, 48, 48) for meter in ("M1", "M2")]
    publish(tmp_path, {READINGS: rows, CONSUMPTION_DAILY: days})
    return PanelLoader(DuckDBLake(LakeSettings(lake=str(tmp_path))))


def test_shorter_readings_are_added_up_to_whole_hours_and_hours_are_taken_as_they_are(loader: PanelLoader) -> None:
    panel = loader.load(MIDNIGHT, MIDNIGHT + dt.timedelta(hours=5), 60)

    np.testing.assert_array_equal(panel.energy_kwh, [[0.75, 0.5, 2.0, NAN, NAN], [NAN] * 5])


def test_half_hours_are_made_of_quarters_and_never_of_hours(loader: PanelLoader) -> None:
    panel = loader.load(MIDNIGHT, MIDNIGHT + dt.timedelta(hours=5), 30)

    np.testing.assert_array_equal(
        panel.energy_kwh,
        [[0.25, 0.5, 0.25, 0.25, NAN, NAN, 0.5, NAN, NAN, NAN], [NAN] * 8 + [1.0, NAN]],
    )


def test_a_range_of_more_than_a_month_has_each_reading_in_its_place(loader: PanelLoader) -> None:
    panel = loader.load(MIDNIGHT, MIDNIGHT + dt.timedelta(days=32), 30)

    measured = np.flatnonzero(np.isfinite(panel.energy_kwh[1]))
    assert measured.tolist() == [8, 31 * 48 - 1, 31 * 48]
    assert panel.energy_kwh[1, measured].tolist() == [1.0, 3.0, 5.0]
