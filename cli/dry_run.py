"""What `meterlake ingest --dry-run` shows: how each file was understood, and what would become of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import yaml

from meterlake.cli.terminal.output import print_rows

if TYPE_CHECKING:
    from meterlake.etl.dry_run import DryRun

_TITLES = {
    "readings": "The first readings as they would be stored",
    "meters": "The first meters",
    "weather": "The first rows of weather",
    "meter_events": "The first events",
    "days": "The sums of the first days",
    "quarantine": "What would be set aside",
}


def print_dry_run(tried: DryRun) -> None:
    """Print a dry run for people."""
    for account in tried.report.accounts:
        click.echo(f"{account.file.name}: {account.layout.format}{_how(account.layout.read_by)}")
        if account.assumed:
            click.echo(f"assumed: {account.assumed}")
        declared = account.layout.mapping
        if declared is not None:
            told = declared.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            click.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, default_flow_style=None))
    facts = tried.report.as_json()
    counted = ", ".join(
        f"{facts[name]:,} {said}"
        for name, said in (
            ("rows_read", "rows read"),
            ("rows_stored", "to be stored"),
            ("duplicates", "duplicates"),
            ("superseded", "superseded"),
            ("quarantined", "set aside"),
        )
    )
    click.echo(f"{counted}. The lake stays as it is.")
    for name, title in _TITLES.items():
        rows = tried.looks[name]
        if rows.num_rows:
            click.echo()
            print_rows(rows, "table", title=f"{title} ({tried.rows[name]:,} in all)" if name in tried.rows else title)


def _how(read_by: str) -> str:
    return f", by a {read_by}" if read_by else ""
