"""The lake on S3 and Glue, emulated over real HTTP: tables made, files committed, versions, limits and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.client import BaseClient

from meterlake.lake.aws.athena_lake import AthenaLake
from meterlake.lake.aws.glue_catalogue import GlueCatalogue, create_lake
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.errors import BadParameter, NoLake, QueryTooLong
from meterlake.lake.iceberg_schemas import iceberg_schema
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import INGESTS, METERS, READINGS, TABLES, Table
from meterlake.lake.writing.transactions import TableChange
from tests.athena_stand_in import ATHENA, BUCKET, LAKE, emulated_aws
from tests.lake_fixture import JANUARY_2, half_hours, write_rows

AN_INGEST = ("in1", "a.csv", "00" * 32, "london", 2, 2, 0, 0, 0, JANUARY_2, JANUARY_2, 100, JANUARY_2, 0, None)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with emulated_aws() as opened:
        yield opened


@pytest.fixture(scope="module")
def catalogue(address: str) -> GlueCatalogue:
    return create_lake(LAKE, ATHENA)


def put_rows(folder: Path, catalogue: GlueCatalogue, table: Table, rows: list[tuple[object, ...]]) -> TableChange:
    """Write rows as Parquet files and put them where the table's files lie on S3."""
    change = TableChange(table)
    for path in write_rows(folder, table, rows).added:
        address = f"{catalogue.address_of(table)}/data/{Path(path).name}"
        boto3.client("s3").upload_file(path, BUCKET, address.removeprefix(f"s3://{BUCKET}/"))
        change.added.append(address)
    return change


def test_every_table_stands_in_glue_with_the_declared_columns_and_partitions(catalogue: GlueCatalogue) -> None:
    for table in TABLES.values():
        opened = catalogue.open_table(table)
        assert opened.schema().fields == iceberg_schema(table).fields
        assert [part.name for part in opened.spec().fields] == [
            part.column if part.transform == "identity" else f"{part.column}_{part.transform}"
            for part in table.partitions
        ]
        assert opened.location() == f"s3://{BUCKET}/lake/{table.name}"


def test_a_parquet_file_on_s3_is_committed_and_its_rows_are_read_back(catalogue: GlueCatalogue, tmp_path: Path) -> None:
    change = put_rows(tmp_path, catalogue, READINGS, half_hours("MAC000005", JANUARY_2, [0.25, 0.5]))

    catalogue.commit_changes([change], properties={"meterlake.run": "run-1"})

    opened = catalogue.open_table(READINGS)
    snapshot = opened.current_snapshot()
    assert snapshot is not None and snapshot.summary is not None
    assert snapshot.summary["meterlake.run"] == "run-1"
    # A partition is the month's number since 1970: 43 years of 12 months.
    assert [file.file.partition[1] for file in opened.scan().plan_files()] == [43 * 12]
    rows = opened.scan().to_arrow().sort_by("interval_start").to_pylist()
    assert [(row["interval_start"], row["value"]) for row in rows] == [
        (JANUARY_2, 0.25),
        (JANUARY_2.replace(minute=30), 0.5),
    ]


def test_a_commit_changes_the_version_of_its_tables_alone_and_lists_the_ingest_last(
    catalogue: GlueCatalogue, tmp_path: Path
) -> None:
    lake = AthenaLake(LAKE, ATHENA.model_copy(update={"pointer_seconds": 0}))
    before = {name: lake.version_of(name) for name in TABLES}
    changes = [
        put_rows(tmp_path, catalogue, INGESTS, [AN_INGEST]),
        put_rows(tmp_path, catalogue, METERS, [("M1", *[None] * 3, "Europe/London", *[None] * 5)]),
    ]

    catalogue.commit_changes(changes, properties={})

    after = {name: lake.version_of(name) for name in TABLES}
    assert {name for name in TABLES if before[name] != after[name]} == {"ingests", "meters"}
    moments = [catalogue.open_table(table).metadata.last_updated_ms for table in (METERS, INGESTS)]
    assert moments == sorted(moments)


def test_a_lake_that_is_made_again_keeps_its_rows(address: str, catalogue: GlueCatalogue) -> None:
    before = catalogue.open_table(READINGS).metadata_location

    again = create_lake(LAKE, ATHENA)

    assert again.open_table(READINGS).metadata_location == before


@contextmanager
def calls_noted() -> Iterator[list[str]]:
    """Note the names of the calls to AWS that are made in a block."""
    called: list[str] = []
    call = BaseClient._make_api_call

    def noting(client: BaseClient, name: str, given: dict[str, object]) -> object:
        called.append(name)
        return call(client, name, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", noting)
        yield called


def test_a_database_that_is_there_needs_nobody_who_may_make_one(address: str, catalogue: GlueCatalogue) -> None:
    with calls_noted() as called:
        create_lake(LAKE, ATHENA)

    assert "GetDatabase" in called and "CreateDatabase" not in called


def test_an_address_on_s3_is_opened_with_athena_and_a_strange_one_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERLAKE_ATHENA_REGION", "us-east-1")

    assert isinstance(open_lake(LAKE), AthenaLake)
    with pytest.raises(BadParameter, match="a folder or an s3:// address"):
        open_lake(LakeSettings(lake="gs://bucket/lake"))


def test_a_lake_that_was_never_made_says_so(address: str) -> None:
    lake = AthenaLake(LAKE, ATHENA.model_copy(update={"database": "elsewhere"}))

    with pytest.raises(NoLake):
        lake.version_of("readings")
    with pytest.raises(NoLake):
        lake.ask("meter", meter_id="M1")


@pytest.fixture
def stuck_athena(address: str) -> Iterator[None]:
    """Let no query of the emulator come further than its queue."""
    call(address, "set-transition", {"transition": {"progression": "manual", "times": 10_000}})
    yield
    call(address, "unset-transition", {})


def test_a_query_that_runs_past_its_time_is_stopped_on_aws_too(catalogue: GlueCatalogue, stuck_athena: None) -> None:
    lake = AthenaLake(LakeSettings(lake=LAKE.lake, query_seconds=0.2), ATHENA)

    with pytest.raises(QueryTooLong, match=r"stopped after 0\.2 s"):
        lake.ask("meter", meter_id="M1")

    athena = boto3.client("athena")
    [query] = athena.list_query_executions(WorkGroup="primary")["QueryExecutionIds"]
    assert athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] == "CANCELLED"


def test_a_query_that_takes_long_is_asked_after_less_and_less(catalogue: GlueCatalogue, stuck_athena: None) -> None:
    boto3.client("athena").create_work_group(Name="patient")
    # By its settings it looks each hundredth of a second.
    lake = AthenaLake(
        LakeSettings(lake=LAKE.lake, query_seconds=2.0), ATHENA.model_copy(update={"workgroup": "patient"})
    )
    with calls_noted() as looked, pytest.raises(QueryTooLong):
        lake.ask("meter", meter_id="M1")

    # 0, 0.05, 0.125, 0.24, 0.41, 0.66 and 1 s between: eight looks are the most that two seconds hold.
    assert looked.count("GetQueryExecution") <= 8


def call(address: str, action: str, content: dict[str, object]) -> None:
    """Change how the emulator lets a query's state move."""
    body = json.dumps({"model_name": "athena::execution", **content}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{address}/moto-api/state-manager/{action}", body, headers)) as done:
        assert done.status < 300
