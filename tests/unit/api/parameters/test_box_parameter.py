from __future__ import annotations

import pytest

from meterlake.api.parameters.box_parameter import parse_box
from meterlake.lake.errors import BadParameter


def test_a_box_whose_west_is_beyond_its_east_crosses_the_180th_meridian() -> None:
    fiji = parse_box("177,-20,-178,-12")
    assert (fiji["west"], fiji["east"], fiji["crosses_180"], fiji["any_place"]) == (177.0, -178.0, True, False)
    assert parse_box("-0.5,51.2,0.3,51.7")["crosses_180"] is False


def test_heights_are_not_looked_at() -> None:
    assert parse_box("1,2,-50,3,4,900") == parse_box("1,2,3,4")


def test_without_a_box_it_is_every_place() -> None:
    assert parse_box(None)["any_place"] is True


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "-1000,-90,1000,90", "0,-91,1,0", "0,5,1,4", "nan,0,1,1", "0,0,inf,1"]
)
def test_what_is_no_box_on_earth_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="bbox"):
        parse_box(text)
