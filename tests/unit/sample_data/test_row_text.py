"""Rows look exactly as the publisher and the default format write them."""

import numpy as np

from meterlake.sample_data.row_text import (
    default_time_texts,
    default_value_texts,
    london_time_texts,
    london_value_texts,
    render_rows,
)

HALF_PAST_MIDNIGHT = np.array(["2013-01-01T00:30:00"], dtype="datetime64[s]")


def test_london_times_have_seven_decimals() -> None:
    assert london_time_texts(HALF_PAST_MIDNIGHT).tolist() == [b"2013-01-01 00:30:00.0000000"]


def test_default_times_have_the_literal_24_after_the_hour() -> None:
    assert default_time_texts(HALF_PAST_MIDNIGHT).tolist() == [b"2013010100243000"]


def test_london_values_stand_between_blanks_without_trailing_zeros() -> None:
    assert london_value_texts()[[0, 123, 200, 1500]].tolist() == [b" 0 ", b" 0.123 ", b" 0.2 ", b" 1.5 "]


def test_default_values_have_three_decimals() -> None:
    assert default_value_texts()[[0, 123, 1500]].tolist() == [b"0.000", b"0.123", b"1.500"]


def test_texts_of_unequal_length_leave_no_padding() -> None:
    columns: list[bytes | np.ndarray] = [b"M1,", np.array([b"7", b"12.5"]), b"\n"]
    assert render_rows(2, columns) == b"M1,7\nM1,12.5\n"
