"""How long somebody waits for an answer, and whether they still do: what computes it looks here, and is stopped.

Enters: a number of seconds. Leaves: in the thread that computes, every question to the lake is asked within these seconds
as well as within its own limit, none is asked once the caller has gone, and the one that runs then is interrupted. What
computes for long without asking the lake, such as a model, calls `require_patience` between its steps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from meterlake.lake.errors import QueryTooLong

_CURRENT: ContextVar[Patience | None] = ContextVar("patience", default=None)


class Patience:
    """The patience of one caller; any thread may end it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._has_ended = False
        self._interrupt: Callable[[], None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody waits any more."""
        return self._has_ended or time.monotonic() >= self.deadline

    @property
    def seconds_left(self) -> float:
        """How long the caller still waits; never below none."""
        return 0.0 if self._has_ended else max(0.0, self.deadline - time.monotonic())

    def end(self) -> None:
        """Say that nobody waits any more; what runs is interrupted."""
        with self._lock:
            self._has_ended = True
            if self._interrupt is not None:
                self._interrupt()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Make this the patience of what runs in this thread within the block."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    @contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Run a block that `interrupt` stops, should patience end meanwhile.

        Raises:
            QueryTooLong: If it is over already.
        """
        with self._lock:
            if self.is_over:
                raise QueryTooLong(self.seconds)
            self._interrupt = interrupt
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None


def require_patience() -> None:
    """Return if somebody waits for what runs in this thread, or it runs for nobody who could go.

    Raises:
        QueryTooLong: If their patience is over.
    """
    patience = current_patience()
    if patience is not None and patience.is_over:
        raise QueryTooLong(patience.seconds)


def current_patience() -> Patience | None:
    """Return the patience of what runs in this thread, if anybody's."""
    return _CURRENT.get()
