"""A lake on a server that is S3 in all but its address: METERLAKE_S3_ENDPOINT is all that is said of it.

The server is a program of its own (versitygw); the catalogue is the emulated Glue, whose own S3 stays empty.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from meterlake.etl.glue_jobs.slices import FileSlice, RawFile, local_copy
from meterlake.etl.landing.s3_landing import find_objects
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.aws.s3_client import s3_client
from meterlake.lake.aws.s3_lock import S3Lock
from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.engine_choice import open_engine
from meterlake.lake.errors import LakeBusy
from meterlake.lake.settings import LakeSettings
from tests.athena_stand_in import BUCKET, REGION, emulated_aws
from tests.engines.presence import need_engines
from tests.engines.s3_server import bucket_on_a_server
from tests.lakes_on_s3 import rows_of
from tests.landing import half_hours, write_london


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    need_engines()
    with emulated_aws(), pytest.MonkeyPatch.context() as patch, bucket_on_a_server() as address:
        patch.setenv("METERLAKE_ATHENA_REGION", REGION)
        yield address


@pytest.fixture
def lake(bucket: str, monkeypatch: pytest.MonkeyPatch) -> LakeSettings:
    name = f"lake_{uuid.uuid4().hex}"
    monkeypatch.setenv("METERLAKE_ATHENA_DATABASE", name)
    return LakeSettings(lake=f"{bucket}/{name}", threads=1, memory_gb=1.0, lock_seconds=120)


def test_two_writers_at_once_lose_nothing_and_the_emulated_s3_sees_nothing(lake: LakeSettings, tmp_path: Path) -> None:
    uploads = [
        write_london(tmp_path / "first.csv", half_hours("M1", "2013-01-02", [0.25] * 48)),
        write_london(tmp_path / "restated.csv", half_hours("M1", "2013-01-02", [0.5] * 48)),
    ]
    with ThreadPoolExecutor(2) as writers:
        reports = list(writers.map(lambda one: Pipeline(lake).ingest(IngestJob((one,))).as_json(), uploads))

    assert [report["rows_read"] for report in reports] == [48, 48]
    tables = rows_of(lake)
    # Whichever came second: 48 values stand, and the 48 others are kept beside them.
    assert (len(tables["readings"]), len(tables["superseded"]), len(tables["ingests"])) == (48, 48, 2)
    assert {row["value"] for row in tables["readings"] + tables["superseded"]} == {0.25, 0.5}
    assert {row["energy_kwh"] for row in tables["consumption_daily"]} <= {12.0, 24.0}
    assert boto3.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_what_landed_there_is_taken_in_and_answered(bucket: str, lake: LakeSettings, tmp_path: Path) -> None:
    upload = write_london(tmp_path / "day.csv", half_hours("M2", "2013-01-03", [0.125] * 48))
    S3Objects().upload(upload, f"{bucket}/landing/day.csv")

    report: dict[str, Any] = Pipeline(lake).ingest(IngestJob((f"{bucket}/landing/",))).as_json()

    assert (report["files"], report["rows_stored"]) == (1, 48)
    counted = open_engine(lake).select("SELECT count(*) AS n, sum(value) AS kwh FROM readings").to_pylist()
    assert counted == [{"n": 48, "kwh": 6.0}]


def test_a_worker_without_settings_reads_from_the_server_that_the_driver_was_told(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = write_london(tmp_path / "one.csv", half_hours("M3", "2013-01-03", [0.125] * 48))
    S3Objects().upload(upload, f"{bucket}/worker/one.csv")
    (landed,) = find_objects(f"{bucket}/worker/one.csv", Path())
    file = RawFile.of(0, landed)

    for name in ("METERLAKE_ATHENA_REGION", "METERLAKE_S3_ENDPOINT"):
        monkeypatch.delenv(name)

    with local_copy(FileSlice(0, file)) as copy:
        assert copy.read_bytes() == upload.read_bytes()


def test_one_of_two_takes_the_lock_and_a_dead_holder_s_lock_is_taken_over(bucket: str) -> None:
    def lock(**seconds: float) -> S3Lock:
        return S3Lock(s3_client(), f"{bucket}/lock", **seconds)

    with lock().held(0), pytest.raises(LakeBusy, match="process"), lock().held(0):
        pass
    S3Objects().write(f"{bucket}/lock", b"elsewhere process 1 0")
    with lock(renew_seconds=0.1, stale_seconds=0.3).held(10):
        pass
    assert S3Objects().find(f"{bucket}/lock") is None


def test_of_many_claims_one_is_granted(bucket: str) -> None:
    assert [S3Objects().claim(f"{bucket}/claimed", b"1") for _ in range(3)] == [True, False, False]
