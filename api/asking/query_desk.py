"""Where the lake is asked: in a few threads, in turn, for as long as somebody waits.

Enters: what a route wants to compute, and for whom. Leaves: the answer, with the tables that it was made from. Queries
block, so they run in threads; only so many at a time, since more would only slow each other down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b

from starlette.types import Receive

from meterlake.api.asking.caching import AnswerCache, StoredAnswer
from meterlake.api.asking.recording_lake import RecordingLake
from meterlake.api.asking.turns import Turns
from meterlake.api.representations import Rendered
from meterlake.api.settings import ApiSettings
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.metering.gas_settings import GasSettings
from meterlake.lake.patience import Patience
from meterlake.lake.port import Lake
from meterlake.lake.waiting_callers import while_waited_for
from meterlake.outage.settings import OutageSettings

# An answer whose tables moved while it was made may be of two moments, so it is made once more.
_TRIES = 2
# Raised when the same request over the same tables is answered otherwise.
_MAKING = "3"
# What answers depend on beside the lake and the request.
_SHAPING = (ForecastSettings, GasSettings, OutageSettings)


@dataclass(frozen=True)
class MadeAnswer:
    """A new answer, the tables that it was made from, and their version; None where they moved meanwhile."""

    rendered: Rendered
    tables: tuple[str, ...]
    version: str | None


class QueryDesk:
    """The lake, the store of its answers, and the few threads in which it is asked.

    Attributes:
        made_by: Stands for how answers are made: the way of now, and the settings.
    """

    def __init__(self, lake: Lake, settings: ApiSettings) -> None:
        self.lake = RecordingLake(lake)
        self.cache = AnswerCache(settings.cache_mb * 1e6)
        self.made_by = _made_by()
        self._threads = ThreadPoolExecutor(settings.concurrent_queries, thread_name_prefix="query")
        self._turns = Turns(settings.concurrent_queries, settings.waiting_queries, settings.queries_of_a_caller)
        self._answer_seconds = settings.answer_seconds

    def is_current(self, stored: StoredAnswer) -> bool:
        """Say whether no table of a stored answer has moved."""
        return self.lake.version_of(*stored.tables) == stored.version

    async def make(self, caller: str, receive: Receive, compute: Callable[[Lake], Rendered]) -> MadeAnswer:
        """Run something that asks the lake in a thread, in turn.

        Args:
            caller: Whose turn it is.
            receive: Tells when the caller goes.
            compute: Asks the lake and writes the answer.

        Raises:
            Overloaded: If too many wait already.
            QueryTooLong: If it took longer than the settings allow, waiting and the models included.
            CallerGone: If the caller went away before.
        """
        patience = Patience(self._answer_seconds)
        return await while_waited_for(self._in_turn(caller, patience, compute), patience, receive)

    async def _in_turn(self, caller: str, patience: Patience, compute: Callable[[Lake], Rendered]) -> MadeAnswer:
        await self._turns.take(caller)
        running: Future[MadeAnswer] = self._threads.submit(self._recorded, patience, compute)
        # The turn ends with the thread's work, whether anybody still waits for it or not.
        running.add_done_callback(lambda _: self._turns.give_back(caller))
        return await asyncio.wrap_future(running)

    def _recorded(self, patience: Patience, compute: Callable[[Lake], Rendered]) -> MadeAnswer:
        with patience.kept():
            for _ in range(_TRIES):
                with self.lake.recording() as asked:
                    rendered = compute(self.lake)
                version = asked.common_version(self.lake)
                if version is not None:
                    break
        return MadeAnswer(rendered, asked.names, version)


def _made_by() -> str:
    text = "\0".join((_MAKING, *(one().model_dump_json() for one in _SHAPING)))
    return blake2b(text.encode(), digest_size=8).hexdigest()
