"""One watchman for all running queries of a process: what runs past its time is interrupted.

A timer thread a query would cost more than a look-up itself; this is one thread that sleeps until the next deadline, and
goes when nothing runs any more.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from itertools import count

import duckdb

from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import current_patience

# For so long the thread waits for another query before it goes.
_IDLE_SECONDS = 2.0


class _Watchman:
    """Interrupts cursors at their deadlines."""

    def __init__(self) -> None:
        self._deadlines: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0
        self._numbers = count()

    def begin(self, cursor: duckdb.DuckDBPyConnection, deadline: float) -> int:
        """Watch a cursor; return the number under which to stop that."""
        with self._changed:
            number = next(self._numbers)
            self._deadlines[number] = (deadline, cursor)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="query-time-limit", daemon=True)
                self._thread.start()
            elif deadline < self._wakes_at:
                self._changed.notify()
            return number

    def end(self, number: int) -> None:
        """Watch it no longer."""
        with self._changed:
            self._deadlines.pop(number, None)

    def interrupt_all(self) -> None:
        """Interrupt what is watched now."""
        with self._changed:
            for _, cursor in self._deadlines.values():
                with suppress(duckdb.ConnectionException):
                    cursor.interrupt()

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for number in [number for number, (deadline, _) in self._deadlines.items() if deadline <= now]:
                    with suppress(duckdb.ConnectionException):  # it was closed, and nothing runs
                        self._deadlines.pop(number)[1].interrupt()
                was_idle = not self._deadlines
                self._wakes_at = min(
                    (deadline for deadline, _ in self._deadlines.values()), default=now + _IDLE_SECONDS
                )
                self._changed.wait(min(self._wakes_at - now, threading.TIMEOUT_MAX))  # a limit may be infinite
                if was_idle and not self._deadlines:
                    self._thread = None
                    return


_watchman = _Watchman()


def interrupt_running_queries() -> None:
    """Interrupt every query of this process that a time limit watches."""
    _watchman.interrupt_all()


def _begin_anew() -> None:
    """Forget what the process that was forked watches: its thread is not here, and its lock may be held for ever."""
    global _watchman
    _watchman = _Watchman()


if hasattr(os, "register_at_fork"):  # Windows forks nothing
    os.register_at_fork(after_in_child=_begin_anew)


class TimeLimit:
    """Interrupts DuckDB cursors that run for longer than a limit, or than the caller waits."""

    def __init__(self, limit_seconds: float) -> None:
        self.limit_seconds = limit_seconds

    @contextmanager
    def watching(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Run a block that uses this cursor; raise QueryTooLong if it was stopped."""
        patience = current_patience()
        deadline = time.monotonic() + self.limit_seconds
        watchman = _watchman
        number = watchman.begin(cursor, min(deadline, patience.deadline) if patience else deadline)
        try:
            with patience.interrupting(cursor.interrupt) if patience else nullcontext():
                yield
        except duckdb.InterruptException as error:
            raise QueryTooLong(self.limit_seconds) from error
        finally:
            watchman.end(number)
