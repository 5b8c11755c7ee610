"""Tables on a terminal, CSV and JSON for machines: one way for every command."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = click.Choice(["table", "csv", "json"])


def print_json(answer: Any) -> None:
    """Print plain data as one JSON line; numbers that are none become null."""
    import orjson

    click.echo(orjson.dumps(_finite(answer), default=str).decode())


def print_rows(rows: pa.Table, form: str, *, title: str | None = None, limit: int | None = None) -> None:
    """Print rows as a table for people, as CSV or as a JSON array.

    Args:
        rows: What to print.
        form: table, csv or json.
        title: Above the table.
        limit: Of the table; CSV and JSON are always whole.
    """
    if form == "csv":
        import pyarrow.csv as pacsv

        sys.stdout.flush()
        pacsv.write_csv(rows, sys.stdout.buffer)
    elif form == "json":
        print_json(rows.to_pylist())
    else:
        _print_table(rows, title, limit)


def _print_table(rows: pa.Table, title: str | None, limit: int | None) -> None:
    import pyarrow as pa
    from rich.console import Console
    from rich.table import Table

    shown = rows.slice(0, limit) if limit else rows
    table = Table(title=title, title_justify="left", header_style="bold")
    for field in rows.schema:
        is_number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
        table.add_column(field.name, justify="right" if is_number else "left", overflow="fold")
    for row in zip(*(column.to_pylist() for column in shown.columns), strict=True):
        table.add_row(*(as_text(value) for value in row))
    Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 200).print(table)
    if limit and rows.num_rows > limit:
        click.echo(f"… and {rows.num_rows - limit} more rows; --format csv or json gives all", err=True)


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values in two columns."""
    width = max((len(name) for name, _ in facts), default=0)
    for name, value in facts:
        click.echo(f"{name:<{width}}  {value}")


def as_text(value: Any) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value
