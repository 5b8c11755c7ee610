from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.api.application import create_application
from meterlake.api.description.openapi_document import describe
from meterlake.api.problems import PROBLEM_TYPES, ProblemType
from meterlake.api.representations import MEDIA_TYPES
from meterlake.api.settings import ApiSettings

REFERENCE = (Path(__file__).parents[3] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("problem", PROBLEM_TYPES.values(), ids=lambda problem: problem.name)
def test_every_problem_stands_in_the_reference_with_its_status_title_and_advice(problem: ProblemType) -> None:
    row = f"| `{problem.uri}` | {problem.status} | {problem.title} | {problem.advice} |"
    assert row in REFERENCE.splitlines()


def test_the_reference_names_no_problem_that_does_not_exist() -> None:
    assert REFERENCE.count("| `urn:problem-type:meterlake:") == len(PROBLEM_TYPES)


def test_every_route_stands_in_the_reference() -> None:
    for path in describe(create_application())["paths"]:
        assert f"GET {path}".replace("{aggregation}", r"{daily\|weekly\|monthly}") in REFERENCE


def test_every_setting_stands_in_the_reference_with_its_meaning() -> None:
    for name, field in ApiSettings.model_fields.items():
        assert f"| `METERLAKE_API_{name.upper()}` |" in REFERENCE
        assert f"| {field.description} |" in REFERENCE


def test_every_representation_stands_in_the_reference() -> None:
    for representation, media_type in MEDIA_TYPES.items():
        assert f"| `{representation}` | `{media_type}` |" in REFERENCE
