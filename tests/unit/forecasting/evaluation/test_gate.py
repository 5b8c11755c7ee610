"""What the gate lets pass."""

from __future__ import annotations

import math

from meterlake.forecasting.evaluation.gate import judge_model
from meterlake.forecasting.settings import ForecastSettings

SETTINGS = ForecastSettings(
    gate_naive_ratio=1.0, gate_service_ratio=1.02, gate_coverage_low=0.7, gate_coverage_high=0.9
)


def passed(**figures: float | None) -> dict[str, bool]:
    """Return which checks pass for a good model with some figures changed."""
    given = {"wql": 0.4, "coverage": 0.8, "naive_wql": 0.5, "service_wql": 0.4} | figures
    verdict = judge_model(SETTINGS, **given)  # type: ignore[arg-type]
    return {check.name: check.has_passed for check in verdict.checks}


def test_a_better_model_with_an_honest_band_passes() -> None:
    assert passed() == {"wql_to_seasonal_naive": True, "coverage_10_90": True, "wql_to_model_in_service": True}


def test_a_model_worse_than_seasonal_naive_does_not_pass() -> None:
    assert passed(wql=0.51)["wql_to_seasonal_naive"] is False


def test_a_model_worse_than_the_one_in_service_does_not_pass() -> None:
    assert passed(wql=0.42, service_wql=0.4)["wql_to_model_in_service"] is False


def test_without_a_model_in_service_there_is_nothing_to_compare_with() -> None:
    assert "wql_to_model_in_service" not in passed(service_wql=None)


def test_bands_that_hold_too_much_or_too_little_do_not_pass() -> None:
    assert passed(coverage=0.69)["coverage_10_90"] is False
    assert passed(coverage=0.91)["coverage_10_90"] is False


def test_a_figure_that_is_no_number_does_not_pass() -> None:
    assert passed(wql=math.nan)["wql_to_seasonal_naive"] is False
