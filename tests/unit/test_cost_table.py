"""The page about cost says what its script works out."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.aws_cost import FLEETS, main, monthly_costs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "what_it_costs_on_aws.md"


def test_the_page_has_the_table_that_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    main()

    *table, _ = capsys.readouterr().out.splitlines()
    assert "\n".join(table) in PAGE.read_text()


def test_every_cost_is_worked_out_for_each_size_and_none_is_below_zero() -> None:
    assert all(cost >= 0 for fleet in FLEETS for cost in monthly_costs(fleet).values())
    assert [fleet.meters for fleet in FLEETS] == [5_000, 50_000, 1_000_000]
