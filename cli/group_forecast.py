"""`meterlake forecast --tariff ToU`: what a group of meters will use together, on the terminal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from meterlake.cli.groups import ATTRIBUTES
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import Command
from meterlake.cli.terminal.output import print_json, print_rows

_FLEET = "fleet"
_SHOWN_LEVELS = ("p10_kwh", "p50_kwh", "p90_kwh")


def group_options(command: Command) -> Command:
    """Add an option for each attribute that makes groups; the command is given those that were named."""
    for attribute in reversed(ATTRIBUTES):
        words = attribute.replace("_", "-")
        if attribute == _FLEET:
            command = click.option("--fleet", is_flag=True, help="All meters together.")(command)
        else:
            command = click.option(f"--{words}", help=f"The meters of a {attribute.replace('_', ' ')} together.")(
                command
            )
    return command


def named_group(given: dict[str, Any]) -> tuple[str, str] | None:
    """Return the attribute and the group that options name; None where they name none.

    Raises:
        click.UsageError: If they name several.
    """
    named = [(one, "all" if one == _FLEET else given[one]) for one in ATTRIBUTES if given.get(one)]
    if len(named) > 1:
        raise click.UsageError(f"One group at a time: {' and '.join(f'--{one}' for one, _ in named)} were given.")
    return named[0] if named else None


def forecast_group(
    context: click.Context,
    group: tuple[str, str],
    model: tuple[str | None, int | None],
    at: dt.datetime | None,
    *,
    as_json: bool,
) -> None:
    """Print a group's forecast; nothing is stored."""
    from meterlake.forecasting.model_choice import ForecastingJob
    from meterlake.forecasting.serving.forecast_rows import SHOWN_COLUMNS
    from meterlake.forecasting.serving.group_forecast import GroupForecastQuestion, forecast_of_group
    from meterlake.lake.metering.groups import grouped_by

    job = ForecastingJob(chosen_settings(context))
    by, name = group
    question = GroupForecastQuestion(grouped_by(by), name, job.store.chosen(*model), at)
    found = forecast_of_group(job.lake, job.store, question)
    rows = found.rows.select(SHOWN_COLUMNS)
    if as_json:
        facts = {"by": by, "group": name, "model": question.record.label, "issued_at": found.issued_at}
        print_json({**facts, "meters": found.meters, "stopped": list(found.stopped), "forecasts": rows.to_pylist()})
        return
    print_rows(rows.select(["interval_start", "mean_kwh", *_SHOWN_LEVELS]), "table", limit=rows.num_rows)
    stopped = f", {len(found.stopped)} that stopped left out" if found.stopped else ""
    click.echo(f"{question.record.label}: {found.meters:,} meters of {by} {name} together{stopped}.", err=True)
