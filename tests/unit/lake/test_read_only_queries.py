"""A query that a person writes can read the lake's tables, and neither write nor read anything else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.errors import BadQuery
from tests.landing import lake_settings, take_in

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"


@pytest.fixture
def lake(tmp_path: Path) -> DuckDBLake:
    raw = tmp_path / "raw.csv"
    raw.write_text(
        HEADER
        + "M1,Std,2013-01-01 00:00:00.0000000, 0.25 ,ACORN-A,Affluent\n"
        + "M1,Std,2013-01-01 00:30:00.0000000, 0.5 ,ACORN-A,Affluent\n"
    )
    take_in(tmp_path / "lake", raw)
    (tmp_path / "lake" / "secret.txt").write_text("secret")
    return DuckDBLake(lake_settings(tmp_path / "lake"))


def bytes_below(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and "-shm" not in path.name}


# {root} is the lake's folder, {file} one of the Parquet files that readings are made of.
WRITES = [
    "COPY (SELECT 1 AS x) TO '{root}/catalogue.sqlite'",
    "EXPLAIN ANALYZE COPY (SELECT 1 AS x) TO '{root}/catalogue.sqlite'",
    "EXPLAIN ANALYZE COPY (SELECT 'gone') TO '{file}' (FORMAT csv)",
    "explain\nanalyze\ncopy (select 'gone') to '{file}' (format csv)",
    "EXPLAIN /* SELECT */ ANALYZE COPY (SELECT 'gone') TO '{file}' (FORMAT csv)",
    "EXPLAIN /* /* */ SELECT 1 -- */ ANALYZE COPY (SELECT 'gone') TO '{file}' (FORMAT csv)",
    "EXPLAIN (FORMAT json) COPY (SELECT 1) TO '{root}/new.csv'",
    "SELECT 1; COPY (SELECT 1) TO '{root}/new.csv'",
    "COPY (PIVOT readings ON meter_id USING sum(value)) TO '{root}/new.csv'",
    "ATTACH '{root}/new.duckdb' AS other",
    "EXPORT DATABASE '{root}/new'",
    "CREATE TABLE t AS SELECT 1",
    "CREATE OR REPLACE VIEW readings AS SELECT 1",
    "INSERT INTO readings SELECT * FROM readings",
    "DELETE FROM readings",
    "DROP VIEW readings",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_paths = ['/etc/passwd']",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "CALL pragma_version()",
    "CHECKPOINT",
    "CREATE MACRO f() AS (SELECT 1)",
]
READS = [
    "SELECT * FROM read_blob('{root}/secret.txt')",
    "SELECT * FROM read_text('{root}/secret.txt')",
    "SELECT * FROM read_csv('{root}/secret.txt')",
    "SELECT * FROM read_blob('{root}/catalogue.sqlite')",
    "SELECT * FROM '{root}/secret.txt'",
    "SELECT * FROM read_parquet('{root}/readings/data/**/*.parquet')",
    "SELECT * FROM glob('{root}/*')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT getenv('HOME')",
    "SELECT * FROM query('COPY (SELECT 1) TO ''{root}/new.csv''')",
    "SELECT * FROM sqlite_scan('{root}/catalogue.sqlite', 'iceberg_tables')",
    "SELECT * FROM bytes_below",
]


@pytest.mark.parametrize("sql", [*WRITES, *READS])
def test_what_is_not_a_select_over_the_tables_is_refused_and_changes_no_byte(lake: DuckDBLake, sql: str) -> None:
    root = lake.settings.root
    file = lake.snapshots.current()["readings"].files[0].location
    before = bytes_below(root)

    with pytest.raises(BadQuery):
        lake.select(sql.format(root=root, file=file))

    assert bytes_below(root) == before


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("SELECT sum(value) FROM readings", 0.75),
        ("-- a remark\nWITH a AS (SELECT 1 AS x) SELECT x FROM a;", 1),
        ("FROM readings SELECT count(*)", 2),
        ("VALUES (7)", 7),
        ("SELECT count(*) FROM (DESCRIBE readings)", 8),
        ("PIVOT (SELECT meter_id, value FROM readings) ON meter_id USING sum(value)", 0.75),
    ],
)
def test_every_shape_of_a_select_is_answered(lake: DuckDBLake, sql: str, first: object) -> None:
    assert lake.select(sql).column(0)[0].as_py() == first


@pytest.mark.parametrize(
    "sql", ["EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT * FROM readings", "EXPLAIN (FORMAT json) FROM readings"]
)
def test_a_select_is_explained(lake: DuckDBLake, sql: str) -> None:
    assert lake.select(sql).num_rows > 0


def test_parameters_and_frames_of_the_callers_own_are_joined_by_name(lake: DuckDBLake) -> None:
    frames = {
        "mine": pd.DataFrame({"meter_id": ["M1"], "rooms": [4]}),
        "theirs": pa.table({"meter_id": ["M1", "M2"], "heat": ["gas", "oil"]}),
    }
    sql = "SELECT rooms, heat, sum(value) AS kwh FROM readings JOIN mine USING (meter_id) JOIN theirs USING (meter_id) WHERE value > $low GROUP BY ALL"

    assert lake.select(sql, {"low": 0.3}, frames).to_pylist() == [{"rooms": 4, "heat": "gas", "kwh": 0.5}]


def test_the_engines_whole_message_is_handed_on(lake: DuckDBLake) -> None:
    with pytest.raises(BadQuery, match=r'"meterid" not found[^^]*Candidate bindings: "meter_id'):
        lake.select("SELECT meterid FROM (SELECT meter_id FROM readings)")
    with pytest.raises(BadQuery, match=r"LINE 1: SELECT FRM readings WHERE WHERE\n +\^"):
        lake.select("SELECT FRM readings WHERE WHERE")
