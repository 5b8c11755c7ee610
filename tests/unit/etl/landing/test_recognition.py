from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.landing_zone import find_files
from meterlake.etl.landing.recognition import recognise
from meterlake.lake.errors import UnreadableFile
from tests.small_lake import SmallLake

EXAMPLES = {name: known.example for name, known in FORMATS.all().items() if known.example}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_format_recognises_its_own_example_and_no_other_does(tmp_path: Path, name: str) -> None:
    (tmp_path / EXAMPLES[name].file_name).write_text(EXAMPLES[name].text)
    (file,) = find_files([tmp_path], tmp_path).files

    claimed = [
        known
        for known, raw_format in FORMATS.all().items()
        if isinstance(raw_format.recognise(file.read_head()), Layout)
    ]

    assert claimed == [name]
    assert recognise(file).format == name


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_row_of_an_example_is_stored(tmp_path: Path, name: str) -> None:
    lake = SmallLake(tmp_path)

    report = lake.ingest(lake.write(EXAMPLES[name].file_name, EXAMPLES[name].text))

    assert [(account.layout.format, account.quarantined) for account in report.accounts] == [(name, 0)]
    assert report.accounts[0].rows_stored > 0


def test_every_format_but_the_declared_one_has_an_example() -> None:
    assert {*EXAMPLES, "mapping"} == set(FORMATS.names)


def test_file_that_fits_none_is_refused_with_the_nearest_format_and_the_difference(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("LCLid,DateTime,KWH\nM1,2013-01-01 00:00:00,1\n")
    (file,) = find_files([tmp_path], tmp_path).files

    with pytest.raises(UnreadableFile) as refusal:
        recognise(file)

    assert "nearest is 'london'" in str(refusal.value)
    assert "missing 'KWH/hh (per half hour)'; unexpected 'KWH'" in str(refusal.value)
