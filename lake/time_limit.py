"""One watchman for all running queries: what runs past its time is interrupted.

A timer thread a query would cost more than a look-up itself; this is one thread that sleeps until the next
deadline.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import duckdb

from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import current_patience


class TimeLimit:
    """Interrupts DuckDB cursors that run for longer than a limit, or than the caller waits."""

    def __init__(self, limit_seconds: float) -> None:
        self.limit_seconds = limit_seconds
        self._deadlines: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Run a block that uses this cursor; raise QueryTooLong if it was stopped."""
        key = id(cursor)
        patience = current_patience()
        deadline = time.monotonic() + self.limit_seconds
        with self._lock:
            self._deadlines[key] = (min(deadline, patience.deadline) if patience else deadline, cursor)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="query-time-limit", daemon=True)
                self._thread.start()
        try:
            with patience.interrupting(cursor.interrupt) if patience else nullcontext():
                yield
        except duckdb.InterruptException as error:
            raise QueryTooLong(self.limit_seconds) from error
        finally:
            with self._lock:
                self._deadlines.pop(key, None)

    def _watch(self) -> None:
        while True:
            now = time.monotonic()
            with self._lock:
                late = [key for key, (deadline, _) in self._deadlines.items() if deadline <= now]
                for key in late:
                    self._deadlines.pop(key)[1].interrupt()
            time.sleep(min(0.25, self.limit_seconds / 4))
