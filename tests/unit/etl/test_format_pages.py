from __future__ import annotations

import re
from pathlib import Path

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration, load_mapping
from meterlake.etl.conforming.mapping_declaration.times import TimeColumn
from meterlake.etl.conforming.mapping_declaration.values import QualityColumn, ValueColumn
from meterlake.etl.formats import FORMATS
from tests.small_lake import SmallLake

DOCS = Path(__file__).parents[3] / "docs"


def table_after(page: str, heading: str) -> list[tuple[str, ...]]:
    lines = page[page.index(heading) :].splitlines()[2:]
    rows = (line for line in lines if line.startswith("|"))
    taken = []
    for row in rows:
        taken.append(tuple(cell.strip() for cell in row.strip("|").split("|")))
        if lines[lines.index(row) + 1] == "":
            break
    return taken


def test_worked_example_runs_as_written(tmp_path: Path) -> None:
    lake = SmallLake(tmp_path)
    page = (DOCS / "how-to" / "bring_your_own_format.md").read_text(encoding="utf-8")
    raw, declaration = (re.findall(rf"```{kind}\n(.*?)```", page, re.S)[0] for kind in ("csv", "yaml"))
    declared = load_mapping(lake.write("hamburg.yaml", declaration))

    report = lake.ingest(lake.write("hamburg.csv", raw), mapping=declared)

    readings = lake.rows("""
        SELECT meter_id, quantity, strftime(interval_start, '%Y-%m-%d %H:%M') AS starts, CAST(value AS VARCHAR) AS v, quality
        FROM readings ORDER BY ALL""")
    quarantine = lake.rows(
        "SELECT CAST(line AS VARCHAR) AS line, reason, trim(detail) AS d FROM quarantine ORDER BY row"
    )
    assert readings == table_after(page, "| meter_id | quantity")
    assert quarantine == table_after(page, "| line | reason")
    assert report.accounts[0].rows_read == 8


def test_every_format_and_every_key_of_a_mapping_stands_in_the_reference() -> None:
    page = (DOCS / "reference" / "formats.md").read_text(encoding="utf-8")
    keys = [name for name in MappingDeclaration.model_fields if name not in ("time", "values", "quality")]
    keys += [f"time.{name}" for name in TimeColumn.model_fields]
    keys += [f"values[].{field.alias or name}" for name, field in ValueColumn.model_fields.items()]
    keys += [f"quality.{name}" for name in QualityColumn.model_fields]

    for name in [*FORMATS.all(), *keys]:
        assert f"| `{name}` |" in page
