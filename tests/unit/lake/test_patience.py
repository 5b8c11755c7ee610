from __future__ import annotations

import threading
import time

import duckdb
import pytest

from meterlake.lake.errors import QueryTooLong
from meterlake.lake.patience import Patience, require_patience
from meterlake.lake.time_limit import TimeLimit

ENDLESS = "SELECT count(*) FROM range(10_000_000_000) AS a(x), range(10_000) AS b(y) WHERE a.x % 7 = b.y"


def run_endless(patience: Patience) -> None:
    with duckdb.connect() as connection, patience.kept(), TimeLimit(60).watching(connection):
        connection.execute(ENDLESS)


def test_a_query_is_interrupted_when_nobody_waits_any_more() -> None:
    patience = Patience(60)
    began = time.monotonic()
    threading.Timer(0.3, patience.end).start()
    with pytest.raises(QueryTooLong):
        run_endless(patience)
    assert time.monotonic() - began < 20


def test_a_query_is_stopped_at_the_caller_s_limit_where_that_comes_first() -> None:
    with pytest.raises(QueryTooLong):
        run_endless(Patience(0.3))


def test_nothing_is_asked_once_patience_is_over() -> None:
    patience = Patience(60)
    patience.end()
    with pytest.raises(QueryTooLong, match="60 s"):
        run_endless(patience)


def test_another_thread_has_a_patience_of_its_own() -> None:
    patience = Patience(60)
    patience.end()
    answers = []

    def ask() -> None:
        with duckdb.connect() as connection, TimeLimit(60).watching(connection):
            answers.append(connection.execute("SELECT 1").fetchone())

    with patience.kept():
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert answers == [(1,)]


def test_work_between_questions_ends_at_its_next_step_and_goes_on_where_nobody_could_go() -> None:
    patience = Patience(60)
    require_patience()
    with patience.kept():
        require_patience()
        patience.end()
        with pytest.raises(QueryTooLong, match="60 s"):
            require_patience()
    require_patience()
