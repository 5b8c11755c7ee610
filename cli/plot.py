"""`meterlake plot`: pictures of what the lake holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from meterlake.cli.consumption import in_zone_of, what_there_is
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import MOMENT, day_range, moment_range
from meterlake.cli.terminal.period_options import AskedPeriods, period_options


def _checked(context: click.Context, option: click.Parameter, out: Path) -> Path:
    """Refuse a file that no picture can be written to before anything is read for it."""
    from meterlake.plots.style import check_picture

    check_picture(out)
    return out


_out = click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_checked,
    help="PNG, SVG or PDF.",
)


@click.group()
def plot() -> None:
    """Draw a picture into a file."""


@plot.command()
@click.argument("meter_id", shell_complete=completion.meters)
@_out
@click.option("--detector", default="fleet_band", show_default=True, shell_complete=completion.detectors)
@day_range("First day, inclusive.", "Last day, exclusive.")
@click.pass_context
def anomaly(
    context: click.Context, meter_id: str, out: Path, detector: str, start: dt.date | None, end: dt.date | None
) -> None:
    """Draw a meter's days, the band round what was expected, and the odd days marked."""
    from meterlake.anomaly.stored_scores import stored_scores
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.errors import BadParameter
    from meterlake.plots.anomaly_days import draw_anomalies
    from meterlake.plots.style import save_figure

    rows = stored_scores(open_lake(chosen_settings(context)), meter_id, detector, start, end)
    if rows.num_rows == 0:
        raise BadParameter(
            "detector", detector, f"one that has scored {meter_id}: run 'meterlake detect'", "fleet_band"
        )
    save_figure(draw_anomalies(rows), out)
    click.echo(str(out))


@plot.command()
@click.argument("meter_id", shell_complete=completion.meters)
@_out
@click.option("--issued-at", type=MOMENT, help="UTC where it says no offset; the newest otherwise.")
@click.option(
    "--model-name",
    shell_complete=completion.model_names,
    help="The model; the newest approved of any name otherwise.",
)
@click.option("--history-days", default=7, show_default=True, type=click.IntRange(1, 366), help="Days shown before.")
@click.pass_context
def forecast(
    context: click.Context,
    meter_id: str,
    out: Path,
    issued_at: dt.datetime | None,
    model_name: str | None,
    history_days: int,
) -> None:
    """Draw a meter's forecast in its bands, with what was measured before and since."""
    import numpy as np

    from meterlake.forecasting.model_choice import open_models
    from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader
    from meterlake.forecasting.serving.meter_forecast import ForecastQuestion, forecast_of_meter
    from meterlake.lake.engine_choice import open_lake
    from meterlake.plots.forecast_fan import draw_forecast
    from meterlake.plots.style import save_figure

    lake = open_lake(chosen_settings(context))
    store = open_models(lake)
    record = store.in_service(model_name)
    found = forecast_of_meter(lake, store, ForecastQuestion(meter_id, record, issued_at=issued_at))
    loader = PanelLoader(lake, MeterChoice(meter_id=meter_id))
    step = dt.timedelta(minutes=record.interval_minutes)
    issued = found.issued_at.astimezone(dt.UTC)
    panel = loader.load(
        issued - dt.timedelta(days=history_days), issued + found.rows.num_rows * step, record.interval_minutes
    )
    times = np.datetime64(panel.start.replace(tzinfo=None), "us") + np.arange(panel.intervals) * np.timedelta64(step)
    figure = draw_forecast(found.rows, times, panel.energy_kwh[0], time_zone=panel.time_zone, model=record.label)
    save_figure(figure, out)
    click.echo(str(out))


@plot.command()
@click.argument("meter_id", shell_complete=completion.meters)
@_out
@period_options
@day_range("First day, inclusive.", "Last day, exclusive.")
@click.option("--quantity", default="energy", show_default=True, shell_complete=completion.quantities)
@click.pass_context
def consumption(
    context: click.Context,
    meter_id: str,
    out: Path,
    asked: AskedPeriods,
    start: dt.date | None,
    end: dt.date | None,
    quantity: str,
) -> None:
    """Draw what a meter used, with the part of each period that was measured, estimated or is missing."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.errors import BadParameter
    from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meter
    from meterlake.lake.metering.derived_quantities import answered_quantity
    from meterlake.plots.consumption_shares import draw_consumption
    from meterlake.plots.style import save_figure

    lake, measured = open_lake(chosen_settings(context)), answered_quantity(quantity)
    rows = periods_of_meter(lake, meter_id, PeriodQuestion(measured, asked.calendar(), start, end))
    if not any(kind == "period" for kind in rows["kind"].to_pylist()):
        raise BadParameter(
            "start", str(start), f"days with {quantity}: {what_there_is(lake, meter_id, quantity)}", "2013-01"
        )
    figure = draw_consumption(in_zone_of(lake, meter_id, rows), meter_id=meter_id, unit=measured.unit)
    save_figure(figure, out)
    click.echo(str(out))


@plot.command()
@_out
@moment_range(
    "A moment or a day, UTC where it says no offset; the first otherwise.", "The same, exclusive; the last otherwise."
)
@click.pass_context
def outages(context: click.Context, out: Path, start: dt.datetime | None, end: dt.datetime | None) -> None:
    """Judge what is new, then draw a map of the outages and when they were."""
    from meterlake.cli.outages import find_outages
    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.stored_outages import stored_outages
    from meterlake.plots.outage_map import draw_outages
    from meterlake.plots.style import save_figure

    settings = chosen_settings(context)
    find_outages(settings)
    lake = open_lake(settings)
    rows = stored_outages(lake, start, end)
    meters = lake.ask("meters_page", after_meter_id="", page_size=10_000_000)
    save_figure(draw_outages(rows, meters), out)
    click.echo(str(out))
