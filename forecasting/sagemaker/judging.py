"""Whether an evaluation lets a candidate pass: the gate's rules, as a step of the state machine.

Enters: an evaluation. Leaves: the verdict, and the reasons in words for the notice.
"""

from __future__ import annotations

from meterlake.forecasting.evaluation.gate import GateVerdict, judge_model
from meterlake.forecasting.sagemaker.package_record import JudgedFigures
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.training_documents import Evaluation, Judgement
from meterlake.forecasting.settings import ForecastSettings


def judge(evaluation_location: str) -> Judgement:
    """Hold an evaluation against the gate."""
    verdict = verdict_of(RunFiles().read_document(evaluation_location, Evaluation), ForecastSettings())
    return Judgement(has_passed=verdict.has_passed, summary=summary_of(verdict))


def verdict_of(evaluation: Evaluation, settings: ForecastSettings) -> GateVerdict:
    """Return what the gate says of an evaluation; a figure that could not be computed passes nothing."""
    figures = evaluation.backtest
    return judge_model(
        settings,
        wql=_number(figures.wql),
        coverage=_number(figures.coverage_10_90),
        naive_wql=_number(figures.seasonal_naive.wql),
        service_wql=evaluation.service_wql,
    )


def judged_figures(evaluation: Evaluation, settings: ForecastSettings) -> JudgedFigures:
    """Return an evaluation's figures with what the gate says of them."""
    gate = verdict_of(evaluation, settings).as_json()
    return JudgedFigures(**dict(evaluation.backtest), gate=gate, service_wql=evaluation.service_wql)


def summary_of(verdict: GateVerdict) -> str:
    """Return each check in words."""
    told = (
        f"{check.name} {check.found:.3f} {'passes' if check.has_passed else 'FAILS'}"
        f" (wanted {check.lowest:g} to {check.highest:g})"
        for check in verdict.checks
    )
    return "; ".join(told)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
