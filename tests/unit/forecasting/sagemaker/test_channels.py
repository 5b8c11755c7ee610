"""Lines in files as SageMaker's jobs read them."""

from __future__ import annotations

import pytest

from meterlake.forecasting.sagemaker import channels
from meterlake.forecasting.sagemaker.channels import write_lines


def test_lines_go_into_files_of_some_hundred_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SERIES_A_FILE", 2)
    written: dict[str, bytes] = {}

    count = write_lines(written.__setitem__, "s3://b/p/", [b"1", b"2", b"3"], ".json")

    assert count == 3
    assert written == {"s3://b/p/part-00001.json": b"1\n2\n", "s3://b/p/part-00002.json": b"3\n"}


def test_a_whole_last_file_is_not_followed_by_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SERIES_A_FILE", 2)
    written: dict[str, bytes] = {}

    write_lines(written.__setitem__, "s3://b/p/", [b"1", b"2"], ".json")

    assert list(written) == ["s3://b/p/part-00001.json"]
