"""One random stream a purpose and meter, so that the order of work cannot change the sample.

Enters: the sample's seed, a purpose, a number. Leaves: a NumPy generator. Meters share no stream: a meter's
readings are the same whichever process makes them and whatever came before.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for; the numbers are part of the seed and are never reused."""

    TOWN = 1
    WEATHER = 2
    FAULTS = 3
    HOUSEHOLD = 4
    LOAD = 5
    GAPS = 6
    EVENTS = 7


def open_stream(seed: int, purpose: Purpose, number: int = 0) -> np.random.Generator:
    """Opens the stream of one purpose and number.

    Args:
        seed: the sample's seed.
        purpose: what the draws are for.
        number: which meter, where the purpose has one stream a meter.

    Returns:
        A generator independent of every other (seed, purpose, number).
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(purpose), number)))
