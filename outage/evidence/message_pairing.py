"""One meter's messages as losses of power, each with its own return, and with the intervals that it cost.

Enters: what a meter reported in order of time, and the runs of its intervals that did not come or came as zeros. Leaves: a
loss a row. Messages are believed: a return's own time stands whatever readings did later, and only readings that prove
power earlier take it away.

1. A loss while power is already away is the same loss said again, unless readings between the two prove power.
2. A return ends the loss before it. Where readings prove power long before it, it is stamped late and says nothing.
3. A loss without a return ends with the run of lost intervals that it began, or lasts while that does.
4. A return without a loss ends a run of lost intervals, which began with the first of them, up to three days before.
5. One half of a pair that cost no interval is loose: it is kept for the others of its place to confirm.
"""

from __future__ import annotations

from meterlake.outage.evidence.absences import ALL, NONE, UNKNOWN, USUAL
from meterlake.outage.evidence.meter_messages import DarkRun, Lost, Message, MeterClock
from meterlake.outage.fleet import NEVER_S

# A meter reports that power is back when its network has found it again, a little after.
LATEST_REPORT_S = 600
# A last gasp is stamped when it is sent, and that may be after the border at which power was away already.
_LATE_LOSS_S = 120
# Without intervals nothing proves power between two losses: up to here they are one, said again.
_SAID_AGAIN_S = 3600
# A meter that was silent for longer before it reported a return alone was silent for another reason first.
_LONGEST_UNSAID_S = 72 * 3600


