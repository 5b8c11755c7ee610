"""`meterlake train`, `backtest`, `forecast`, `forecasts`, `forecasters`: from readings to forecasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from meterlake.cli.lake_option import chosen_settings
from meterlake.cli.output import FORMATS, print_facts, print_json, print_rows

if TYPE_CHECKING:
    from meterlake.forecasting.evaluation.backtest import BacktestReport
    from meterlake.forecasting.panels.panel_loading import MeterChoice
    from meterlake.forecasting.training import TrainingPlan

_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S"])
_Command = Callable[..., Any]


def _which_meters(command: _Command) -> _Command:
    """Add the options that choose meters and days, named as the published pipelines name them."""
    options = (
        click.option(
            "--meter-start", default=1, show_default=True, type=click.IntRange(1), help="First meter, by place."
        ),
        click.option("--meter-end", type=click.IntRange(1), help="Last meter, inclusive; the last there is otherwise."),
        click.option("--data-start", type=_MOMENT, help="First moment of history, UTC."),
        click.option("--data-end", type=_MOMENT, help="End of history, UTC; the newest reading otherwise."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _what_to_train(command: _Command) -> _Command:
    """Add the options that say what is fitted."""
    options = (
        click.option("--model-name", default="household", show_default=True),
        click.option("--forecaster", help="By name; 'meterlake forecasters' lists them."),
        click.option("--preset", default="", help="A forecaster's named parameters, such as deepar's published ones."),
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="One parameter; may be repeated."),
        click.option("--interval", type=click.Choice(["30", "60"]), default="60", show_default=True, help="Minutes."),
        click.option("--forecast-period", default=7, show_default=True, type=click.IntRange(1), help="Days ahead."),
        click.option("--json", "as_json", is_flag=True),
    )
    for option in reversed(options):
        command = option(command)
    return _which_meters(command)


@click.command()
@_what_to_train
@click.pass_context
def train(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Fit a model, backtest it, and register it for approval if the gate lets it pass; exit code 1 otherwise."""
    from meterlake.forecasting.training import Training

    with _progress() as shown:
        report = Training(chosen_settings(context), progress=shown).train(_plan_of(options))
    if as_json:
        print_json(report.as_json())
    else:
        print_facts(_backtest_facts(report.backtest))
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
        print_facts([("registered", f"{name} {version}, waiting: meterlake models approve {name} {version}")])


