"""`meterlake query`: read-only SQL over the lake's tables."""

from __future__ import annotations

import sys

import click

from meterlake.cli.lake_option import chosen_settings
from meterlake.cli.output import FORMATS, print_facts, print_rows


@click.command()
@click.argument("sql", required=False)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--limit", default=100, show_default=True, help="Rows of the table; CSV and JSON are always whole.")
@click.option("--tables", "show_tables", is_flag=True, help="List the tables and what a row of each is.")
@click.pass_context
def query(context: click.Context, sql: str | None, form: str, limit: int, show_tables: bool) -> None:
    """Run one SELECT over the lake's tables; from stdin where none is given."""
    from meterlake.lake.engine_choice import open_engine
    from meterlake.lake.tables import TABLES

    if show_tables:
        print_facts([(table.name, table.meaning) for table in TABLES.values()])
        return
    text = sql if sql and sql != "-" else sys.stdin.read()
    print_rows(open_engine(chosen_settings(context)).select(text), form, limit=limit)