class MessagePairing:
    """The messages of one meter, taken in order."""

    def __init__(self, clock: MeterClock, runs: list[DarkRun]) -> None:
        self.clock = clock
        self.runs = runs
        self.lost: list[Lost] = []

    def paired(self, messages: list[Message]) -> list[Lost]:
        """Return the losses, in order."""
        loss: Message | None = None
        codes: tuple[str, ...] = ()
        for message in messages:
            if message.is_loss:
                if loss is not None and self._is_said_again(loss, message):
                    codes += (message.code,)
                    continue
                if loss is not None:
                    self._without_return(loss, codes)
                loss, codes = message, (message.code,)
            elif loss is not None and message.at_s <= self._proof(loss.at_s, any_zero=True) + LATEST_REPORT_S:
                self._pair(loss, message, (*codes, message.code))
                loss = None
            else:
                if loss is not None:
                    self._without_return(loss, codes)
                    loss = None
                self._without_loss(message)
        if loss is not None:
            self._without_return(loss, codes)
        return self.lost

    def left_over(self) -> list[Lost]:
        """Return what no loss explains of the runs in which intervals are missing."""
        pieces: list[Lost] = []
        for run in self.runs:
            if run.zeros == USUAL:
                continue
            inside = sorted((max(one.from_s, run.from_s), min(one.to_s, run.to_s)) for one in self.lost if one.has_dark)
            inside = [(first, last) for first, last in inside if first < last]
            if run.zeros == ALL and inside:
                continue  # zeros that the meter itself explains for the most part
            # Who reports a loss had power before it, and who reports a return has it from then on.
            just_before = run.from_s - self.clock.interval_s
            has_power = bool(inside) or any(just_before < one.restored_s <= run.from_s for one in self.lost)
            at_s = run.from_s
            for first, last in [*inside, (run.to_s, run.to_s)]:
                if first - at_s >= self.clock.interval_s:
                    is_open = run.is_open and first == run.to_s
                    pieces.append(Lost(at_s, first, is_open, run.zeros, True, UNKNOWN, UNKNOWN, False, has_power, ()))
                at_s = max(at_s, last)
        return pieces

    def _is_said_again(self, loss: Message, message: Message) -> bool:
        if not self.clock.has_intervals:
            return message.at_s - loss.at_s <= _SAID_AGAIN_S
        return self._proof(loss.at_s, any_zero=False) > message.at_s

    def _run_after(self, at_s: int, *, any_zero: bool) -> DarkRun | None:
        """Return the run that power failing at a time would have begun or lies in."""
        if not self.clock.has_intervals:
            return None
        for run in self.runs:
            if run.zeros == USUAL and not any_zero:
                continue
            first = self._first_dark(run, at_s)
            # Zeros that began long before the loss are those of an empty house.
            is_older = run.zeros >= ALL and run.from_s < at_s - 2 * self.clock.interval_s
            if run.from_s <= first < run.to_s and not (is_older and not any_zero):
                return run
        return None

    def _first_dark(self, run: DarkRun, at_s: int) -> int:
        """Return the border of a run's intervals from which a loss at a time explains them; before the run if it does not."""
        before, after = self.clock.border_before(at_s), self.clock.border_after(at_s)
        if run.zeros:  # the interval of the loss itself holds what was used before
            return max(before, min(after, run.from_s))
        if self.clock.sends_at_end or run.from_s < at_s <= run.from_s + _LATE_LOSS_S:
            return before
        return after

    def _proof(self, loss_s: int, *, any_zero: bool) -> int:
        """Return the first time after a loss at which readings prove power; NEVER_S where none does."""
        if not self.clock.has_intervals:
            return NEVER_S
        run = self._run_after(loss_s, any_zero=any_zero)
        if run is None:
            # An interval with energy in it proves power at some time in it, and so by its end.
            proven = self.clock.border_after(loss_s) + self.clock.interval_s
            return proven if proven <= self.clock.newest_s else NEVER_S
        return NEVER_S if run.is_open else self._proof_after(run)

    def _proof_after(self, run: DarkRun) -> int:
        is_sharp = run.zeros == NONE and not self.clock.sends_at_end
        return run.to_s if is_sharp else run.to_s + self.clock.interval_s

    def _pair(self, loss: Message, back: Message, codes: tuple[str, ...]) -> None:
        restored = max(loss.at_s, min(back.at_s, self._proof(loss.at_s, any_zero=True)))
        dark = self._dark_between(loss.at_s, restored)
        from_s, to_s, zeros = dark or (loss.at_s, restored, NONE)
        self.lost.append(Lost(from_s, to_s, False, zeros, dark is not None, loss.at_s, restored, False, False, codes))

    def _dark_between(self, loss_s: int, restored_s: int) -> tuple[int, int, int] | None:
        """Return the lost intervals that began, or with a meter that sends at the end ended, between two messages."""
        if not self.clock.has_intervals:
            return None
        found: list[tuple[int, int, int]] = []
        for run in self.runs:
            ends_at_end = self.clock.sends_at_end and not run.zeros
            last = self.clock.border_before(restored_s) if ends_at_end else self.clock.border_after(restored_s)
            first, last = max(self._first_dark(run, loss_s), run.from_s), min(last, run.to_s)
            if first < last:
                found.append((first, last, run.zeros))
        if not found:
            return None
        return found[0][0], found[-1][1], max(zeros for _, _, zeros in found)

    def _without_return(self, loss: Message, codes: tuple[str, ...]) -> None:
        run = self._run_after(loss.at_s, any_zero=False)
        if run is not None:
            from_s = self._first_dark(run, loss.at_s)
            self.lost.append(
                Lost(from_s, run.to_s, run.is_open, run.zeros, True, loss.at_s, UNKNOWN, False, False, codes)
            )
            return
        proven = self._proof(loss.at_s, any_zero=False)
        # A stand that comes after it says that there was power again; a meter that is never read says nothing more.
        is_awaited = self.clock.has_intervals or 0 < self.clock.newest_s < loss.at_s
        is_open = proven == NEVER_S and is_awaited
        to_s = max(loss.at_s, self.clock.newest_s) if proven == NEVER_S else proven
        self.lost.append(Lost(loss.at_s, to_s, is_open, NONE, False, loss.at_s, UNKNOWN, not is_open, False, codes))

    def _without_loss(self, back: Message) -> None:
        for run in self.runs if self.clock.has_intervals else []:
            is_near_end = run.zeros < ALL or run.to_s - self.clock.interval_s <= back.at_s
            is_inside = run.from_s < back.at_s and (
                run.is_open or back.at_s <= self._proof_after(run) + LATEST_REPORT_S
            )
            is_short = back.at_s - run.from_s <= _LONGEST_UNSAID_S
            if run.zeros == USUAL or not (is_inside and is_near_end and is_short):
                continue
            if any(one.has_dark and run.from_s <= one.from_s < run.to_s for one in self.lost):
                return  # said again: this run has its return already
            to_s = min(run.to_s, max(self.clock.border_after(back.at_s), run.from_s + self.clock.interval_s))
            restored = back.at_s if run.is_open else min(back.at_s, self._proof_after(run))
            self.lost.append(
                Lost(run.from_s, to_s, False, run.zeros, True, UNKNOWN, restored, False, False, (back.code,))
            )
            return
        if self.lost and back.at_s - self.lost[-1].restored_s <= _SAID_AGAIN_S:
            return
        from_s = self.clock.border_before(back.at_s) - self.clock.interval_s if self.clock.has_intervals else back.at_s
        self.lost.append(Lost(from_s, back.at_s, False, NONE, False, UNKNOWN, back.at_s, True, False, (back.code,)))
