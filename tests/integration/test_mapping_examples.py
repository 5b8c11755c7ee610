"""Every example of the page on formats of one's own is read as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import load_mapping
from tests.landing import select, take_in

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/bring_your_own_format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"```(csv|json)\n(.*?)```\n\n```yaml\n(.*?)```\n.*?\n(\| meter_id \| quantity \| interval_start \| minutes.*?)\n\n",
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
    file.write_text(raw, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(declared, encoding="utf-8")

    take_in(tmp_path / "lake", file, mapping=load_mapping(tmp_path / "mapping.yaml"))

    found = select(
        tmp_path / "lake",
        """SELECT meter_id, quantity, strftime(interval_start, '%Y-%m-%d %H:%M'),
                  CASE WHEN quantity LIKE '%register' THEN '' ELSE date_diff('minute', interval_start, interval_end)::VARCHAR END,
                  value::VARCHAR
           FROM readings ORDER BY ALL""",
    )
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines()[2:]]
    assert found == [row if not row[1].endswith("register") else (*row[:3], "", row[4]) for row in rows]
