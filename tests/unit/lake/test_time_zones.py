from __future__ import annotations

import pytest

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.lake.codes.quantities import quantity_named
from meterlake.lake.errors import BadParameter
from meterlake.lake.time_zones import checked_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/London", "America/Argentina/Ushuaia", "Etc/GMT+5"])
def test_zone_of_a_place_is_taken(name: str) -> None:
    assert checked_zone(name) == name


@pytest.mark.parametrize("name", ["BST", "EST", "GMT", "Mars/Phobos", "europe/london", "", "localtime", "+01:00"])
def test_word_that_engines_take_for_different_places_is_none(name: str) -> None:
    with pytest.raises(BadParameter):
        checked_zone(name)


def test_zone_of_a_run_is_checked_and_the_nearest_is_named() -> None:
    with pytest.raises(BadParameter, match="Did you mean 'Europe/London'"):
        ReadOptions(time_zone="Europe/Lodon")


def test_unknown_quantity_names_the_nearest() -> None:
    with pytest.raises(BadParameter, match="Did you mean 'energy'"):
        quantity_named("enrgy")
