"""Files of odd shapes: a day and a slot in one number, UTF-16 without a mark, headers that are numbers, lists beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.guessing.undeclared import Understanding, understand
from meterlake.etl.landing.landed_file import LandedFile
from tests.small_lake import SmallLake


@pytest.fixture
def small_lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path)


def understood(path: Path) -> Understanding | None:
    return understand(LandedFile.at(path).read_head())


def test_a_day_and_a_slot_in_one_number_come_with_a_draft(small_lake: SmallLake) -> None:
    rows = "".join(f"1392 195{slot:02d} 0.{slot}\n" for slot in range(1, 9))
    path = small_lake.write("File1.txt", rows)
    found = understood(path)
    assert found is not None

    small_lake.ingest(path, mapping=found.declaration)

    # Day 195 from 1 January 2009 is 14 July; Dublin's summer is an hour ahead: slot 1 begins at 23:00 UTC the day before.
    assert "first_day" in found.doubts[0]
    assert small_lake.readings()[:2] == [
        ("1392", "energy", "2009-07-13 23:00", 0.1),
        ("1392", "energy", "2009-07-13 23:30", 0.2),
    ]


def test_numbers_that_are_no_slots_are_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "File1.txt"
    path.write_text("".join(f"1392 19599 0.{slot}\n" for slot in range(1, 9)))

    assert understood(path) is None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(small_lake: SmallLake, encoding: str) -> None:
    path = small_lake.folder / "plain.csv"
    path.write_bytes("Zähler,time,kWh\nM1,2024-07-14 00:00,0.5\nM1,2024-07-14 00:30,0.25\n".encode(encoding))

    report = small_lake.ingest(path)

    assert report.accounts[0].layout.encoding == encoding
    assert [value for *_, value in small_lake.readings()] == [0.5, 0.25]


def test_bytes_of_zero_among_others_are_no_text(small_lake: SmallLake) -> None:
    path = small_lake.folder / "plain.csv"
    path.write_bytes(b"meter,time,kWh\nM1,2024-07-14 00:00,\x00\n")

    assert "it is not text" in small_lake.ingest(path).refused[0].why


@pytest.mark.parametrize(
    "names",
    [
        [f"HE{hour:02d}" for hour in range(1, 25)],
        [f"{hour:02d}00" for hour in range(24)],
        [f"kWh_{hour:02d}00" for hour in range(24)],
        [f"{hour % 24:02d}00" for hour in range(1, 25)],
    ],
)
def test_hours_of_a_day_go_by_many_names(small_lake: SmallLake, names: list[str]) -> None:
    cells = ",".join(str(hour) for hour in range(24))
    path = small_lake.write("wide.csv", f"meter,date,{','.join(names)}\nM1,2024-07-14,{cells}\n")
    found = understood(path)
    assert found is not None

    small_lake.ingest(path, mapping=found.declaration)

    assert [(at, value) for _, _, at, value in small_lake.readings()] == [
        (f"2024-07-14 {hour:02d}:00", float(hour)) for hour in range(24)
    ]


def test_a_list_beside_the_one_that_is_read_is_told(tmp_path: Path) -> None:
    of_meter = {
        meter: [{"meter": meter, "time": f"2024-07-14 0{hour}:00", "kwh": 1} for hour in range(3)] for meter in "AB"
    }
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"days": 1} | of_meter))

    found = understood(path)

    assert found is not None
    assert any("'B' hold such records, too" in doubt for doubt in found.doubts)


def test_a_line_of_units_below_the_header_is_heeded_by_a_guess_and_must_be_by_a_mapping(small_lake: SmallLake) -> None:
    rows = "".join(f"M1,2024-03-14 {hour:02d}:00,{hour}50\n" for hour in range(8))
    path = small_lake.write("logger.csv", f"meter,time,usage\n-,-,[Wh]\n{rows}")

    found = understood(path)

    assert found is not None
    assert found.doubts == ()
    assert found.declaration.values[0].unit == "Wh"
    declared = found.declaration.model_dump(exclude_unset=True) | {"values": [{"column": "usage"}]}
    refused = small_lake.ingest(path, mapping=MappingDeclaration.model_validate(declared)).refused
    assert "the line below the header says Wh of 'usage', and the mapping reads kWh; say unit: Wh" in str(refused)
    small_lake.ingest(path, mapping=found.declaration)
    assert [value for *_, value in small_lake.readings()][:2] == [0.05, 0.15]


@pytest.mark.parametrize(("label", "pattern"), [("{0:02d}h", "%Hh"), ("{1} AM", "%I %p"), ("{0}h00", "%Hh%M")])
def test_hours_may_be_labels_and_a_bound_is_no_number(small_lake: SmallLake, label: str, pattern: str) -> None:
    values = ("0.5", "<0.1", "0.25")
    rows = "".join(f"M1,14/03/2024,{label.format(hour, hour or 12)},{values[hour]}\n" for hour in range(3))
    path = small_lake.write("hours.csv", f"meter,date,hour,kWh\n{rows}")
    found = understood(path)
    assert found is not None
    assert (found.doubts, found.declaration.time.format) == ((), f"%d/%m/%Y {pattern}")

    small_lake.ingest(path)

    assert [reading[2:] for reading in small_lake.readings()] == [("2024-03-14 00:00", 0.5), ("2024-03-14 02:00", 0.25)]
    assert [reason for _, reason, _ in small_lake.quarantine()] == ["bounded_value"]


def test_clocks_that_a_mapping_has_times_name_need_a_zone(small_lake: SmallLake) -> None:
    path = small_lake.write("named.csv", "meter,time,kWh\nM1,2024-03-14 00:00 AEST,0.5\n")
    declared = MappingDeclaration.model_validate(
        {
            "meter_id": "meter",
            "time": {"column": "time", "format": "%Y-%m-%d %H:%M %Z"},
            "values": [{"column": "kWh"}],
        }
    )

    refused = small_lake.ingest(path, mapping=declared).refused
    small_lake.ingest(path, mapping=declared, options=ReadOptions(time_zone="Australia/Brisbane"))

    assert "name a clock, AEST, that many places have" in str(refused)
    assert small_lake.readings() == [("M1", "energy", "2024-03-13 14:00", 0.5)]
