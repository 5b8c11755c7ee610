"""`meterlake forecasters`: what can be trained, and one of your own begun."""

from __future__ import annotations

from pathlib import Path

import click

from meterlake.cli.terminal.output import print_facts, print_json


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def forecasters(context: click.Context, as_json: bool) -> None:
    """List the forecasters with what they say; `forecasters new NAME` begins one of your own."""
    if context.invoked_subcommand:
        return
    from meterlake.forecasting.forecasters import FORECASTERS

    known = FORECASTERS.all().values()
    if as_json:
        print_json([{"name": one.name, "says": one.says, "presets": list(one.presets)} for one in known])
    else:
        print_facts([(one.name, one.says) for one in known])


@forecasters.command()
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The project's root.")
def new(name: str, into: Path) -> None:
    """Write a forecaster's module, test and place in the reference from the template, ready to run."""
    from meterlake.forecasting.new_forecaster import write_new_forecaster

    for path in write_new_forecaster(name, into):
        click.echo(str(path))
