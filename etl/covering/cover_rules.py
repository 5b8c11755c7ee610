"""What stands of statements about one series whose intervals overlap: pieces that share no moment.

Statements are laid over one another, the worse quality first and of one quality the older. What lies over another hides what
it covers. A total yields to parts of its own quality that it does not contradict: they lie in it, and cover all of it and add
up to it, or cover some of it and leave at least nothing. So files whose values agree leave the same in any order, and where
they do not the newer one wins. What is left of a longer value is its remainder: its value less what lies in it, over the time
that nothing else covers. Where that cannot be known, or would be less than nothing, the statement does not stand at all, and what
lies under it does.

Values are whole billionths and moments whole microseconds, so that nothing depends on the order of a sum.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# A thousandth of a watt-hour: what decimals leave.
TOLERANCE = 1_000


class Statement(NamedTuple):
    """What an ingest says of an interval.

    Attributes:
        start: Its first microsecond.
        end: The first behind it.
        value: Billionths; None where the interval's earlier statements are taken away.
        rank: How good it is, 0 the best.
        arrival: A number that grows in the order in which ingests came.
        worth: How far its value can be trusted, 0 the best; what is made of several is as good as the worst.
    """

    start: int
    end: int
    value: int | None
    rank: int
    arrival: int
    worth: int = 0


class Piece(NamedTuple):
    """What stands of a statement.

    Attributes:
        owner: The statement's number.
        start: Its first microsecond.
        end: The first behind it.
        value: None where the statement stands whole.
        worth: As of a statement.
        is_shared: Whether the value is a part of what is left over several pieces, which nobody measured.
    """

    owner: int
    start: int
    end: int
    value: int | None
    worth: int
    is_shared: bool = False


class Kind(NamedTuple):
    """How values of a series behave.

    Attributes:
        is_sum: Whether they add up; otherwise a part of a longer value is as large as the whole.
        is_signed: Whether what is left may be less than nothing.
    """

    is_sum: bool
    is_signed: bool


@dataclass
class Cover:
    """Statements laid over one another.

    Attributes:
        statements: All of them, by number.
        kind: How their values behave.
    """

    statements: Sequence[Statement]
    kind: Kind
    _starts: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _owners: list[int] = field(default_factory=list)
    _left: dict[int, int | None] = field(default_factory=dict)

    def pieces(self) -> list[Piece]:
        """Return what stands, in the order of time."""
        order = _laid_order(self.statements)
        spans = self._laid(order)
        while unknown := [number for number in spans if self._is_unknown(number, spans[number])]:
            # The shortest first: those that it lies in may be unknown because of it alone.
            order.remove(min(unknown, key=self._length_and_age))
            spans = self._laid(order)
        found = (piece for owner, own in spans.items() for piece in self._pieces_of(owner, own))
        return sorted(found, key=lambda piece: piece.start)

    def _length_and_age(self, number: int) -> tuple[int, int, int]:
        one = self.statements[number]
        return (one.end - one.start, -one.arrival, one.start)

    def _laid(self, order: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """Lay statements over one another; return where each can be seen."""
        for laid in (self._starts, self._ends, self._owners):
            laid.clear()
        for number in order:
            self._lay(number)
        self._left.clear()
        spans: dict[int, list[tuple[int, int]]] = {}
        for start, end, owner in zip(self._starts, self._ends, self._owners, strict=True):
            spans.setdefault(owner, []).append((start, end))
        return spans

    def _is_unknown(self, owner: int, spans: list[tuple[int, int]]) -> bool:
        one = self.statements[owner]
        return self.kind.is_sum and spans != [(one.start, one.end)] and self._left_over(owner) is None

    def _left_over(self, owner: int) -> int | None:
        if owner not in self._left:
            self._left[owner] = None  # until it is known; statements that wait for each other know nothing
            self._left[owner] = self._standing_value(owner)
        return self._left[owner]

    def _lay(self, number: int) -> None:
        one = self.statements[number]
        self._left.clear()
        first = bisect_right(self._ends, one.start)
        last = bisect_left(self._starts, one.end)
        within = {owner for owner in self._owners[first:last] if _is_within(self.statements[owner], one)}
        # What is worse was laid before and is no part: it is hidden, whatever else lies in the interval.
        parts = {owner for owner in within if self.statements[owner].rank == one.rank}
        if self._yields(number, parts, first, last):
            self._fill(number, parts, first, last)
        else:
            self._hide(number, first, last)

    def _yields(self, number: int, parts: set[int], first: int, last: int) -> bool:
        """Say whether a total is content with the parts that lie in it; what is left of a longer one is none of them."""
        one = self.statements[number]
        if not parts or not self.kind.is_sum:
            return False
        others = {owner for owner in self._owners[first:last] if self.statements[owner].rank == one.rank} - parts
        if not all(_is_within(one, self.statements[owner]) for owner in others):
            return False
        values = [self._part_within(part, one) for part in parts]
        if any(value is None for value in values):
            return False
        left = (one.value or 0) - sum(value for value in values if value is not None)
        covered = sum(self._ends[at] - self._starts[at] for at in range(first, last) if self._owners[at] in parts)
        return abs(left) <= TOLERANCE if covered == one.end - one.start else self._is_possible(left)

    def _fill(self, number: int, parts: set[int], first: int, last: int) -> None:
        """Put a statement wherever none of its parts is."""
        one, new, reached = self.statements[number], [], self.statements[number].start
        for at in range(first, last):
            if self._owners[at] in parts:
                if reached < self._starts[at]:
                    new.append((reached, self._starts[at], number))
                new.append((self._starts[at], self._ends[at], self._owners[at]))
                reached = self._ends[at]
        if reached < one.end:
            new.append((reached, one.end, number))
        self._put_within(one, first, last, new)

    def _hide(self, number: int, first: int, last: int) -> None:
        """Put a statement over what is there."""
        one = self.statements[number]
        self._put_within(one, first, last, [(one.start, one.end, number)])

    def _put_within(self, one: Statement, first: int, last: int, spans: list[tuple[int, int, int]]) -> None:
        """Put spans in the place of what is in an interval; what reaches beyond it stays there."""
        if first < last and self._starts[first] < one.start:
            spans.insert(0, (self._starts[first], one.start, self._owners[first]))
        if first < last and self._ends[last - 1] > one.end:
            spans.append((one.end, self._ends[last - 1], self._owners[last - 1]))
        self._starts[first:last] = [start for start, _, _ in spans]
        self._ends[first:last] = [end for _, end, _ in spans]
        self._owners[first:last] = [owner for _, _, owner in spans]

    def _left_of(self, number: int, first: int, last: int) -> int | None:
        """Return a statement's value less what lies in it, which is at these places; None where that cannot be known."""
        one = self.statements[number]
        if first < last and (
            (self._starts[first] < one.start and self._owners[first] != number)
            or (self._ends[last - 1] > one.end and self._owners[last - 1] != number)
        ):
            return None
        within = set(self._owners[first:last]) - {number}
        parts = [self._part_within(owner, one) for owner in within]
        value = one.value or 0
        return None if any(part is None for part in parts) else value - sum(part for part in parts if part is not None)

    def _part_within(self, owner: int, outer: Statement) -> int | None:
        """Return what stands of a statement, if all of that lies in another's interval."""
        left = self._left_over(owner)
        one = self.statements[owner]
        if _is_within(one, outer):
            return left
        spans = [(self._starts[at], self._ends[at]) for at in self._places(one) if self._owners[at] == owner]
        is_within = spans[0][0] >= outer.start and spans[-1][1] <= outer.end
        return left if is_within else None

    def _standing_value(self, number: int) -> int | None:
        one, places = self.statements[number], self._places(self.statements[number])
        if len(places) == 1 and self._starts[places[0]] == one.start and self._ends[places[0]] == one.end:
            return one.value
        left = self._left_of(number, places.start, places.stop)
        return left if left is not None and self._is_possible(left) else None

    def _places(self, one: Statement) -> range:
        return range(bisect_right(self._ends, one.start), bisect_left(self._starts, one.end))

    def _is_possible(self, left: int) -> bool:
        return self.kind.is_signed or left >= -TOLERANCE

    def _pieces_of(self, owner: int, spans: list[tuple[int, int]]) -> Iterator[Piece]:
        one = self.statements[owner]
        if spans == [(one.start, one.end)]:
            yield Piece(owner, one.start, one.end, None, one.worth)
        elif not self.kind.is_sum:
            yield from (Piece(owner, start, end, one.value, one.worth) for start, end in spans)
        else:
            left = self._left_over(owner)
            if left is not None:
                yield from self._shares(owner, spans, left if self.kind.is_signed else max(left, 0))

    def _shares(self, owner: int, spans: list[tuple[int, int]], left: int) -> Iterator[Piece]:
        """Give each piece its part of what is left, by its length; the parts add up to it."""
        one = self.statements[owner]
        others = {self._owners[at] for at in self._places(one)} - {owner}
        worth = max(one.worth, *(self.statements[other].worth for other in others))
        minutes = sum(end - start for start, end in spans)
        given = passed = 0
        for start, end in spans:
            passed += end - start
            share = left * passed // minutes - given
            given += share
            yield Piece(owner, start, end, share, worth, len(spans) > 1)


