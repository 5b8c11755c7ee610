from __future__ import annotations

import pytest

from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.lake.errors import BadParameter


def test_a_forecaster_is_found_by_the_name_of_its_module() -> None:
    assert {name: forecaster.name for name, forecaster in FORECASTERS.all().items()} == {
        name: name for name in ("deepar", "quantile_network", "seasonal_naive")
    }


def test_an_unknown_name_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(BadParameter, match="deepar, quantile_network, seasonal_naive"):
        FORECASTERS.named("oracle")
