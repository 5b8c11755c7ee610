"""`meterlake status`: what the lake holds, at a glance."""

from __future__ import annotations

import click

from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import print_facts, print_json


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say what the lake holds: rows and files a table, meters, the time that readings span."""
    from meterlake.lake.engine_choice import open_engine

    settings = chosen_settings(context)
    lake = open_engine(settings)
    snapshot = lake.snapshots.current()
    tables = {
        name: {
            "rows": state.rows,
            "files": len(state.files),
            "bytes": sum(file.data_file.file_size_in_bytes for file in state.files),
        }
        for name, state in snapshot.items()
    }
    span = lake.select(
        "SELECT min(local_date) AS first_date, max(local_date) AS last_date, count(DISTINCT meter_id) AS meters"
        " FROM consumption_daily"
    ).to_pylist()[0]
    if as_json:
        print_json({"lake": settings.location, **span, "tables": tables})
        return
    print_facts(
        [
            ("lake", settings.location),
            ("meters with readings", f"{span['meters']:,}"),
            ("days", f"{span['first_date']} to {span['last_date']}" if span["meters"] else "none"),
            *(
                (name, f"{facts['rows']:,} rows, {facts['files']:,} files, {facts['bytes'] / 1e6:,.1f} MB")
                for name, facts in tables.items()
            ),
        ]
    )
