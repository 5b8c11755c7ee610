"""How many requests a caller may make: a bucket a caller, filled evenly over the minute."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from meterlake.api.refusals import TooManyRequests

REQUESTS_PER_MINUTE_OF_A_KEY = 600
_MOST_CALLERS = 10_000


class RateLimit:
    """Counts requests by caller; a caller who was quiet for a minute has the whole minute's requests again."""

    def __init__(self, requests_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = requests_per_minute
        self._per_second = requests_per_minute / 60
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> None:
        """Count one request.

        Raises:
            TooManyRequests: If the caller has none left; it says in how many seconds there is one.
        """
        now = self._clock()
        left, counted_at = self._buckets.get(caller, (float(self._capacity), now))
        left = min(self._capacity, left + (now - counted_at) * self._per_second)
        if left < 1:
            self._buckets[caller] = (left, now)
            raise TooManyRequests(self._capacity, math.ceil((1 - left) / self._per_second))
        self._buckets[caller] = (left - 1, now)
        if len(self._buckets) > _MOST_CALLERS:
            self._forget_quiet_callers(now)

    def _forget_quiet_callers(self, now: float) -> None:
        self._buckets = {caller: bucket for caller, bucket in self._buckets.items() if now - bucket[1] < 60}
