from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import xmlschema

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.errors import BadParameter
from meterlake.lake.green_button.reading_types import codes_of, whole_numbers
from tests.small_lake import SmallLake

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "atom_as_written.xsd")
READINGS = """
    SELECT meter_id, quantity, interval_start::VARCHAR AS s, interval_end::VARCHAR AS e, value, quality, reading_type
    FROM readings ORDER BY ALL"""
MAPPED = {
    "meter_id": "m",
    "time": {"column": "t"},
    "quality": {"column": "q", "codes": {"A": "actual", "E": "estimated", "D": "edited", "?": "suspect"}},
}


def filled(folder: Path, values: list[dict[str, object]], text: str) -> SmallLake:
    from meterlake.etl.conforming.mapping_declaration import MappingDeclaration

    folder.mkdir()
    lake = SmallLake(folder)
    declared = MappingDeclaration.model_validate({**MAPPED, "values": values})
    lake.ingest(lake.write("own.csv", text), mapping=declared)
    return lake


def exported(lake: SmallLake, path: Path, sql: str = "SELECT * FROM readings") -> int:
    return DuckDBLake(lake.settings).export(sql, path)


def test_what_is_written_holds_to_the_schema_and_comes_back_as_it_was(tmp_path: Path) -> None:
    lines = ["m,t,q,a,b,c,d"]
    for number in range(150):
        time = f"2013-03-{1 + number // 48:02d} {number % 48 // 2:02d}:{number % 2 * 30:02d}"
        lines.append(
            f"M/{number % 2} <&>,{time},{'AED?'[number % 4]},{number * 0.0137:.6f},{number / 7!r},{number},{number * 3}"
        )
    quantities = ["energy", "energy_export", "gas", "water"]
    values = [{"column": column, "quantity": name} for column, name in zip("abcd", quantities, strict=True)]
    lake = filled(tmp_path / "one", values, "\n".join(lines) + "\n")
    path = tmp_path / "out.xml"

    written = exported(lake, path)
    (tmp_path / "two").mkdir()
    other = SmallLake(tmp_path / "two")
    report = other.ingest(path)

    SCHEMA.validate(str(path))
    assert written == report.accounts[0].rows_stored == 600
    ours, theirs = lake.rows(READINGS), other.rows(READINGS)
    assert [row[:4] + row[5:] for row in theirs] == [row[:4] + row[5:] for row in ours]
    # Sevenths have no last digit: they are written to a billionth of a watt-hour, the others whole.
    assert [row[4] for row in theirs] == [pytest.approx(row[4], abs=1e-12) for row in ours]
    assert [row[4] for row in theirs if row[1] != "energy_export"] == [
        row[4] for row in ours if row[1] != "energy_export"
    ]


def test_register_reads_come_back_with_what_flowed_between_them(tmp_path: Path) -> None:
    text = "m,t,q,a\nM,2013-03-01,A,100.5\nM,2013-03-02,A,103.25\n"
    lake = filled(tmp_path / "one", [{"column": "a", "register": True}], text)
    path = tmp_path / "out.xml.gz"

    exported(lake, path, "SELECT * FROM readings WHERE quantity = 'energy_register'")
    (tmp_path / "two").mkdir()
    other = SmallLake(tmp_path / "two")
    other.ingest(path)

    SCHEMA.validate(gzip.decompress(path.read_bytes()).decode())
    assert other.rows(READINGS) == lake.rows(READINGS)


def test_what_has_no_value_is_not_written(tmp_path: Path) -> None:
    lake = filled(
        tmp_path / "one",
        [{"column": "a"}],
        "m,t,q,a\nM,2013-03-01 00:00,A,1\nM,2013-03-01 00:30,A,2\nN,2013-03-01,A,3\n",
    )
    path = tmp_path / "out.xml"

    written = exported(
        lake,
        path,
        "SELECT * REPLACE (CASE value WHEN 1 THEN NULL WHEN 3 THEN 'inf'::DOUBLE ELSE value END AS value) FROM readings",
    )

    SCHEMA.validate(str(path))
    assert written == path.read_text().count("<value>") == path.read_text().count("<UsagePoint ") == 1


@pytest.mark.parametrize(
    ("values", "quantity", "numbers", "power"),
    [
        ([1.0, 250.0], "energy", [1000, 250000], 0),
        ([0.0, 0.001], "energy", [0, 1], 0),
        ([0.1234], "energy", [123400], -3),
        ([0.1234567], "energy", [123456700], -6),
        ([12.5], "gas", [12500], -3),
        # Digits go where all of them would be more than the schema's whole numbers hold.
        ([1e9, 1 / 3], "energy_register", [10**12, 333], 0),
        ([], "energy", [], 0),
    ],
)
def test_values_are_whole_numbers_of_the_plainest_power_that_loses_no_digit(
    values: list[float], quantity: str, numbers: list[int], power: int
) -> None:
    found, found_power = whole_numbers(np.array(values, dtype=float), codes_of(quantity))

    assert (found.tolist(), found_power) == (numbers, power)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT meter_id FROM readings", "interval_start"),
        ("SELECT * REPLACE ('room_temperature' AS quantity) FROM readings", "room_temperature"),
    ],
)
def test_what_is_no_reading_or_has_no_codes_is_refused_and_leaves_no_file(tmp_path: Path, sql: str, word: str) -> None:
    lake = filled(tmp_path / "one", [{"column": "a"}], "m,t,q,a\nM,2013-03-01,A,1\n")

    with pytest.raises(BadParameter, match=word):
        exported(lake, tmp_path / "out.xml", sql)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["one"]
