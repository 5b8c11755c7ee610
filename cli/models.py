"""`meterlake models`: what was trained, listed and judged by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterlake.cli.forecast_options import COVERAGE_MEANS, WQL_MEANS, with_options
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import print_json, print_rows

if TYPE_CHECKING:
    from meterlake.forecasting.models.model_store import ModelStore


@click.group()
def models() -> None:
    """List, show, approve and reject models."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def list_models(context: click.Context, as_json: bool) -> None:
    """List all models, the newest version of each name first."""
    import pyarrow as pa

    rows = [
        {
            "name": one.name,
            "version": one.version,
            "status": one.status,
            "forecaster": one.forecaster,
            "interval_minutes": one.interval_minutes,
            "horizon_intervals": one.horizon_intervals,
            "wql": one.metrics["wql"],
            "wql_over_seasonal_naive": one.metrics["wql_over_seasonal_naive"],
            "coverage_10_90": one.metrics["coverage_10_90"],
            "created_at": one.created_at.isoformat(timespec="seconds"),
        }
        for one in _store(context).known()
    ]
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(pa.Table.from_pylist(rows), "table")
        click.echo("\n".join((WQL_MEANS, COVERAGE_MEANS)))
    else:
        click.echo("There is no model yet: 'meterlake train' makes one.", err=True)


@models.command()
@click.argument("name", shell_complete=completion.model_names)
@click.argument("version", type=int, required=False, shell_complete=completion.model_versions)
@click.pass_context
def show(context: click.Context, name: str, version: int | None) -> None:
    """Print everything that is known of a model as JSON."""
    record = _store(context).record(name, version)
    print_json({"name": record.name, "version": record.version, "status": record.status, **vars(record)})


_judged = with_options(
    click.argument("name", shell_complete=completion.model_names),
    click.argument("version", type=int, shell_complete=completion.model_versions),
    click.option("--notes", help="Why."),
    click.pass_context,
)


@models.command()
@_judged
def approve(context: click.Context, name: str, version: int, notes: str | None) -> None:
    """Put a model into service; it answers from the next request on."""
    from meterlake.forecasting.models.model_record import APPROVED

    click.echo(f"{_store(context).decide(name, version, APPROVED, notes).label} is in service")


@models.command()
@_judged
def reject(context: click.Context, name: str, version: int, notes: str | None) -> None:
    """Take a model out of service, or keep it from it; an older approved version answers instead."""
    from meterlake.forecasting.models.model_record import REJECTED

    click.echo(f"{_store(context).decide(name, version, REJECTED, notes).label} is rejected")


def _store(context: click.Context) -> ModelStore:
    from meterlake.forecasting.model_choice import open_models
    from meterlake.lake.engine_choice import open_lake

    return open_models(open_lake(chosen_settings(context)))
