"""Tables on a terminal, CSV and JSON for machines: one way for every command."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = click.Choice(["table", "csv", "json"])


def answer_format(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format`, and `--json` for the one that machines take: the command is called with `form`."""

    @click.option("--format", "form", type=FORMATS, default="table", show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
    @functools.wraps(command)
    def chosen(*given: Any, form: str, as_json: bool, **others: Any) -> Any:
        return command(*given, form="json" if as_json else form, **others)

    return chosen


def print_json(answer: Any) -> None:
    """Print plain data as one JSON line; numbers that are none become null."""
    import orjson

    click.echo(orjson.dumps(_finite(answer), default=str).decode())


def print_rows(
    rows: pa.Table, form: str, *, title: str | None = None, limit: int | None = None, otherwise: str | None = None
) -> None:
    """Print rows as a table for people, as CSV or as a JSON array.

    Args:
        rows: What to print.
        form: table, csv or json.
        title: Above the table.
        limit: Of the table; CSV and JSON are always whole.
        otherwise: What is said on stderr where there is no row: why, and what to do.
    """
    if otherwise and rows.num_rows == 0:
        click.echo(otherwise, err=True)
        if form == "table":
            return
    if form == "table":
        from meterlake.cli.terminal.printed_table import print_table

        print_table(rows.slice(0, limit) if limit else rows, title)
        if limit and rows.num_rows > limit:
            click.echo(f"… and {rows.num_rows - limit:,} more rows; --format csv or json gives all", err=True)
        return
    print_batches(rows.to_reader(100_000), form)


def print_batches(batches: pa.RecordBatchReader, form: str, *, limit: int | None = None) -> None:
    """Print rows that come batch by batch; see print_rows. Of a table no more than it shows is fetched."""
    if form == "table":
        from meterlake.cli.terminal.printed_table import first_rows, print_table

        shown, is_cut = first_rows(batches, limit)
        print_table(shown)
        if is_cut:
            click.echo("… and more rows; --format csv or json, or --out FILE, gives all", err=True)
    elif form == "csv":
        import pyarrow.csv as pacsv

        sys.stdout.flush()
        with pacsv.CSVWriter(sys.stdout.buffer, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    else:
        import orjson

        click.echo("[", nl=False)
        separator = ""
        for batch in batches:
            rows = [orjson.dumps(_finite(row), default=str).decode() for row in batch.to_pylist()]
            if rows:
                click.echo(separator + ",".join(rows), nl=False)
                separator = ","
        click.echo("]")


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values in two columns."""
    width = max((len(name) for name, _ in facts), default=0)
    for name, value in facts:
        click.echo(f"{name:<{width}}  {value}")


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value
