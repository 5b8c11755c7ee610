from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.landing_zone import find_files
from meterlake.etl.landing.recognition import recognise
from meterlake.lake.errors import UnreadableFile

WIDE = "LCLid,day," + ",".join(f"hh_{slot}" for slot in range(48)) + "\nM1,2013-01-01" + ",1" * 48 + "\n"
SAMPLES = {
    "london": (
        "a.csv",
        "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\nM1,Std,2013-01-01,1,A,B\n",
    ),
    "default": ("a.csv", "E1,1-0:1.8.0,2019010100240000,0.5,,INT\n"),
    "weather": ("a.csv", "visibility,windBearing,temperature,time,humidity\n1,2,3,2013-01-01,0.5\n"),
    "geodata": ("a.csv", "meter_id,latitude,longitude,building_id\nM1,51,0,B1\n"),
    "households": ("a.csv", "LCLid,stdorToU,Acorn,Acorn_grouped\nM1,Std,ACORN-A,Affluent\n"),
    "wide": ("a.csv", WIDE),
    "apartments": ("a.jsonl", '{"timestamp_str":"2024-01-01","building_id":"b","apartment_id":"a","readings":[]}\n'),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_recognises_its_own_sample_and_no_other_does(tmp_path: Path, name: str) -> None:
    file_name, text = SAMPLES[name]
    (tmp_path / file_name).write_text(text)
    (file,) = find_files([tmp_path], tmp_path).files

    claimed = [
        known
        for known, raw_format in FORMATS.all().items()
        if isinstance(raw_format.recognise(file.read_head()), Layout)
    ]

    assert claimed == [name]
    assert recognise(file).format == name


def test_every_format_but_the_declared_one_has_a_sample() -> None:
    assert {*SAMPLES, "mapping"} == set(FORMATS.all())


def test_file_that_fits_none_is_refused_with_the_nearest_format_and_the_difference(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("LCLid,DateTime,KWH\nM1,2013-01-01 00:00:00,1\n")
    (file,) = find_files([tmp_path], tmp_path).files

    with pytest.raises(UnreadableFile) as refusal:
        recognise(file)

    assert "nearest is 'london'" in str(refusal.value)
    assert "missing 'KWH/hh (per half hour)'; unexpected 'KWH'" in str(refusal.value)
