"""The pages about cost and scale say what their scripts work out."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import aws_cost, aws_scale
from benchmarks.aws_cost import FLEETS, monthly_costs

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"


@pytest.mark.parametrize(
    ("script", "page"), [(aws_cost, "what_it_costs_on_aws.md"), (aws_scale, "run_on_aws.md")], ids=["cost", "scale"]
)
def test_the_page_has_the_table_that_the_script_prints(
    script: ModuleType, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script.main()

    *table, _ = capsys.readouterr().out.splitlines()
    assert "\n".join(table) in (PAGES / page).read_text()


def test_a_million_meters_keep_to_every_limit_day_by_day_and_at_once() -> None:
    assert [step.what for step in aws_scale.steps() if not step.is_within] == []


def test_every_cost_is_worked_out_for_each_size_and_none_is_below_zero() -> None:
    assert all(cost >= 0 for fleet in FLEETS for cost in monthly_costs(fleet).values())
    assert [fleet.meters for fleet in FLEETS] == [5_000, 50_000, 1_000_000]
