"""`meterlake reliability-page`: a year's reliability as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from meterlake.cli.outages import by_level, find_outages
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.outage.reliability.periods import Level


@click.command("reliability-page")
@click.argument("year", type=click.IntRange(1900, 2200))
@by_level
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The HTML file.")
@click.pass_context
def reliability_page(context: click.Context, year: int, by: str, out: Path) -> None:
    """Write a year's reliability as a page: indices, months, places, major event days, what outages came of."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.yearly_page import yearly_page

    settings = chosen_settings(context)
    find_outages(settings)
    out.write_text(yearly_page(open_lake(settings), year, Level(by)), encoding="utf-8")
    click.echo(str(out))
