"""How many requests a caller may make: a bucket a caller, filled evenly over the minute."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from meterlake.api.refusals import TooManyRequests

REQUESTS_PER_MINUTE_OF_A_KEY = 600
WRONG_KEYS_PER_MINUTE = 10
_MOST_CALLERS = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left: requests at once, of so many a minute, and the seconds until all are there again."""

    limit: int
    remaining: int
    reset_seconds: int


class RateLimit:
    """Counts requests by caller; a caller who was quiet for a minute has the whole minute's requests again."""

    def __init__(self, requests_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = requests_per_minute
        self._per_second = requests_per_minute / 60
        self._clock = clock
        # The caller who asked longest ago stands first, and is the first to be forgotten.
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> Allowance:
        """Count one request.

        Raises:
            TooManyRequests: If the caller has none left; it says in how many seconds there is one.
        """
        now = self._clock()
        left, counted_at = self._buckets.pop(caller, (float(self._capacity), now))
        left = min(self._capacity, left + (now - counted_at) * self._per_second)
        is_refused = left < 1
        self._buckets[caller] = (left if is_refused else left - 1, now)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        if is_refused:
            raise TooManyRequests(self._capacity, math.ceil((1 - left) / self._per_second))
        missing = self._capacity - (left - 1)
        return Allowance(self._capacity, int(left - 1), math.ceil(missing / self._per_second))
