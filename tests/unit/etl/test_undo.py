"""An ingest taken back leaves no row of any table that says it came with it."""

from __future__ import annotations

from pathlib import Path

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from meterlake.lake.tables import TABLES
from tests.landing import half_hours, lake_settings, select, take_in, write_london
from tests.values_of_any_length import DECLARED, write_values

# A reading, its repeated and restated rows, a bad one; an event; and the weather.
EVENTS = "E1,1-0:1.8.0,2019010100240000,0.5,,INT\nE1,,2019010101240000,,BAT,ERR\n"
WEATHER = "temperature,time\n20,2013-01-01 00:00\n"


def test_no_table_that_names_ingests_names_one_that_was_taken_back(tmp_path: Path) -> None:
    rows = half_hours("M1", "2013-01-01", [1, 2, "x"]) + half_hours("M1", "2013-01-01", [1, 3])
    files = [write_london(tmp_path / "a.csv", rows), tmp_path / "b.csv", tmp_path / "c.csv"]
    files[1].write_text(EVENTS)
    files[2].write_text(WEATHER)
    lake = tmp_path / "lake"
    take_in(lake, *files)
    take_in(lake, write_values(tmp_path / "d.csv", [(0, 60, 1, "A"), (30, 60, 0.25, "A")]), mapping=DECLARED)
    naming = [name for name, table in TABLES.items() if "ingest_id" in table.column_names]
    held = {name: select(lake, f"SELECT count(*) FROM {name}")[0][0] for name in naming}
    assert all(held.values()), held

    for (ingest_id,) in select(lake, "SELECT ingest_id FROM ingests"):
        undo_ingest(ingest_id, lake_settings(lake))

    assert {name: select(lake, f"SELECT count(*) FROM {name}")[0][0] for name in naming} == dict.fromkeys(naming, 0)


def test_without_the_stand_between_two_others_what_flowed_between_these_stands(tmp_path: Path) -> None:
    stands = MappingDeclaration.model_validate(
        {"meter_id": "id", "time": {"column": "t", "zone": "UTC"}, "values": [{"column": "v", "register": True}]}
    )
    for hour, stand in enumerate((100, 103, 107)):
        path = tmp_path / f"{hour}.csv"
        path.write_text(f"id,t,v\nR1,2024-05-01T{hour:02d}:00:00Z,{stand}\n")
        take_in(tmp_path / "lake", path, mapping=stands)
    [(between,)] = select(tmp_path / "lake", "SELECT ingest_id FROM ingests WHERE source_file LIKE '%1.csv'")

    undo_ingest(str(between), lake_settings(tmp_path / "lake"))

    hours = "SELECT value, date_diff('hour', interval_start, interval_end) FROM readings WHERE quantity = 'energy'"
    assert select(tmp_path / "lake", hours) == [(7.0, 2)]
