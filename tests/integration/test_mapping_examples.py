"""Every example of the page on formats of one's own is read as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from meterlake.etl.conforming.mapping_declaration import load_mapping
from tests.landing import select, take_in

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/bring_your_own_format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"```(csv|json|xml)\n(.*?)```\n\n```yaml\n(.*?)```\n.*?\n(\| (?:meter_id|site_id) \|.*?)\n\n",
    PAGE.partition("## An example of each declaration")[2],
    re.DOTALL,
)
NAME = re.search(r"The file is `(export-.*?)`", PAGE)


def test_the_page_has_an_example_of_each_declaration() -> None:
    assert len(EXAMPLES) == PAGE.partition("## An example of each declaration")[2].count("```yaml")


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_is_read_as_it_stands(tmp_path: Path, number: int) -> None:
    kind, raw, declared, table = EXAMPLES[number]
    assert NAME is not None
    file = tmp_path / (NAME[1] if "file_name" in declared else f"raw.{kind}")
    file.write_text(raw, encoding=yaml.safe_load(declared).get("encoding", "utf-8"))
    (tmp_path / "mapping.yaml").write_text(declared, encoding="utf-8")

    take_in(tmp_path / "lake", file, mapping=load_mapping(tmp_path / "mapping.yaml"))

    names, _, *rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines()]
    found = select(tmp_path / "lake", _query_for(names))
    # A read of a register has no length.
    assert found == [row if not row[1].endswith("register") else (*row[:3], "", row[4]) for row in rows]


def _query_for(names: tuple[str, ...]) -> str:
    """Return what gives the columns of an example's table as texts."""
    if names[:2] == ("meter_id", "quantity"):
        return """
            SELECT meter_id, quantity, strftime(interval_start, '%Y-%m-%d %H:%M'),
                   CASE WHEN quantity LIKE '%register' THEN '' ELSE date_diff('minute', interval_start, interval_end)::VARCHAR END,
                   value::VARCHAR
            FROM readings ORDER BY ALL"""
    texts = (
        f"coalesce(strftime({name}, '%Y-%m-%d %H:%M'), '')"
        if name.endswith("_at")
        else f"coalesce({name}::VARCHAR, '')"
        for name in names
    )
    return f"SELECT {', '.join(texts)} FROM {'weather' if names[0] == 'site_id' else 'meters'} ORDER BY ALL"
