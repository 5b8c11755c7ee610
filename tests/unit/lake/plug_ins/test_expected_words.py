from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator

from meterlake.lake.plug_ins.expected_words import expected_of


class Wanted(BaseModel):
    count: int = Field(default=1, ge=1, le=9)
    share: float = Field(default=0.5, gt=0)
    name: str = Field(default="abc", max_length=3)
    is_on: bool = True
    kind: Literal["a", "b"] = "a"
    even: int = 2

    @field_validator("even")
    @classmethod
    def _check(cls, given: int) -> int:
        if given % 2:
            raise ValueError("an even number")
        return given


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"count": 0}, "a number of at least 1"),
        ({"count": 10}, "a number of at most 9"),
        ({"count": "x"}, "a whole number"),
        ({"share": 0}, "a number above 0.0"),
        ({"name": "abcd"}, "at most 3 characters"),
        ({"name": 1}, "a text"),
        ({"is_on": "perhaps"}, "true or false"),
        ({"kind": "c"}, "'a' or 'b'"),
        ({"even": 3}, "an even number"),
    ],
)
def test_a_fault_says_what_was_expected(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Wanted.model_validate(given)

    assert [expected_of(fault) for fault in refused.value.errors()] == [expected]
