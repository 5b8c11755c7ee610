"""What the plan writes is what the job reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from meterlake.etl.glue_jobs.job_arguments import ingest_job
from meterlake.etl.landing.batch_list import BatchList, names_list
from meterlake.lake.errors import BadParameter

ADDRESSES = ("s3://landing/2013/a b.csv", "s3://landing/2013/größe,1.txt", "s3://landing/x.list")


@pytest.fixture
def work_bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="work")
        yield "work"


def test_a_job_takes_in_what_a_written_list_names_in_order(work_bucket: str) -> None:
    written = BatchList(ADDRESSES).write(boto3.client("s3"), f"s3://{work_bucket}/runs/7", 1)

    assert written == "s3://work/runs/7/batch-00001.list"
    assert ingest_job({"landing": written}).paths == ADDRESSES


def test_lists_and_other_places_may_be_named_together(tmp_path: Path) -> None:
    (tmp_path / "some.list").write_text("s3://landing/a.csv\ns3://landing/b.csv\n")

    job = ingest_job({"landing": f"raw/, {tmp_path}/some.list ,notes.txt"})

    assert job.paths == ("raw/", "s3://landing/a.csv", "s3://landing/b.csv", "notes.txt")


def test_text_files_are_no_lists() -> None:
    assert not names_list("s3://landing/addresses.txt")


@pytest.mark.parametrize("line", ["a.csv", "s3://landing/a\tb.csv", "LCLid,DateTime"])
def test_a_list_with_a_line_that_is_no_address_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "torn.list").write_text(f"s3://landing/a.csv\n{line}\n")

    with pytest.raises(BadParameter, match="address of an object"):
        BatchList.read(str(tmp_path / "torn.list"))
