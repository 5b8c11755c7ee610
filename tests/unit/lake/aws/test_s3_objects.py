"""Objects on an emulated S3, by their addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meterlake.lake.aws.s3_objects import S3Objects
from tests.athena_stand_in import BUCKET, emulated_aws

ROOT = f"s3://{BUCKET}/some/place"


@pytest.fixture(scope="module")
def objects() -> Iterator[S3Objects]:
    with emulated_aws():
        yield S3Objects()


def test_an_object_is_read_as_it_was_written_until_it_is_deleted(objects: S3Objects) -> None:
    objects.write(f"{ROOT}/a", b"one")

    assert (objects.read(f"{ROOT}/a"), objects.has(f"{ROOT}/a")) == (b"one", True)

    objects.delete(f"{ROOT}/a")
    assert not objects.has(f"{ROOT}/a")


def test_an_address_that_another_begins_with_is_not_there(objects: S3Objects) -> None:
    objects.write(f"{ROOT}/longer_name", b"")

    assert not objects.has(f"{ROOT}/longer")


def test_what_lies_below_a_prefix_comes_in_order_of_its_names(objects: S3Objects) -> None:
    for name in ("b", "a", "c"):
        objects.write(f"{ROOT}/list/{name}", b"")

    assert objects.below(f"{ROOT}/list/") == [f"{ROOT}/list/{name}" for name in "abc"]


def test_a_place_is_claimed_once(objects: S3Objects) -> None:
    assert [objects.claim(f"{ROOT}/claimed") for _ in range(2)] == [True, False]


def test_a_file_comes_back_as_it_went(objects: S3Objects, tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(b"\x00\xff")

    objects.upload(tmp_path / "up", f"{ROOT}/file")
    objects.download(f"{ROOT}/file", tmp_path / "down")

    assert (tmp_path / "down").read_bytes() == b"\x00\xff"
