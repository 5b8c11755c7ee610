from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from meterlake.api.rounding import finite_and_rounded, rounded


def test_a_sum_that_is_a_last_digit_off_is_shown_as_a_person_would_write_it() -> None:
    assert rounded(pa.array([4.3629999999999995, 0.1 + 0.2, None])).to_pylist() == [4.363, 0.3, None]


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1))
def test_a_number_of_six_decimals_stays_itself(millionths: list[int]) -> None:
    numbers = [float(Decimal(one) / 10**6) for one in millionths]
    assert rounded(pa.array(numbers)).to_pylist() == numbers


def test_what_is_no_finite_number_is_null() -> None:
    rows = pa.table({"value": [1.23456789, float("nan"), float("inf")], "meter_id": ["a", "b", "c"]})
    assert finite_and_rounded(rows)["value"].to_pylist() == [1.234568, None, None]
