from __future__ import annotations

import inspect

import pytest

from meterlake.api import refusals
from meterlake.api.problems import PROBLEM_TYPES, problem_of
from meterlake.lake import errors


def test_every_503_says_when_to_ask_again_and_a_fault_that_stays_is_none() -> None:
    for problem in PROBLEM_TYPES.values():
        assert (problem.status in (429, 503)) == (problem.retry_after_seconds is not None)
    assert PROBLEM_TYPES["internal-trouble"].status == 500


@pytest.mark.parametrize("module", [errors, refusals])
def test_every_error_is_a_problem(module: object) -> None:
    kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Exception)]
    for kind in kinds:
        assert problem_of(kind.__new__(kind)).status >= 400


def test_an_error_of_python_is_an_internal_trouble() -> None:
    assert problem_of(ZeroDivisionError()).name == "internal-trouble"
