"""One file's fault is one file's fault: whatever is wrong with one, those beside it go in, and it is named."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.lake.errors import MeterlakeError
from tests.landing import adds_up, half_hours, select, take_in, write_london

MAPPING = MappingDeclaration.model_validate(
    {
        "meter_id": "m",
        "time": {"column": "t", "format": "epoch_s"},
        "interval_minutes": 30,
        "values": [{"column": "v", "quantity": "energy", "unit": "kWh"}],
    }
)
RECORDS = [{"m": "AVRO", "t": str(1_356_998_400 + 1_800 * slot), "v": "1.5"} for slot in range(200)]
SCHEMA = {
    "type": "record",
    "name": "r",
    "fields": [{"name": name, "type": "string"} for name in ("m", "t", "v")],
}


def good_beside(folder: Path) -> None:
    """Write a file by the mapping that must go in: one reading."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "zz-good.csv").write_text("m,t,v\nGOOD,1356998400,2.5\n")


def assert_only_this_is_refused(lake: Path, folder: Path, name: str, mapping: Any = MAPPING) -> None:
    """Take a folder in; the good file is stored, the other one refused with words."""
    report = take_in(lake, folder, mapping=mapping)
    assert adds_up(report)
    assert [Path(one.name).name for one in report.refused] == [name]
    assert len(report.refused[0].why) > len(name) + 40
    assert select(lake, "SELECT value FROM readings WHERE meter_id = 'GOOD'") == [(2.5,)]


def damaged_avro(at: float) -> bytes:
    """Return an Avro file in whose bytes some are overwritten."""
    from io import BytesIO

    stream = BytesIO()
    fastavro.writer(stream, SCHEMA, RECORDS, codec="deflate")
    content = bytearray(stream.getvalue())
    place = int(len(content) * at)
    content[place : place + 12] = bytes(range(200, 212))
    return bytes(content)


def deep_json() -> bytes:
    """Return a record nested deeper than any program's stack."""
    return b'{"m":"A","t":"0","v":' + b"[" * 50_000 + b"]" * 50_000 + b"}\n"


def primitive_avro() -> bytes:
    """Return an Avro file whose records are numbers, which have no columns."""
    from io import BytesIO

    stream = BytesIO()
    fastavro.writer(stream, "long", [1, 2])
    return stream.getvalue()


def boasting_avro() -> bytes:
    """Return an Avro file whose first key is said to be 2^59 bytes long, which no memory holds."""
    length = b"\x80" * 8 + b"\x10"
    return b"Obj\x01" + b"\x02" + length + b"avro.schema" + bytes(200)


BAD = {
    "middle.avro": damaged_avro(0.6),
    "early.avro": damaged_avro(0.3),
    "numbers.avro": primitive_avro(),
    "boasting.avro": boasting_avro(),
    "deep.jsonl": deep_json(),
}


@pytest.mark.parametrize("name", BAD)
def test_damaged_container_is_refused_and_the_file_beside_it_is_stored(tmp_path: Path, name: str) -> None:
    good_beside(tmp_path / "in")
    (tmp_path / "in" / name).write_bytes(BAD[name])

    assert_only_this_is_refused(tmp_path / "lake", tmp_path / "in", name)


