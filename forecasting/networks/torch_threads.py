"""How many threads torch may use: one, for networks as small as ours.

On two cores a second thread brought the quantile network nothing and doubled its processor time; beside other work
it made DeepAR slower, since the threads wait for each other at every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, and as many as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
