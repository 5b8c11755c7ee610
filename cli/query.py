"""`meterlake query`: read-only SQL over the lake's tables."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import answer_format, print_batches, print_facts


@click.command()
@click.argument("sql", required=False)
@answer_format
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for all rows; its ending says how: .parquet, .csv, .tsv, .ndjson, .json, or .xml for readings as Green Button; text also with .gz.",
)
@click.option(
    "--limit", default=100, show_default=True, help="Rows of the table; CSV, JSON and files are always whole."
)
@click.option("--tables", "show_tables", is_flag=True, help="List the tables and what a row of each is.")
@click.pass_context
def query(context: click.Context, sql: str | None, form: str, out: Path | None, limit: int, show_tables: bool) -> None:
    """Run one SELECT over the lake's tables; from stdin where none is given."""
    from meterlake.lake.engine_choice import open_engine
    from meterlake.lake.tables import TABLES

    if show_tables:
        print_facts([(table.name, table.meaning) for table in TABLES.values()])
        return
    text = sql if sql and sql != "-" else sys.stdin.read()
    lake = open_engine(chosen_settings(context))
    if out is not None:
        click.echo(f"{lake.export(text, out):,} rows written to {out}", err=True)
        return
    with lake.stream(text) as batches:
        print_batches(batches, form, limit=limit)
