"""Parameters by name: what is declared is taken, anything else is refused by its name."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, Field

from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.given_parameters import parameters_from, value_of


class Kettle(BaseModel):
    model_config = ConfigDict(extra="forbid")

    litres: float = Field(default=1.0, gt=0)


def test_a_text_stands_for_the_value_that_it_writes() -> None:
    assert parameters_from(Kettle, {"litres": "1.5"}, "kettle") == Kettle(litres=1.5)


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(
        BadParameter, match=r"litre: expected a parameter of kettle \(litres\).*Example: litre=its default"
    ):
        parameters_from(Kettle, {"litre": 1}, "kettle")


def test_a_value_out_of_range_is_refused_with_its_limit() -> None:
    with pytest.raises(BadParameter, match=r"a number above 0.0, found -1"):
        parameters_from(Kettle, {"litres": -1}, "kettle")


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("5E-4", 5e-4), ("true", True), ("[1, 2]", [1, 2]), ('"none"', "none"), ("none", "none"), ("", "")],
)
def test_a_text_is_the_value_that_it_writes(text: str, value: object) -> None:
    assert value_of(text) == value