def _laid_order(statements: Sequence[Statement]) -> list[int]:
    """Return statements in the order in which they are laid; without those that a later one took away."""
    taken = [one for one in statements if one.value is None]
    stays = [
        number
        for number, one in enumerate(statements)
        if one.value is not None and not any(gone.arrival > one.arrival and _is_within(one, gone) for gone in taken)
    ]
    # Of one file the longer ones come first: parts say more than their total.
    return sorted(stays, key=lambda number: _place(statements[number]))


def _is_within(one: Statement, other: Statement) -> bool:
    return one.start >= other.start and one.end <= other.end


def _place(one: Statement) -> tuple[int, int, int, int]:
    return (-one.rank, one.arrival, one.start - one.end, one.start)


def lying_over(statements: Sequence[Statement], pieces: Sequence[Piece]) -> dict[int, int | None]:
    """Return for each statement that does not stand whole the newest one that stands in its interval; None where none does."""
    starts, ends = [piece.start for piece in pieces], [piece.end for piece in pieces]
    whole = {piece.owner for piece in pieces if piece.value is None}
    found: dict[int, int | None] = {}
    for number, one in enumerate(statements):
        if number in whole:
            continue
        owners = {pieces[at].owner for at in range(bisect_right(ends, one.start), bisect_left(starts, one.end))}
        others = owners - {number} or {
            at for at, gone in enumerate(statements) if gone.value is None and at != number and _is_within(one, gone)
        }
        found[number] = max(others, key=lambda other: (statements[other].arrival, other)) if others else None
    return found
