"""`meterlake ingest`, `ingests`, `undo` and `formats`: files into the lake and out of it again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from meterlake.cli.dry_run import print_dry_run
from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import answer_format, print_facts, print_json, print_rows

if TYPE_CHECKING:
    from meterlake.etl.landing.accounts import RunReport


# How many files of a kind a line names.
_NAMED = 3


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--format",
    "format_name",
    default="auto",
    show_default=True,
    shell_complete=completion.formats,
    help="A format's name; 'meterlake formats' lists them.",
)
@click.option("--mapping", type=click.Path(path_type=Path), help="A YAML file that maps your own columns to readings.")
@click.option("--meter-id", help="The one meter that all rows are of, with --mapping, where the files do not name it.")
@click.option(
    "--time-zone", help="IANA zone of times that do not say theirs and of the days of meters, where the files say none."
)
@click.option(
    "--interval-minutes",
    type=click.IntRange(1, 576_000),
    help="Length of intervals where the format leaves it open; 30 where nothing is said.",
)
@click.option(
    "--timestamp-marks",
    type=click.Choice(["start", "end"]),
    help="What a time is of its interval; its start where nothing is said.",
)
@click.option("--known-meters-only", is_flag=True, help="Quarantine rows of meters that the lake does not hold.")
@click.option("--dry-run", is_flag=True, help="Show what would be stored and set aside; the lake stays as it is.")
@click.option(
    "--write-mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write down how a file in no known format is understood, as a mapping to correct; nothing is taken in.",
)
@click.option("--yes", "takes_guesses", is_flag=True, help="Read what fits no format by a guess, doubts or not.")
@click.option("--json", "as_json", is_flag=True, help="Accounts as JSON on stdout.")
@click.pass_context
def ingest(
    context: click.Context,
    paths: tuple[str, ...],
    format_name: str,
    mapping: Path | None,
    meter_id: str | None,
    time_zone: str | None,
    interval_minutes: int | None,
    timestamp_marks: str | None,
    known_meters_only: bool,
    dry_run: bool,
    write_mapping: Path | None,
    takes_guesses: bool,
    as_json: bool,
) -> None:
    """Take files, folders and s3:// addresses into the lake. Safe to repeat: content that is known is skipped."""
    from meterlake.etl.conforming.mapping_declaration import load_mapping
    from meterlake.etl.conforming.raw_format import ReadOptions
    from meterlake.etl.dry_run import try_out
    from meterlake.etl.pipeline import IngestJob, Pipeline
    from meterlake.lake.errors import BadParameter

    given: dict[str, Any] = {
        "interval_minutes": interval_minutes,
        "timestamp_marks": timestamp_marks,
        "time_zone": time_zone,
    }
    options = ReadOptions(**{name: value for name, value in given.items() if value is not None})
    if meter_id is not None and mapping is None:
        raise BadParameter("meter-id", meter_id, "a mapping beside it", "HOME --mapping mapping.yaml")
    declared = load_mapping(mapping, meter_id=meter_id) if mapping else None
    job = IngestJob(paths, format_name, options, known_meters_only, declared, takes_guesses)
    if write_mapping is not None:
        _write_mapping(paths, write_mapping)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking at files", total=None)

        def show(stage: str, done_bytes: int, all_bytes: int) -> None:
            bar.update(task, description=stage, completed=done_bytes, total=all_bytes or None)

        if dry_run:
            tried = try_out(job, chosen_settings(context), show)
            report = tried.report
        else:
            report = Pipeline(chosen_settings(context)).ingest(job, show)
    if dry_run and as_json:
        print_json(tried.as_json())
    elif dry_run:
        print_dry_run(tried)
    elif as_json:
        print_json(report.as_json())
    else:
        _print_report(report)
    for refused in report.refused:
        click.echo(f"refused: {refused.why}", err=True)
    for account in () if dry_run else report.accounts:
        if account.layout.read_by:
            click.echo(f"{account.file.name}: read by a {account.layout.read_by}", err=True)
    for replaced in report.replaced:
        click.echo(
            f"{replaced.name}: was taken in before and read in another way; that ingest ({replaced.ingest_id}) was taken back",
            err=True,
        )
    for what, files in () if dry_run else report.assumed.items():
        more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
        click.echo(f"assumed: {what}: {', '.join(files[:_NAMED])}{more}", err=True)
    if report.unsaid_days and not dry_run:
        click.echo(report.unsaid_days, err=True)
    for warning in report.warnings:
        click.echo(f"WARNING: {warning.name}: {warning.why}", err=True)
    for passed in report.passed_over:
        click.echo(f"passed over: {passed.name}: {passed.why}", err=True)
    if report.found_nothing:
        click.echo(f"There is no raw file in {', '.join(paths)}. 'meterlake formats' lists what is read.", err=True)
    for name in report.without_rows:
        click.echo(f"no rows: {name}: it was taken in, and holds no row.", err=True)
    for name in report.unread:
        click.echo(
            f"nothing could be read: {name}: it has no good row; 'meterlake quality --by reason' says why.", err=True
        )
    if report.refused or report.found_nothing or report.unread:
        context.exit(1)


