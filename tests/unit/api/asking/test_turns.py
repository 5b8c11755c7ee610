from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from meterlake.api.asking.turns import Turns
from meterlake.api.refusals import Overloaded


class Line:
    """Callers who take a turn of `turns` and say so, in the order in which they get it."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.served: list[str] = []
        self.refused: list[str] = []

    async def _wait(self, name: str) -> None:
        try:
            await self.turns.take(name[0])
        except Overloaded:
            self.refused.append(name)
        else:
            self.served.append(name)

    async def join(self, *names: str) -> list[asyncio.Task[None]]:
        tasks = []
        for name in names:
            tasks.append(asyncio.create_task(self._wait(name)))
            await asyncio.sleep(0)
        return tasks

    async def leave(self, *callers: str) -> None:
        for caller in callers:
            self.turns.give_back(caller)
            await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def play(game: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(game, 10))


def test_a_newcomer_comes_next_however_many_another_has_waiting() -> None:
    async def game() -> None:
        line = Line(Turns(at_once=1, waiting=100, at_once_of_a_caller=1))
        await line.join("a1", "a2", "a3", "a4", "b1", "b2")
        await line.leave("a", "a", "b", "a", "b")
        assert line.served == ["a1", "a2", "b1", "a3", "b2", "a4"]

    play(game())


def test_a_caller_s_share_leaves_a_turn_to_others() -> None:
    async def game() -> None:
        line = Line(Turns(at_once=2, waiting=100, at_once_of_a_caller=1))
        await line.join("a1", "a2", "b1")
        assert line.served == ["a1", "b1"]
        await line.leave("b")
        assert line.served == ["a1", "b1"]  # a has its share, though a turn is free
        await line.leave("a")
        assert line.served == ["a1", "b1", "a2"]

    play(game())


def test_where_no_more_may_wait_the_caller_with_the_most_waiting_is_refused() -> None:
    async def game() -> None:
        line = Line(Turns(at_once=1, waiting=3, at_once_of_a_caller=1))
        await line.join("a1", "a2", "a3", "a4")
        await line.join("a5")
        assert line.refused == ["a5"]
        await line.join("b1")
        await settled()
        assert line.refused == ["a5", "a4"]  # the newest of a, for b's first
        await line.join("b2")
        await settled()
        assert line.refused == ["a5", "a4", "b2"]  # now both have as many

    play(game())


def test_who_goes_away_while_waiting_takes_nobody_s_turn() -> None:
    async def game() -> None:
        line = Line(Turns(at_once=1, waiting=10, at_once_of_a_caller=1))
        _, gone, _ = await line.join("a1", "b1", "c1")
        gone.cancel()
        await settled()
        await line.leave("a")
        assert line.served == ["a1", "c1"]

    play(game())


def test_a_turn_that_is_given_to_one_who_has_just_gone_is_given_on() -> None:
    async def game() -> None:
        line = Line(Turns(at_once=1, waiting=10, at_once_of_a_caller=1))
        _, gone, _ = await line.join("a1", "b1", "c1")
        line.turns.give_back("a")  # b has been called, and does not know it yet
        gone.cancel()
        await settled()
        assert line.served == ["a1", "c1"]
        await line.leave("c")
        await line.join("d1")
        assert line.served == ["a1", "c1", "d1"]

    play(game())


def test_a_refused_one_that_goes_at_once_gives_no_turn_back_that_it_never_had() -> None:
    async def game() -> None:
        line = Line(Turns(at_once=1, waiting=2, at_once_of_a_caller=1))
        *_, newest = await line.join("a1", "a2", "a3")
        await line.join("b1")
        newest.cancel()
        await settled()
        assert line.served == ["a1"]  # else b would run beside a

    play(game())


def test_who_waited_in_a_loop_that_has_ended_holds_nobody_up() -> None:
    turns = Turns(at_once=1, waiting=10, at_once_of_a_caller=1)

    async def first() -> None:
        await turns.take("a")

    async def second() -> None:
        waiting = asyncio.create_task(turns.take("b"))
        await asyncio.sleep(0)
        asyncio.get_running_loop().stop()
        await waiting

    asyncio.run(first())
    loop = asyncio.new_event_loop()
    with pytest.raises(RuntimeError, match="stopped before"):
        loop.run_until_complete(second())
    loop.close()
    turns.give_back("a")
    asyncio.run(asyncio.wait_for(turns.take("c"), 5))
