"""`meterlake outage-records`: what an outage management system recorded, beside what the meters say."""

from __future__ import annotations

from collections import Counter
from getpass import getuser
from pathlib import Path

import click

from meterlake.cli.outages import find_outages
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import answer_format, print_rows

_WORDS = {"found": "found", "missed": "missed", "not_recorded": "not recorded", "no_meters": "where no meter is known"}


@click.group("outage-records")
def outage_records() -> None:
    """Take in what an outage management system recorded, and compare it with what the meters say."""


@outage_records.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--columns",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A YAML file that says which column says what: 'started: OFF_TIME'.",
)
@click.option("--time-zone", help="Of which clock times without an offset are, as Europe/Berlin.")
@click.option("--by-whom", "who", default=getuser, show_default="the user of this machine", help="Who takes it in.")
@click.pass_context
def import_records(context: click.Context, file: Path, columns: Path | None, time_zone: str | None, who: str) -> None:
    """Take in a CSV of recorded outages; one that was taken in before under the same name is replaced."""
    from meterlake.outage.records.record_reading import read_columns, read_records, zone_of
    from meterlake.outage.records.record_store import keep_records

    records = read_records(file, read_columns(columns) if columns else None, zone_of(time_zone))
    click.echo(f"{keep_records(chosen_settings(context), records, who):,} recorded outages taken in")


@outage_records.command()
@click.option("--outcome", type=click.Choice(list(_WORDS)), help="One outcome alone.")
@answer_format
@click.pass_context
def compare(context: click.Context, outcome: str | None, form: str) -> None:
    """Say which recorded outages the meters tell of, which not, what was not recorded, and how far apart both are."""
    import pyarrow as pa

    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.records.record_comparison import COMPARED, comparison_in_lake

    settings = chosen_settings(context)
    find_outages(settings)
    rows = comparison_in_lake(open_lake(settings))
    counts = Counter(row.outcome.value for row in rows)
    click.echo(", ".join(f"{counts[name]:,} {words}" for name, words in _WORDS.items()), err=True)
    shown = [row.as_json() for row in rows if outcome in (None, row.outcome.value)]
    found = pa.Table.from_pylist(shown, schema=COMPARED)
    if form == "table":
        found = found.drop_columns(["recorded_customer_minutes", "found_customer_minutes", "reason"])
    print_rows(found, form, otherwise="Nothing was recorded: 'meterlake outage-records import' takes a list in.")
