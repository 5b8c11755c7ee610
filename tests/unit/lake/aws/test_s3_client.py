"""The client of S3 looks where the settings say, and its region and address are what others are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.glue_jobs.s3_in_spark import s3_in_spark
from meterlake.lake.aws.s3_client import S3Settings, s3_client


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "METERLAKE_S3_ENDPOINT",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)


def test_without_a_setting_it_is_aws_s_own_in_the_region() -> None:
    assert s3_client("eu-west-2").meta.endpoint_url == "https://s3.eu-west-2.amazonaws.com"


def test_a_server_in_s3_s_place_is_asked_in_a_region_that_every_such_server_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("METERLAKE_S3_ENDPOINT", "https://store.example:9000")

    found = s3_client().meta
    assert (found.endpoint_url, found.region_name) == ("https://store.example:9000", "us-east-1")
    assert s3_client("eu-west-2").meta.region_name == "eu-west-2"


def test_buckets_of_such_a_server_stand_in_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_S3_ENDPOINT", "https://store.example:9000")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")

    signed = s3_client().generate_presigned_url("get_object", Params={"Bucket": "meters", "Key": "a.csv"})

    assert signed.startswith("https://store.example:9000/meters/a.csv?")


def test_spark_is_told_the_same_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_S3_ENDPOINT", "https://store.example:9000")

    told = s3_in_spark("eu-west-2")

    assert told["spark.hadoop.fs.s3a.endpoint"] == "https://store.example:9000"
    assert told["spark.hadoop.fs.s3a.endpoint.region"] == "eu-west-2"


@pytest.mark.parametrize("address", ["store.example:9000", "ftp://store.example", "https://store.example/bucket"])
def test_what_is_no_address_of_a_server_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        S3Settings(endpoint=address)
