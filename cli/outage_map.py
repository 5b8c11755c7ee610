"""`meterlake outage-map`: where power was out, moment by moment, as one HTML file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from meterlake.cli.outages import find_outages
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import moment_range


@click.command("outage-map")
@moment_range(
    "A moment or a day, UTC where it says no offset; the first otherwise.", "The same, exclusive; the last otherwise."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The HTML file.")
@click.pass_context
def outage_map(context: click.Context, start: dt.datetime | None, end: dt.datetime | None, out: Path) -> None:
    """Write where power was out as a page with a map and a slider over time; it needs no other file."""
    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.outage_map_page import outage_map_page

    settings = chosen_settings(context)
    find_outages(settings)
    out.write_text(outage_map_page(open_lake(settings), start, end), encoding="utf-8")
    click.echo(str(out))
