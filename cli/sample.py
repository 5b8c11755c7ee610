"""`meterlake sample`: writes a landing folder of made-up meters.

Enters: the command's options. Leaves: the folder, a report on stdout, progress on stderr. A thin shell over
meterlake.sample_data.landing_folder, so that a first look at the lake needs no data of one's own.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from meterlake.sample_data.landing_folder import write_landing_folder
from meterlake.sample_data.options import SampleOptions, SampleReport, parse_start_date


@click.command("sample")
@click.option(
    "--meters",
    type=int,
    default=50,
    show_default=True,
    help="London meters; a few more report in the default format.",
)
@click.option("--days", type=int, default=365, show_default=True, help="Days of half-hourly readings.")
@click.option("--start", default="2013-01-01", show_default=True, help="First day, UTC, as YYYY-MM-DD.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Landing folder to write.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def sample_command(meters: int, days: int, start: str, seed: int, out: Path, as_json: bool) -> None:
    """Write a landing folder of made-up meters, with weather, places and the truth of what was injected."""
    try:
        options = SampleOptions(meters=meters, days=days, start=parse_start_date(start), seed=seed, out=out)
        report = _write_with_progress(options)
    except ValueError as refusal:
        raise click.UsageError(str(refusal)) from refusal
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report)))
    else:
        _print_report(report, out)


def _write_with_progress(options: SampleOptions) -> SampleReport:
    """Writes the sample under a progress bar on stderr, which stays away where nobody watches."""
    columns = (TextColumn("writing readings"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("files", total=None)
        return write_landing_folder(options, progress=lambda done, total: bar.update(task, completed=done, total=total))


def _print_report(report: SampleReport, out: Path) -> None:
    """Prints what was written and what was injected, for people."""
    console = Console()
    files = Table("file", title=f"{out}: {report.meters} London meters and {report.extra_meters} of the default format")
    files.add_column("rows", justify="right")
    for name, rows in report.rows_by_file.items():
        files.add_row(name, f"{rows:,}")
    console.print(files)
    injected = ", ".join(f"{count:,} {kind}" for kind, count in report.injected.items() if count)
    console.print(f"Injected (truth.csv): {injected}.")
    console.print(f"{report.seconds:.1f} s.")
