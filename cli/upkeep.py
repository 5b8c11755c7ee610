"""`meterlake compact` and `meterlake expire`: files and snapshots kept in bounds."""

from __future__ import annotations

import datetime as dt

import click

from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import print_json


@click.command()
@click.option(
    "--most-files", type=click.IntRange(1), default=1, show_default=True, help="Files that a partition may keep."
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def compact(context: click.Context, most_files: int, as_json: bool) -> None:
    """Merge the files of each partition that has more than a few of them; on S3, Athena's OPTIMIZE decides which."""
    from meterlake.lake.engine_choice import open_store
    from meterlake.lake.writing.maintenance import compact_crowded

    settings = chosen_settings(context)
    if settings.is_on_s3:
        from meterlake.lake.aws.athena_maintenance import optimize_tables

        with open_store(settings).lock():
            _print_tables(optimize_tables(settings), "optimized", as_json)
        return
    merged = compact_crowded(open_store(settings), most_files)
    if as_json:
        print_json(
            [{"table": one.table, "folder": one.folder, "files": one.files_before, "rows": one.rows} for one in merged]
        )
    else:
        for one in merged:
            click.echo(f"{one.table} {one.folder}: {one.files_before} files, {one.rows:,} rows, now one file")
        click.echo(f"{len(merged)} partitions merged")


@click.command()
@click.option(
    "--older-than-hours", type=click.FloatRange(0), help="Age of the snapshots to forget; the settings' otherwise."
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def expire(context: click.Context, older_than_hours: float | None, as_json: bool) -> None:
    """Forget old snapshots and remove the files that only they held; on S3, by Athena's VACUUM."""
    from meterlake.etl.settings import EtlSettings
    from meterlake.lake.engine_choice import open_store
    from meterlake.lake.writing.maintenance import expire_snapshots

    hours = EtlSettings().keep_snapshots_hours if older_than_hours is None else older_than_hours
    settings = chosen_settings(context)
    if settings.is_on_s3:
        from meterlake.lake.aws.athena_maintenance import vacuum_tables

        with open_store(settings).lock():
            _print_tables(vacuum_tables(settings, dt.timedelta(hours=hours)), "vacuumed", as_json)
        return
    gone = expire_snapshots(open_store(settings), dt.timedelta(hours=hours))
    if as_json:
        print_json(gone)
    else:
        click.echo(f"{gone['snapshots']} snapshots forgotten, {gone['files']} files removed")


def _print_tables(tables: tuple[str, ...], what: str, as_json: bool) -> None:
    if as_json:
        print_json({what: tables})
    else:
        click.echo(f"{len(tables)} tables {what} by Athena")