@click.command()
@_what_to_train
@click.pass_context
def backtest(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Fit and judge from rolling origins; nothing is registered."""
    from meterlake.forecasting.training import Training

    with _progress() as shown:
        report = Training(chosen_settings(context), progress=shown).backtest(_plan_of(options))
    if as_json:
        print_json(report.as_json())
    else:
        print_facts(_backtest_facts(report))


@click.command()
@click.argument("meter_id", required=False)
@click.option("--model-name", help="The model; the newest approved of any name otherwise.")
@click.option("--model-version", type=int, help="A version, approved or not; the one in service otherwise.")
@_which_meters
@click.option("--batch-size", type=click.IntRange(1), help="Meters at once.")
@click.option("--forecast-period", type=click.IntRange(1), help="Days ahead; as far as the model goes otherwise.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def forecast(
    context: click.Context,
    meter_id: str | None,
    model_name: str | None,
    model_version: int | None,
    meter_start: int,
    meter_end: int | None,
    data_start: dt.datetime | None,
    data_end: dt.datetime | None,
    batch_size: int | None,
    forecast_period: int | None,
    as_json: bool,
) -> None:
    """Forecast one meter or the fleet into the forecasts table."""
    from meterlake.forecasting.serving.forecast_run import ForecastPlan, ForecastRun

    plan = ForecastPlan(
        model_name=model_name,
        model_version=model_version,
        meters=_meters(meter_start, meter_end, meter_id),
        start=_utc(data_start),
        issued_at=_utc(data_end),
        forecast_days=forecast_period,
        batch_meters=batch_size,
    )
    with _progress() as shown:
        report = ForecastRun(chosen_settings(context), progress=shown).forecast(plan)
    if as_json:
        print_json(report.as_json())
        return
    print_facts(
        [
            ("model", report.model),
            ("issued at", report.issued_at),
            ("forecast", f"{report.horizon_intervals} intervals of {report.interval_minutes} minutes"),
            ("meters", f"{report.meters:,}, {report.short_history} with little history, {report.no_history} with none"),
            ("rows", f"{report.rows:,}"),
        ]
    )


@click.group()
def forecasts() -> None:
    """Look back at stored forecasts."""


@forecasts.command()
@click.option("--start", type=_MOMENT, default="1900-01-01", help="First moment forecast, UTC.")
@click.option("--end", type=_MOMENT, default="2200-01-01", help="End of what was forecast, UTC.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.pass_context
def accuracy(context: click.Context, start: dt.datetime, end: dt.datetime, form: str) -> None:
    """Say how stored forecasts did against what was measured since."""
    import pyarrow as pa

    from meterlake.forecasting.evaluation.hindsight import accuracy_of_stored
    from meterlake.lake.engine_choice import open_lake

    rows = accuracy_of_stored(open_lake(chosen_settings(context)), _utc(start), _utc(end))  # type: ignore[arg-type]
    if not rows:
        click.echo("No forecast is stored for this range: 'meterlake forecast' makes some.", err=True)
        return
    print_rows(pa.Table.from_pylist(rows), form)


@click.command()
@click.option("--json", "as_json", is_flag=True)
def forecasters(as_json: bool) -> None:
    """List the forecasters with what they say."""
    from meterlake.forecasting.forecasters import FORECASTERS

    known = FORECASTERS.all().values()
    if as_json:
        print_json([{"name": one.name, "says": one.says, "presets": list(one.presets)} for one in known])
    else:
        print_facts([(one.name, one.says) for one in known])


def _plan_of(options: dict[str, Any]) -> TrainingPlan:
    from meterlake.forecasting.forecasters import FORECASTERS
    from meterlake.forecasting.training import DEFAULT_FORECASTER, TrainingPlan

    forecaster = FORECASTERS.named(options["forecaster"] or DEFAULT_FORECASTER)
    return TrainingPlan(
        model_name=options["model_name"],
        forecaster=forecaster.with_parameters(dict(_setting(text) for text in options["settings"]), options["preset"]),
        interval_minutes=int(options["interval"]),
        forecast_days=options["forecast_period"],
        meters=_meters(options["meter_start"], options["meter_end"]),
        start=_utc(options["data_start"]),
        end=_utc(options["data_end"]),
    )


def _setting(text: str) -> tuple[str, str]:
    from meterlake.lake.errors import BadParameter

    name, equals, value = text.partition("=")
    if not equals:
        raise BadParameter("set", text, "a name and a value with = between", "seed=2")
    return name, value


def _meters(first: int, last: int | None, meter_id: str | None = None) -> MeterChoice:
    from meterlake.forecasting.panels.panel_loading import MeterChoice

    return MeterChoice(first, last, meter_id)


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment else None


def _backtest_facts(report: BacktestReport) -> list[tuple[str, str]]:
    scores, naive = report.scores, report.baseline
    return [
        ("forecaster", report.forecaster),
        ("backtest", f"{len(report.origins)} origins, {len(report.meter_ids):,} meters, weather {report.weather}"),
        ("WQL", f"{scores.wql:.4f}, seasonal naive {naive.wql:.4f}, ratio {report.wql_over_baseline:.3f}"),
        ("MASE", f"{scores.mase:.4f}, seasonal naive {naive.mase:.4f}"),
        ("10-90 % band", f"holds {scores.coverage:.1%}"),
        ("seconds", f"{report.train_seconds:.1f} to fit, {report.predict_seconds:.1f} to predict"),
    ]


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """Show a bar on stderr, on a terminal; nothing otherwise."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, done: bar.update(task, description=stage, completed=done)