def test_parquet_with_damaged_pages_is_refused_and_the_file_beside_it_is_stored(tmp_path: Path) -> None:
    good_beside(tmp_path / "in")
    path = tmp_path / "in" / "torn.parquet"
    pq.write_table(pa.Table.from_pylist(RECORDS), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[4:120] = bytes([0x5A]) * 116
    path.write_bytes(content)

    assert_only_this_is_refused(tmp_path / "lake", tmp_path / "in", "torn.parquet")


def test_damaged_member_of_a_zip_is_refused_and_its_neighbours_are_stored(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bad.csv", "m,t,v\n" + "".join(f"BAD,{1_356_998_400 + 1_800 * n},1\n" for n in range(500)))
        archive.writestr("good.csv", "m,t,v\nGOOD,1356998400,2.5\n")
        archive.writestr("inner.zip", b"PK")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[60:90] = b"\xff" * 30
    (tmp_path / "a.zip").write_bytes(content)

    report = take_in(tmp_path / "lake", tmp_path / "a.zip", mapping=MAPPING)

    assert [one.name.split("!")[1] for one in report.refused] == ["bad.csv"]
    assert [(one.name.split("!")[1], one.why) for one in report.passed_over] == [
        ("inner.zip", "it is an archive in an archive; unpack it")
    ]
    assert select(tmp_path / "lake", "SELECT meter_id, value FROM readings") == [("GOOD", 2.5)]


def test_torn_zip_is_called_no_whole_one(tmp_path: Path) -> None:
    good_beside(tmp_path / "in")
    (tmp_path / "in" / "torn.zip").write_bytes(b"PK\x03\x04" + struct.pack("<I", zlib.crc32(b"x")) * 9)

    assert_only_this_is_refused(tmp_path / "lake", tmp_path / "in", "torn.zip")


def test_name_that_is_not_utf8_is_read_and_shown_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"z\xe4hler.csv")).write_text("m,t,v\nA,1356998400,1\n")

    report = take_in(tmp_path / "lake", tmp_path, mapping=MAPPING)

    assert [account.file.name for account in report.accounts] == [rf"{tmp_path.resolve()}/z\xe4hler.csv"]
    assert select(tmp_path / "lake", "SELECT value FROM readings") == [(1.0,)]


def test_row_that_holds_the_separators_is_set_aside_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("m,t,v\nA\x1ea\x1eb,1356998400,x\nB,1356998400,1\n")

    report = take_in(tmp_path / "lake", tmp_path / "a.csv", mapping=MAPPING)

    assert dict(report.quarantine_reasons) == {"bad_number": 1}
    assert select(tmp_path / "lake", "SELECT value FROM readings") == [(1.0,)]


def test_time_beyond_all_years_costs_its_own_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("m,t,v\nA,9223372036854775807,1\nA,-9223372036854775808,1\nB,1356998400,1\n")

    report = take_in(tmp_path / "lake", tmp_path / "a.csv", mapping=MAPPING)

    assert dict(report.quarantine_reasons) == {"bad_time": 2}
    assert select(tmp_path / "lake", "SELECT meter_id FROM readings") == [("B",)]


def test_interval_longer_than_its_day_is_stored(tmp_path: Path) -> None:
    # 31 March 2013 has 23 hours in London; its one value is of 24.
    daily = MAPPING.model_copy(update={"interval_minutes": 1440})
    (tmp_path / "a.csv").write_text("m,t,v\nA,1364688000,5\n")

    report = take_in(tmp_path / "lake", tmp_path / "a.csv", mapping=daily, time_zone="Europe/London")

    assert report.refused == []
    assert select(tmp_path / "lake", "SELECT local_date::VARCHAR, energy_kwh FROM consumption_daily") == [
        ("2013-03-31", 5.0)
    ]


def test_folder_that_may_not_be_read_and_packings_that_are_not_are_named(tmp_path: Path) -> None:
    write_london(tmp_path / "in" / "a.csv", half_hours("M1", "2013-01-01", range(2)))
    (tmp_path / "in" / "b.csv.bz2").write_bytes(b"BZh")
    (tmp_path / "in" / ".hidden.csv").write_text("x")

    report = take_in(tmp_path / "lake", tmp_path / "in")

    assert [(Path(one.name).name, one.why.split(";")[0]) for one in report.passed_over] == [
        ("b.csv.bz2", "it is packed in a way that is not read here")
    ]


def test_lakes_own_trouble_is_no_files_fault(tmp_path: Path) -> None:
    write_london(tmp_path / "in" / "a.csv", half_hours("M1", "2013-01-01", range(2)))
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "catalogue.sqlite").write_bytes(b"no catalogue at all, whatever it says" * 40)

    with pytest.raises((MeterlakeError, OSError)):
        take_in(tmp_path / "lake", tmp_path / "in")
