"""`meterlake forecast` and `forecasts`: what meters will use, and how what was said held."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from meterlake.cli.forecast_options import (
    COVERAGE_MEANS,
    MASE_MEANS,
    WQL_MEANS,
    chosen_meters,
    shown_progress,
    which_meters,
)
from meterlake.cli.group_forecast import forecast_group, group_options, named_group
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import moment_range
from meterlake.cli.terminal.output import answer_format, print_facts, print_json, print_rows

# So many of the meters that were left out are named on the terminal; --json names all.
_NAMED = 10


@click.command()
@click.argument("meter_id", required=False, shell_complete=completion.meters)
@click.option(
    "--model-name",
    shell_complete=completion.model_names,
    help="The model; the newest approved of any name otherwise.",
)
@click.option("--model-version", type=int, help="A version, approved or not; the one in service otherwise.")
@which_meters
@click.option("--batch-size", type=click.IntRange(1), help="Meters at once.")
@click.option("--forecast-period", type=click.IntRange(1), help="Days ahead; as far as the model goes otherwise.")
@group_options
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def forecast(
    context: click.Context,
    /,
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
    **groups: Any,
) -> None:
    """Forecast one meter or every meter into the forecasts table; or print what a group of meters will use together."""
    from meterlake.forecasting.serving.forecast_run import ForecastPlan, ForecastRun

    if group := named_group(groups):
        if meter_id:
            raise click.UsageError(f"A meter or a group: METER_ID and --{group[0]} were given.")
        forecast_group(context, group, (model_name, model_version), data_end, as_json=as_json)
        return
    plan = ForecastPlan(
        model_name=model_name,
        model_version=model_version,
        meters=chosen_meters(meter_start, meter_end, meter_id),
        start=data_start,
        issued_at=data_end,
        forecast_days=forecast_period,
        batch_meters=batch_size,
    )
    with shown_progress() as progress:
        report = ForecastRun(chosen_settings(context), progress=progress).forecast(plan)
    if as_json:
        print_json(report.as_json())
        return
    stopped = ", ".join(report.stopped[:_NAMED]) + (" …" if len(report.stopped) > _NAMED else "")
    print_facts(
        [
            ("model", report.model),
            ("issued at", report.issued_at),
            ("forecast", f"{report.horizon_intervals} intervals of {report.interval_minutes} minutes"),
            ("meters", f"{report.meters:,}, {report.short_history} with little history, {report.no_history} with none"),
            ("rows", f"{report.rows:,}"),
            *([("left out", f"{len(report.stopped):,} that stopped: {stopped}")] if report.stopped else []),
        ]
    )


@click.group()
def forecasts() -> None:
    """Look back at stored forecasts."""


@forecasts.command()
@moment_range("First moment that was forecast; UTC where it says no offset.", "End of what was forecast, exclusive.")
@answer_format
@click.pass_context
def accuracy(context: click.Context, start: dt.datetime | None, end: dt.datetime | None, form: str) -> None:
    """Say how stored forecasts did against what was measured since."""
    import pyarrow as pa

    from meterlake.forecasting.evaluation.hindsight import accuracy_of_stored
    from meterlake.lake.engine_choice import open_lake

    rows = accuracy_of_stored(open_lake(chosen_settings(context)), start, end)
    if not rows:
        click.echo("No forecast is stored for this range: 'meterlake forecast' makes some.", err=True)
        return
    print_rows(pa.Table.from_pylist(rows), form)
    if form == "table":
        click.echo("\n".join((WQL_MEANS, MASE_MEANS, COVERAGE_MEANS)))
