"""A query's rows into a file, whole or not at all, in the format that its ending says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.errors import BadParameter, BadQuery
from tests.landing import lake_settings, take_in

ROWS = [{"meter_id": "M1", "value": 0.25}, {"meter_id": "M2", "value": 0.5}]
SQL = "SELECT meter_id, value FROM readings ORDER BY meter_id -- the end is no comment for what follows"


@pytest.fixture
def lake(tmp_path: Path) -> DuckDBLake:
    raw = tmp_path / "raw.csv"
    raw.write_text(
        "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
        "M1,Std,2013-01-01 00:00:00.0000000, 0.25 ,ACORN-A,Affluent\n"
        "M2,Std,2013-01-01 00:30:00.0000000, 0.5 ,ACORN-A,Affluent\n"
    )
    take_in(tmp_path / "lake", raw)
    return DuckDBLake(lake_settings(tmp_path / "lake"))


@pytest.mark.parametrize(
    "name", ["o'ut.parquet", "out.csv", "out.CSV.gz", "out.tsv", "out.ndjson", "out.jsonl.gz", "out.json"]
)
def test_each_ending_holds_the_same_rows(lake: DuckDBLake, tmp_path: Path, name: str) -> None:
    path = tmp_path / "there" / name
    path.parent.mkdir()

    assert lake.export(SQL, path) == 2

    assert list(path.parent.iterdir()) == [path]
    assert read(path) == ROWS


def read(path: Path) -> object:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if kind == "json":
        return json.loads(body)
    if kind in ("ndjson", "jsonl"):
        return [json.loads(line) for line in body.splitlines()]
    plain = path.with_name("plain")
    plain.write_bytes(body)
    return pacsv.read_csv(plain, parse_options=pacsv.ParseOptions(delimiter="\t" if kind == "tsv" else ",")).to_pylist()


def test_a_query_that_fails_leaves_the_old_file_as_it_is(lake: DuckDBLake, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    for sql in (
        "SELECT error('no') FROM readings",
        "COPY readings TO 'x.csv'",
        "SELECT 1) TO 'x.csv' (FORMAT csv); --",
    ):
        with pytest.raises(BadQuery):
            lake.export(sql, path)

    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir() if found.is_file()] == ["raw.csv", "out.csv"] or len(
        list(tmp_path.iterdir())
    ) == 3


def test_an_ending_or_a_folder_that_cannot_be_is_refused_before_anything_is_asked(
    lake: DuckDBLake, tmp_path: Path
) -> None:
    with pytest.raises(BadParameter, match=r"ending of \.parquet, \.csv"):
        lake.export(SQL, tmp_path / "out.xls")
    with pytest.raises(BadParameter, match="folder that is there"):
        lake.export(SQL, tmp_path / "nowhere" / "out.csv")
    with pytest.raises(BadParameter):
        lake.export(SQL, tmp_path / "out.parquet.gz")


def test_rows_come_in_batches_while_they_are_asked_for(lake: DuckDBLake) -> None:
    with lake.stream("SELECT range AS number FROM range(1000000000000)", batch_rows=1000) as batches:
        first = batches.read_next_batch()

    assert first["number"][:3].to_pylist() == [0, 1, 2]
