"""Whose turn it is: a few at once, the others wait, and no caller takes the turns of all.

Enters: callers. Leaves: turns. Waiting callers take turns, one request of each after the other, however many each has
waiting. Where no more may wait, whoever has the most waiting loses its newest.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, OrderedDict, deque

from meterlake.api.refusals import Overloaded

Waiting = asyncio.Future[None]


class Turns:
    """The turns of one server; given back from any thread."""

    def __init__(self, at_once: int, waiting: int, at_once_of_a_caller: int) -> None:
        self._at_once = at_once
        self._most_waiting = waiting
        self._share = at_once_of_a_caller
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        # The caller who is next stands first.
        self._waiting: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._called: set[Waiting] = set()

    async def take(self, caller: str) -> None:
        """Wait for a turn; who takes one gives it back.

        Raises:
            Overloaded: If too many wait already.
        """
        with self._lock:
            if self._may_run(caller):
                self._running[caller] += 1
                return
            mine = asyncio.get_running_loop().create_future()
            self._make_room_for(caller)
            self._waiting.setdefault(caller, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            self._withdraw(caller, mine)
            raise
        self._called.discard(mine)

    def give_back(self, caller: str) -> None:
        """Give a turn back; whoever is next has it."""
        with self._lock:
            self._running[caller] -= 1
            if not self._running[caller]:
                del self._running[caller]
            for after in list(self._waiting):
                while self._waiting.get(after) and self._may_run(after):
                    self._hand_to(after)

    def _may_run(self, caller: str) -> bool:
        return self._running.total() < self._at_once and self._running[caller] < self._share

    def _hand_to(self, caller: str) -> None:
        place = self._pop(caller, newest=False)
        if _tell(place, None):
            self._running[caller] += 1
            self._called.add(place)

    def _make_room_for(self, caller: str) -> None:
        if sum(map(len, self._waiting.values())) < self._most_waiting:
            return
        fullest = max(self._waiting, key=lambda one: len(self._waiting[one]), default=caller)
        if len(self._waiting.get(caller, ())) + 1 >= len(self._waiting.get(fullest, ())):
            raise Overloaded(self._most_waiting)
        _tell(self._pop(fullest, newest=True), Overloaded(self._most_waiting))

    def _pop(self, caller: str, *, newest: bool) -> Waiting:
        line = self._waiting[caller]
        place = line.pop() if newest else line.popleft()
        if line:
            if not newest:
                self._waiting.move_to_end(caller)
        else:
            del self._waiting[caller]
        return place

    def _withdraw(self, caller: str, place: Waiting) -> None:
        with self._lock:
            was_called = place in self._called
            self._called.discard(place)
            line = self._waiting.get(caller, deque())
            if place in line:
                line.remove(place)
                if not line:
                    del self._waiting[caller]
        if was_called:
            self.give_back(caller)


def _tell(place: Waiting, refusal: Overloaded | None) -> bool:
    """Wake who waits, in their own loop; False if that has ended."""

    def wake() -> None:
        if not place.done():
            place.set_result(None) if refusal is None else place.set_exception(refusal)

    try:
        place.get_loop().call_soon_threadsafe(wake)
    except RuntimeError:  # the loop is closed, and nobody waits in it
        return False
    return True
