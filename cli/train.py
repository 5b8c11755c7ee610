"""`meterlake train` and `backtest`: from readings to a model that waits for approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meterlake.cli.forecast_options import (
    MASE_MEANS,
    WQL_MEANS,
    chosen_meters,
    shown_progress,
    which_meters,
    with_options,
)
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import print_facts, print_json

if TYPE_CHECKING:
    from meterlake.forecasting.evaluation.backtest import BacktestReport
    from meterlake.forecasting.training import TrainingPlan

_what_to_train = with_options(
    click.option("--model-name", default="household", show_default=True),
    click.option(
        "--forecaster", shell_complete=completion.forecasters, help="By name; 'meterlake forecasters' lists them."
    ),
    click.option("--preset", default="", help="A forecaster's named parameters, such as deepar's published ones."),
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="One parameter; may be repeated."),
    click.option("--interval", type=click.Choice(["30", "60"]), default="60", show_default=True, help="Minutes."),
    click.option("--forecast-period", default=7, show_default=True, type=click.IntRange(1), help="Days ahead."),
    click.option("--json", "as_json", is_flag=True),
    which_meters,
)


@click.command()
@_what_to_train
@click.pass_context
def train(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Fit a model, backtest it, and register it for approval if the gate lets it pass; exit code 1 otherwise."""
    from meterlake.forecasting.training import Training

    with shown_progress() as progress:
        report = Training(chosen_settings(context), progress=progress).train(_plan_of(options))
    if as_json:
        print_json(report.as_json())
    else:
        _print_backtest(report.backtest)
        for check in report.verdict.checks:
            bounds = f"wanted {check.lowest:g} to {check.highest:g}"
            print_facts(
                [("gate", f"{'pass' if check.has_passed else 'FAIL'}  {check.name} {check.found:.3f}, {bounds}")]
            )
    if report.model is None:
        click.echo("The gate did not let the model pass; nothing was registered.", err=True)
        context.exit(1)
    if not as_json:
        name, version = report.model.name, report.model.version
        waits = f"waiting: meterlake models approve {name} {version}"
        if not report.is_proposed:
            worse = f"its WQL is {report.wql_over_shipped:.3f} of the model's that ships"
            waits = f"not proposed: {worse}; to have it all the same: meterlake models approve {name} {version}"
        print_facts([("registered", f"{name} {version}, {waits}")])


@click.command()
@_what_to_train
@click.pass_context
def backtest(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Fit and judge from rolling origins; nothing is registered."""
    from meterlake.forecasting.training import Training

    with shown_progress() as progress:
        report = Training(chosen_settings(context), progress=progress).backtest(_plan_of(options))
    if as_json:
        print_json(report.as_json())
    else:
        _print_backtest(report)


def _plan_of(options: dict[str, Any]) -> TrainingPlan:
    from meterlake.forecasting.forecasters import FORECASTERS
    from meterlake.forecasting.training import DEFAULT_FORECASTER, TrainingPlan

    forecaster = FORECASTERS.named(options["forecaster"] or DEFAULT_FORECASTER)
    return TrainingPlan(
        model_name=options["model_name"],
        forecaster=forecaster.with_parameters(dict(_setting(text) for text in options["settings"]), options["preset"]),
        interval_minutes=int(options["interval"]),
        forecast_days=options["forecast_period"],
        meters=chosen_meters(options["meter_start"], options["meter_end"]),
        start=options["data_start"],
        end=options["data_end"],
    )


def _setting(text: str) -> tuple[str, Any]:
    from meterlake.lake.errors import BadParameter
    from meterlake.lake.plug_ins.given_parameters import value_of

    name, equals, value = text.partition("=")
    if not equals:
        raise BadParameter("set", text, "a name and a value with = between", "seed=2")
    return name, value_of(value)


def _print_backtest(report: BacktestReport) -> None:
    scores, naive = report.scores, report.baseline
    print_facts(
        [
            ("forecaster", report.forecaster),
            ("backtest", f"{len(report.origins)} origins, {len(report.meter_ids):,} meters, weather {report.weather}"),
            ("WQL", f"{scores.wql:.4f}, seasonal naive {naive.wql:.4f}, ratio {report.wql_over_baseline:.3f}"),
            ("MASE", f"{scores.mase:.4f}, seasonal naive {naive.mase:.4f}"),
            ("10-90 % band", f"holds {scores.coverage:.1%}"),
            ("seconds", f"{report.train_seconds:.1f} to fit, {report.predict_seconds:.1f} to predict"),
        ]
    )
    click.echo(f"{WQL_MEANS} {MASE_MEANS}")
