from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from meterlake.anomaly.detectors import prophet_band
from meterlake.anomaly.detectors.prophet_band import ProphetBand
from meterlake.lake.errors import MissingLibrary
from tests.meter_days_fixture import meter_days, ordinary_year

needs_prophet = pytest.mark.skipif(
    find_spec("prophet") is None, reason="prophet is not installed: pip install 'meterlake[prophet]'"
)


@needs_prophet
def test_prophet_finds_a_spike() -> None:
    energy = ordinary_year(1)
    energy[0, 100] = 60.0
    judged = ProphetBand().score(meter_days(energy))
    assert judged.anomaly[0, 100] == 1 and np.isfinite(judged.importance).all()


def test_without_prophet_the_error_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prophet_band, "find_spec", lambda name: None)
    with pytest.raises(MissingLibrary, match=r"pip install 'meterlake\[prophet\]'"):
        ProphetBand().score(meter_days(ordinary_year(1)))
