from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.slot_history import slot_history


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/London", dt.datetime(2013, 3, 29, 5, 30, tzinfo=dt.UTC)),
        ("Europe/London", dt.datetime(2013, 10, 20, tzinfo=dt.UTC)),
        ("America/New_York", dt.datetime(2024, 3, 8, 23, tzinfo=dt.UTC)),
        ("Australia/Lord_Howe", dt.datetime(2024, 4, 1, tzinfo=dt.UTC)),  # half an hour at once
        ("Asia/Kathmandu", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
        ("America/Santiago", dt.datetime(2024, 9, 1, tzinfo=dt.UTC)),  # at midnight
    ],
)
def test_local_days_and_slots_are_those_of_pandas(zone: str, start: dt.datetime) -> None:
    panel = Panel(("M1",), start, 30, np.ones((1, 12 * 48), np.float32), zone)

    slots = slot_history(panel, 48)

    local = pd.date_range(start, periods=13 * 48, freq="30min").tz_convert(zone)
    days = local.tz_localize(None).normalize()
    assert slots.slot_of.tolist() == ((local.hour * 60 + local.minute) // 30).tolist()
    assert slots.day_of.tolist() == (days - days[0]).days.tolist()
