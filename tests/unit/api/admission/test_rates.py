from __future__ import annotations

import pytest

from meterlake.api.admission.rates import RateLimit
from meterlake.api.refusals import TooManyRequests


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_caller_has_the_minute_s_requests_and_then_waits_for_the_next() -> None:
    clock = Clock()
    limit = RateLimit(30, clock)
    for _ in range(30):
        limit.take("a")
    with pytest.raises(TooManyRequests) as refused:
        limit.take("a")
    assert refused.value.retry_after_seconds == 2  # 30 a minute is one every two seconds
    clock.seconds = 2
    limit.take("a")


def test_callers_do_not_share_their_requests() -> None:
    limit = RateLimit(1, Clock())
    limit.take("a")
    limit.take("b")
    with pytest.raises(TooManyRequests):
        limit.take("a")


def test_a_quiet_minute_gives_no_more_than_a_minute_s_requests() -> None:
    clock = Clock()
    limit = RateLimit(2, clock)
    clock.seconds = 3600
    limit.take("a")
    limit.take("a")
    with pytest.raises(TooManyRequests):
        limit.take("a")


def test_beyond_ten_thousand_callers_the_one_who_asked_longest_ago_is_forgotten() -> None:
    limit = RateLimit(1, Clock())
    for number in range(10_001):
        limit.take(str(number))
    limit.take("0")  # forgotten, so the minute's requests are there again
    with pytest.raises(TooManyRequests):
        limit.take("10000")


def test_what_is_left_is_counted_down_and_comes_back() -> None:
    clock = Clock()
    limit = RateLimit(30, clock)
    assert (limit.take("a").remaining, limit.take("a").remaining) == (29, 28)
    assert limit.take("a").reset_seconds == 6  # three are missing, at one every two seconds
    clock.seconds = 60
    assert limit.take("a").remaining == 29
