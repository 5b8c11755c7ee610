"""Ctrl-C is heard at once, also while the engine works: until it hands back rows, Python does not run."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


@contextmanager
def stopped_at_once() -> Iterator[None]:
    """Run a block whose queries a signal interrupts; what the signal means is said by its own handler thereafter."""
    heard, told = socket.socketpair()
    told.setblocking(False)
    Thread(target=_interrupt_when_told, args=(heard,), name="stop-at-once", daemon=True).start()
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()


def _interrupt_when_told(heard: socket.socket) -> None:
    with heard:
        while heard.recv(1):
            limits = sys.modules.get("meterlake.lake.time_limit")  # not loaded, nothing can run
            if limits is not None:
                limits.interrupt_running_queries()
