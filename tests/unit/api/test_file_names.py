from __future__ import annotations

import pytest

from meterlake.api.file_names import own_name


@pytest.mark.parametrize(
    ("source_file", "expected"),
    [
        ("/srv/landing/2013/MAC000005.csv", "MAC000005.csv"),
        ("MAC000005.csv", "MAC000005.csv"),
        ("s3://bucket/landing/a.parquet", "a.parquet"),
        ("/srv/landing/London.ZIP!block 1/a.csv", "London.ZIP!block 1/a.csv"),
        ("C:\\landing\\a.csv", "a.csv"),
        ("/srv/odd\nname/a\nb.csv", "a\nb.csv"),
        ("/srv/landing/", ""),
    ],
)
def test_a_file_keeps_its_own_name_and_loses_its_folders(source_file: str, expected: str) -> None:
    assert own_name(source_file) == expected
