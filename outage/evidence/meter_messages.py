"""One meter's messages, the runs of its lost intervals, and the losses of power that follow: what pairing takes and leaves.

Enters: nothing; these are the shapes. Leaves: messages in order, and borders of a meter's intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.outage.fleet import NEVER_S


@dataclass(frozen=True)
class Message:
    """Something a meter reported of its power."""

    at_s: int
    is_loss: bool
    code: str


@dataclass(frozen=True)
class DarkRun:
    """A run of intervals [from_s, to_s) that did not come or came as zeros; zeros as in Silences."""

    from_s: int
    to_s: int
    is_open: bool
    zeros: int


@dataclass(frozen=True)
class Lost:
    """One loss of power of one meter; fields as those of Absences."""

    from_s: int
    to_s: int
    is_open: bool
    zeros: int
    has_dark: bool
    loss_s: int
    restored_s: int
    is_loose: bool
    has_power: bool
    codes: tuple[str, ...]


@dataclass(frozen=True)
class MeterClock:
    """What is known of a meter's intervals.

    Attributes:
        first_s: Start of the first; NEVER_S for a meter that sends none.
        interval_s: Their length.
        newest_s: Until when something could be known; of a meter that sends none, its last stand, 0 without any.
        sends_at_end: Whether an interval is sent if there is power at its end, and not at its start.
    """

    first_s: int
    interval_s: int
    newest_s: int
    sends_at_end: bool

    @property
    def has_intervals(self) -> bool:
        """Whether the meter sends intervals."""
        return self.first_s < NEVER_S

    def border_after(self, at_s: int) -> int:
        """Return the first border of intervals that is not before a time."""
        return self.first_s - (self.first_s - at_s) // self.interval_s * self.interval_s

    def border_before(self, at_s: int) -> int:
        """Return the last border of intervals that is not after a time."""
        return self.first_s + (at_s - self.first_s) // self.interval_s * self.interval_s


def ordered_messages(messages: list[Message]) -> list[Message]:
    """Return messages in order of time; of those of one second a return comes first where power is away."""
    ordered: list[Message] = []
    left = sorted(messages, key=lambda one: (one.at_s, not one.is_loss))
    is_away = False
    while left:
        at_s = left[0].at_s
        now = [one for one in left if one.at_s == at_s]
        now.sort(key=lambda one: one.is_loss if is_away else not one.is_loss)
        ordered += now
        is_away = now[-1].is_loss
        left = left[len(now) :]
    return ordered
