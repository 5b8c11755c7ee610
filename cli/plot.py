"""`meterlake plot`: pictures of what the lake holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from cli.lake_option import chosen_settings

_DATE = click.DateTime(["%Y-%m-%d"])


@click.group()
def plot() -> None:
    """Draw a picture into a file."""


@plot.command()
@click.argument("meter_id")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="PNG, SVG or PDF.")
@click.option("--detector", default="fleet_band", show_default=True)
@click.option("--start", type=_DATE, default="1900-01-01", help="First day, inclusive.")
@click.option("--end", type=_DATE, default="2200-01-01", help="Last day, exclusive.")
@click.pass_context
def anomaly(
    context: click.Context, meter_id: str, out: Path, detector: str, start: dt.datetime, end: dt.datetime
) -> None:
    """Draw a meter's days, the band round what was expected, and the odd days marked."""
    from lake.errors import BadParameter, UnknownMeter
    from lake.opening import open_lake
    from plots.anomaly_days import draw_anomalies
    from plots.style import save_figure

    lake = open_lake(chosen_settings(context))
    rows = lake.ask(
        "anomalies_of_meter", meter_id=meter_id, detector=detector, start_date=start.date(), end_date=end.date()
    )
    if rows.num_rows == 0:
        if not lake.ask("quantities_of_meter", meter_id=meter_id).num_rows:
            raise UnknownMeter(meter_id)
        raise BadParameter(
            "detector", detector, f"one that has scored {meter_id}: run 'meterlake detect'", "fleet_band"
        )
    save_figure(draw_anomalies(rows), out)
    click.echo(str(out))
