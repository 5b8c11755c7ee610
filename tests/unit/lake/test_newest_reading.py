"""When the newest reading ends: of any quantity and length, and of readings that no day holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.newest_reading import newest_reading_end
from tests.landing import half_hours, lake_settings, take_in, write_london


def declared(quantity: str, minutes: int) -> MappingDeclaration:
    return MappingDeclaration.model_validate(
        {"meter_id": "id", "time": "t", "values": [{"column": "v", "quantity": quantity}], "interval_minutes": minutes}
    )


@pytest.mark.parametrize(
    ("quantity", "minutes", "start", "expected"),
    [
        ("energy", 30, "2013-01-02 10:00", "2013-01-03 00:00"),
        ("gas", 60, "2013-05-02 10:00", "2013-05-02 11:00"),
        ("energy", 28 * 1440, "2013-01-01 00:00", "2013-01-29 00:00"),
    ],
)
def test_the_newest_end_is_found_whatever_was_measured(
    tmp_path: Path, quantity: str, minutes: int, start: str, expected: str
) -> None:
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", half_hours("M1", "2013-01-02", [1] * 48)))
    (tmp_path / "b.csv").write_text(f"id,t,v\nM2,{start},1\n")
    take_in(tmp_path / "lake", tmp_path / "b.csv", mapping=declared(quantity, minutes))

    newest = newest_reading_end(DuckDBLake(lake_settings(tmp_path / "lake")))

    assert newest == dt.datetime.fromisoformat(expected).replace(tzinfo=dt.UTC)


def test_a_lake_without_readings_has_none(tmp_path: Path) -> None:
    (tmp_path / "geodata.csv").write_text("meter_id,latitude,longitude\nM1,51.5,-0.1\n")
    take_in(tmp_path / "lake", tmp_path / "geodata.csv")

    assert newest_reading_end(DuckDBLake(lake_settings(tmp_path / "lake"))) is None
