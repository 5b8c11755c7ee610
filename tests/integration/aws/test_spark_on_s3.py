"""The job's own script with its Spark, on s3:// as on Glue: read and written by hadoop-aws, on the emulator and on a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.settings import LakeSettings
from tests.athena_stand_in import BUCKET, REGION, emulated_aws
from tests.engines.presence import need_engines, spark_arguments
from tests.engines.s3_server import bucket_on_a_server
from tests.lakes_on_s3 import rows_of
from tests.landing import half_hours, write_london

# Spark plans each upload for the better part of a minute.
pytestmark = pytest.mark.slow


@pytest.fixture(params=["the emulator", "a server of its own"])
def bucket(request: pytest.FixtureRequest) -> Iterator[str]:
    need_engines()
    with emulated_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("METERLAKE_ATHENA_REGION", REGION)
        with nullcontext(f"s3://{BUCKET}") if "emulator" in request.param else bucket_on_a_server() as address:
            yield address


def ingest_on_spark(landing: str, lake: str) -> dict[str, Any]:
    """Start the job's script as a program of its own; return its accounts."""
    command = [sys.executable, "-m", "meterlake.etl.glue_jobs.ingest", "--local", "local[2]"]
    done = subprocess.run(
        [*command, "--landing", landing, "--METERLAKE_LAKE", lake],
        env={**os.environ, "PYSPARK_SUBMIT_ARGS": spark_arguments()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    accounts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return accounts


def test_an_upload_and_a_restated_day_leave_the_lake_that_one_machine_leaves_in_a_folder(
    bucket: str, tmp_path: Path
) -> None:
    folder = LakeSettings(lake=str(tmp_path / "lake"), threads=1, memory_gb=1.0)
    on_s3 = LakeSettings(lake=f"{bucket}/lake", threads=1, memory_gb=1.0)
    days = {
        "first": [*half_hours("M1", "2013-01-02", [0.25] * 48), ("M1", "2013-01-03 00:00", "broken")],
        "restated": half_hours("M1", "2013-01-02", [0.5] * 48),
    }

    for name, rows in days.items():
        upload = write_london(tmp_path / f"{name}.csv", rows)
        S3Objects().upload(upload, f"{bucket}/landing/{name}/day.csv")
        accounts = ingest_on_spark(f"{bucket}/landing/{name}/", on_s3.lake)
        Pipeline(folder).ingest(IngestJob((upload,)))
        assert (accounts["files"], accounts["rows_read"]) == (1, len(rows))

    there, here = rows_of(on_s3), rows_of(folder)
    for tables in (there, here):  # An ingest and what was set aside name the file by where it lay.
        for row in tables["ingests"] + tables["quarantine"] + tables["superseded"]:
            row.pop("source_file", None)
    assert there == here
    assert (len(there["readings"]), len(there["superseded"]), len(there["quarantine"])) == (48, 48, 1)
    assert [row["energy_kwh"] for row in there["consumption_daily"]] == [24.0]
