"""Whether a model may be put before a person: better than no model, no worse than the one in service, honest bands.

Enters: a backtest's figures. Leaves: a verdict, check by check. What passes still waits for approval.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from meterlake.forecasting.settings import ForecastSettings


@dataclass(frozen=True)
class Check:
    """One thing that the gate looks at: what was found, and between what it must lie."""

    name: str
    found: float
    lowest: float
    highest: float

    @property
    def has_passed(self) -> bool:
        """Whether the figure lies within its bounds; a figure that is none does not."""
        return self.lowest <= self.found <= self.highest


@dataclass(frozen=True)
class GateVerdict:
    """All checks of a model."""

    checks: tuple[Check, ...]

    @property
    def has_passed(self) -> bool:
        """Whether every check has passed."""
        return all(check.has_passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        return {
            "passed": self.has_passed,
            "checks": [{**asdict(check), "passed": check.has_passed} for check in self.checks],
        }


def judge_model(
    settings: ForecastSettings, *, wql: float, coverage: float, naive_wql: float, service_wql: float | None
) -> GateVerdict:
    """Hold a model's figures against the gate.

    Args:
        settings: The bounds.
        wql: The model's mean weighted quantile loss.
        coverage: The share of values within its 10-90 % band.
        naive_wql: Seasonal naive's loss in the same backtest.
        service_wql: The loss of the model in service in the same backtest; None where there is none.
    """
    checks = [
        Check("wql_to_seasonal_naive", wql / naive_wql, 0.0, settings.gate_naive_ratio),
        Check("coverage_10_90", coverage, settings.gate_coverage_low, settings.gate_coverage_high),
    ]
    if service_wql is not None:
        checks.append(Check("wql_to_model_in_service", wql / service_wql, 0.0, settings.gate_service_ratio))
    return GateVerdict(tuple(checks))
