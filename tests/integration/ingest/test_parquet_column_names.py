"""Columns of Parquet, ORC and Avro are those of exactly their name, whatever else is called nearly or wholly the same."""

from __future__ import annotations

from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from tests.small_lake import SmallLake

TIMES = ["2013-01-01 00:00"]


def declared(column: str) -> MappingDeclaration:
    return MappingDeclaration.model_validate(
        {"meter_id": "meter", "time": {"column": "t"}, "values": [{"column": column}]}
    )


def write(path: Path, columns: dict[str, list[object]]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    elif path.suffix == ".orc":
        orc.write_table(pa.table(columns), path)
    else:
        schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": "string"} for name in columns]}
        with path.open("wb") as stream:
            fastavro.writer(stream, schema, [{name: str(values[0]) for name, values in columns.items()}])
    return path


@pytest.mark.parametrize("ending", ["parquet", "orc", "avro"])
def test_names_that_differ_in_capitals_alone_are_two_columns(tmp_path: Path, ending: str) -> None:
    lake = SmallLake(tmp_path)
    path = write(tmp_path / f"case.{ending}", {"meter": ["A"], "t": TIMES, "kwh": [1.0], "KWH": [100.0]})

    lake.ingest(path, mapping=declared("KWH"))

    assert [value for *_, value in lake.readings()] == [100.0]


def test_a_column_called_as_the_readers_own_does_not_change_whose_a_row_is(tmp_path: Path) -> None:
    lake = SmallLake(tmp_path)
    paths = [
        write(
            tmp_path / f"{number}.parquet",
            {"meter": [f"A{number}"], "t": TIMES, "kwh": [1.0], "file_index": [1 - number], "filename": ["x"]},
        )
        for number in range(2)
    ]

    report = lake.ingest(*paths, mapping=declared("kwh"))

    assert [account.rows_read for account in report.accounts] == [1, 1]
    files = lake.rows(
        "SELECT meter_id, right(source_file, 9) AS f FROM readings JOIN ingests USING (ingest_id) ORDER BY 1"
    )
    assert files == [("A0", "0.parquet"), ("A1", "1.parquet")]


@pytest.mark.parametrize("name", ['k"wh', "k'wh", "value", "row_index", "reason", "raw_text", "k.wh", " kwh "])
def test_a_column_may_have_any_name(tmp_path: Path, name: str) -> None:
    lake = SmallLake(tmp_path)

    lake.ingest(write(tmp_path / "odd.parquet", {"meter": ["A"], "t": TIMES, name: [3.0]}), mapping=declared(name))

    assert [value for *_, value in lake.readings()] == [3.0]


def test_a_name_that_two_columns_have_is_refused(tmp_path: Path) -> None:
    lake = SmallLake(tmp_path)
    table = pa.Table.from_arrays(
        [pa.array(["A"]), pa.array(TIMES), pa.array([1.0]), pa.array([2.0])], names=["meter", "t", "kwh", "kwh"]
    )
    pq.write_table(table, tmp_path / "twice.parquet")

    report = lake.ingest(tmp_path / "twice.parquet", mapping=declared("kwh"))

    assert "two of its columns are called 'kwh'" in report.refused[0].why