def _write_mapping(paths: Sequence[str], target: Path) -> None:
    """Write how the first file that fits no format is understood."""
    from meterlake.etl.guessing.undeclared import understand
    from meterlake.etl.landing.landing_zone import find_files
    from meterlake.lake.errors import BadParameter
    from meterlake.lake.scratch import spill_folder

    unpacked = spill_folder(Path())
    try:
        for file in find_files(tuple(paths), unpacked).files:
            fetched = file.fetched()
            heads = chain([fetched.read_head()], fetched.further_heads())
            understood = next((found for head in heads if (found := understand(head)) is not None), None)
            if understood is not None:
                target.write_text(understood.yaml, encoding="utf-8")
                click.echo(f"{target}: {file.name} as it is understood, a {understood.source}")
                for doubt in understood.doubts:
                    click.echo(f"to be looked at: {doubt}", err=True)
                return
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    raise BadParameter("paths", ", ".join(paths), "a file with something like a time and a value", "readings.csv")


def _print_report(report: RunReport) -> None:
    accounts = report.as_json()
    print_facts(
        [
            ("files taken in", f"{accounts['files']:,}"),
            ("skipped, content known", f"{accounts['skipped']:,}"),
            ("refused", f"{len(report.refused):,}"),
            ("rows read", f"{accounts['rows_read']:,}"),
            ("  stored", f"{accounts['rows_stored']:,}"),
            ("  duplicates", f"{accounts['duplicates']:,}"),
            ("  superseded", f"{accounts['superseded']:,}"),
            ("  quarantined", f"{accounts['quarantined']:,}"),
            *((f"    {reason}", f"{count:,}") for reason, count in accounts["quarantine_reasons"].items()),
            ("seconds", f"{report.seconds:.1f}"),
        ]
    )


@click.command()
@answer_format
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Rows of the table.")
@click.pass_context
def ingests(context: click.Context, form: str, limit: int) -> None:
    """List what was taken in, newest first, with the accounts."""
    from meterlake.lake.engine_choice import open_engine

    rows = open_engine(chosen_settings(context)).select(
        "SELECT ingest_id, finished_at, format, rows_read, rows_stored, duplicates, superseded, superseded_by_itself,"
        " quarantined, coalesce(covered, 0) AS covered, assumed, source_file"
        " FROM ingests LEFT JOIN (SELECT ingest_id, count(*) AS covered FROM covered GROUP BY ingest_id) USING (ingest_id)"
        " ORDER BY finished_at DESC, ingest_id DESC"
    )
    print_rows(rows, form, limit=limit, otherwise="Nothing was taken in yet: 'meterlake ingest' does.")


@click.command()
@click.argument("ingest_id", shell_complete=completion.ingests)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def undo(context: click.Context, ingest_id: str, as_json: bool) -> None:
    """Take one ingest back, as if its file had not been taken in."""
    from dataclasses import asdict

    from meterlake.etl.undo import undo_ingest

    report = undo_ingest(ingest_id, chosen_settings(context))
    if as_json:
        print_json(asdict(report))
        return
    click.echo(f"{report.source_file} ({report.ingest_id}): {report.readings_removed:,} readings removed,")
    click.echo(f"{report.readings_restored:,} older ones stand again.")
    for name, removed in report.rows_removed.items():
        restored = report.rows_restored.get(name, 0)
        if removed or restored:
            click.echo(f"{name}: {removed:,} rows removed, {restored:,} of other files stand again.")
    if report.repeated_by:
        click.echo(
            "These files were taken in before the lake kept which rows a file says again; if some were equal to the removed"
            f" ones, undo these files too and take them in again: {', '.join(report.repeated_by)}",
            err=True,
        )


@click.command()
@click.option("--json", "as_json", is_flag=True)
def formats(as_json: bool) -> None:
    """List the raw formats that are read."""
    from meterlake.etl.formats import FORMATS

    known = FORMATS.all().values()
    if as_json:
        print_json([{"name": one.name, "target": one.target, "meaning": one.meaning} for one in known])
    else:
        print_facts([(one.name, f"→ {one.target}: {one.meaning}") for one in known])
