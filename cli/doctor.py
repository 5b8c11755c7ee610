"""`meterlake doctor`: whether the lake is whole, checked by reading it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import print_json

if TYPE_CHECKING:
    from meterlake.lake.duckdb_lake import DuckDBLake
    from meterlake.lake.settings import LakeSettings

_CHECKS = {
    "every account adds up": """
        SELECT count(*) FROM ingests
        WHERE rows_read <> rows_stored + duplicates + superseded + quarantined""",
    "no two readings share a moment": """
        SELECT count(*) FROM (
            SELECT interval_start = lag(interval_start) OVER series
                       OR interval_start < max(interval_end) OVER (series ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS shares
            FROM readings WINDOW series AS (PARTITION BY meter_id, quantity ORDER BY interval_start, interval_end DESC))
        WHERE shares""",
    "every quarantined row has its ingest": """
        SELECT count(*) FROM quarantine WHERE ingest_id NOT IN (SELECT ingest_id FROM ingests)""",
    "every reading has its meter": """
        SELECT count(DISTINCT meter_id) FROM readings WHERE meter_id NOT IN (SELECT meter_id FROM meters)""",
    **{
        f"{period}s hold the energy of their days and spans": f"""
        SELECT count(*) FROM (
            SELECT quantity, round(sum(energy_kwh), 3) AS kwh FROM (
                SELECT quantity, energy_kwh FROM consumption_daily
                UNION ALL SELECT quantity, energy_kwh FROM consumption_spans
                WHERE date_trunc('{period}', first_date) = date_trunc('{period}', last_date)) GROUP BY 1
            EXCEPT SELECT quantity, round(sum(energy_kwh), 3) FROM consumption_{period}ly GROUP BY 1) AS apart"""
        for period in ("week", "month")
    },
    "days and spans count every reading of what adds up": """
        WITH counted AS (
            SELECT quantity, intervals_present FROM consumption_daily UNION ALL SELECT quantity, 1 FROM consumption_spans)
        SELECT abs(coalesce((SELECT sum(intervals_present) FROM counted), 0) - (
            SELECT count(*) FROM readings WHERE quantity IN (SELECT DISTINCT quantity FROM counted)))""",
}


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check that the lake is whole; exit code 1 where it is not."""
    from meterlake.lake.engine_choice import open_engine

    settings = chosen_settings(context)
    lake = open_engine(settings)
    lost = _lost_files(lake, settings)
    found = {"every file is there": len(lost)}
    for path in lost:
        click.echo(f"lost: {path}", err=True)
    # Without its files the lake cannot be asked.
    for name, sql in () if lost else _CHECKS.items():
        found[name] = int(lake.select(sql).column(0)[0].as_py())
    if as_json:
        print_json({"python": sys.version.split()[0], "versions": _versions(), "problems": found})
    else:
        for name, problems in found.items():
            click.echo(f"{'ok  ' if problems == 0 else 'FAIL'}  {name}" + (f": {problems}" if problems else ""))
        click.echo(
            f"python {sys.version.split()[0]}, " + ", ".join(f"{name} {found}" for name, found in _versions().items())
        )
    if any(found.values()):
        context.exit(1)


def _lost_files(lake: DuckDBLake, settings: LakeSettings) -> list[str]:
    is_there = _is_on_s3(settings) if settings.is_on_s3 else lambda location: Path(location).exists()
    files = (file for state in lake.snapshots.current().values() for file in state.files)
    return [file.location for file in files if not is_there(file.location)]


def _is_on_s3(settings: LakeSettings) -> Callable[[str], bool]:
    from meterlake.lake.engine_choice import open_store
    from meterlake.lake.tables import INGESTS

    objects = open_store(settings).open_table(INGESTS).io
    return lambda location: objects.new_input(location).exists()


def _versions() -> dict[str, str]:
    versions = {}
    for package in ("meterlake", "duckdb", "pyarrow", "pyiceberg", "ibis-framework"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
