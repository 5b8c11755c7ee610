from __future__ import annotations

import pytest

from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.lake.errors import BadParameter


def test_a_forecaster_is_found_by_the_name_of_its_module() -> None:
    found = {name: forecaster.name for name, forecaster in FORECASTERS.all().items()}

    assert found == {name: name for name in found}
    assert {"deepar", "quantile_network", "seasonal_naive"} <= set(found)


def test_an_unknown_name_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(BadParameter, match=r"deepar, (.*, )?quantile_network, (.*, )?seasonal_naive"):
        FORECASTERS.named("oracle")


def test_a_forecaster_with_other_parameters_leaves_the_one_that_is_found_by_name_as_it_was() -> None:
    weekly = FORECASTERS.named("seasonal_naive").with_parameters({"season_days": 7}, "published")

    assert weekly.parameters.model_dump() == {"seed": 1, "season_days": 7, "spread": "none"}
    assert FORECASTERS.named("seasonal_naive").parameters.model_dump()["season_days"] == 1


@pytest.mark.parametrize(
    ("given", "preset", "told"),
    [
        ({"seasons": 7}, "", r"seasons: expected a parameter of seasonal_naive \(seed, season_days, spread\)"),
        ({"season_days": 3}, "", "season_days"),
        ({}, "fast", "preset: expected one of published"),
    ],
)
def test_a_parameter_or_preset_that_a_forecaster_does_not_have_is_named(
    given: dict[str, object], preset: str, told: str
) -> None:
    with pytest.raises(BadParameter, match=told):
        FORECASTERS.named("seasonal_naive").with_parameters(given, preset)
