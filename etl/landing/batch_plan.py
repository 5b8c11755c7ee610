"""From landed objects to batches of even size: a pure function.

Enters: what landed. Leaves: what is taken in together, in order, and how much no format can be in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from meterlake.etl.landing.batch_list import can_be_listed
from meterlake.etl.landing.raw_names import is_raw_name


@dataclass(frozen=True)
class LandedObject:
    """One object in the landing bucket."""

    bucket: str
    key: str
    size_bytes: int

    @property
    def address(self) -> str:
        """Return the object's address, s3://bucket/key."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Plan:
    """What a run takes in.

    Attributes:
        batches: Objects that are taken in together, in order.
        left_out: How many objects no format can be in, or are weather where none is wanted.
    """

    batches: tuple[tuple[LandedObject, ...], ...]
    left_out: int


# What a state machine hands on is 256 kB, and it remembers 25,000 events: some ten a batch, in fifty rounds.
MOST_BATCHES = 48


def plan_batches(landed: Iterable[LandedObject], *, batch_bytes: float, with_weather: bool = True) -> Plan:
    """Return what is taken in, in batches.

    Args:
        landed: What landed; an object that is named twice counts once.
        batch_bytes: The most raw bytes of a batch, or more where there would be too many of them; a larger object is a
            batch of its own.
        with_weather: Whether weather files are wanted.
    """
    once = {one.address: one for one in landed}
    wanted = sorted(
        (one for one in once.values() if _is_raw(one) and (with_weather or not _is_weather(one))),
        key=lambda one: one.address,
    )
    # Of two batches that follow each other the second begins with what had no room in the first.
    batch_bytes = max(batch_bytes, 2 * sum(one.size_bytes for one in wanted) / MOST_BATCHES)
    batches: list[list[LandedObject]] = []
    room_bytes = 0.0
    for one in wanted:
        if not batches or one.size_bytes > room_bytes:
            batches.append([])
            room_bytes = batch_bytes
        batches[-1].append(one)
        room_bytes -= one.size_bytes
    return Plan(tuple(map(tuple, batches)), len(once) - len(wanted))


def _is_raw(one: LandedObject) -> bool:
    return is_raw_name(PurePosixPath(one.key)) and one.size_bytes > 0 and can_be_listed(one.address)


def _is_weather(one: LandedObject) -> bool:
    return any(part.lower().startswith("weather") for part in PurePosixPath(one.key).parts)
