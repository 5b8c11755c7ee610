"""Sheets of .xlsx files are read as CSV is: by every format, by a mapping, in an archive; and none fills the memory."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from tests.small_lake import SmallLake

LONDON = ["LCLid", "DateTime", "KWH/hh (per half hour) "]
FIRST = dt.datetime(2013, 1, 1)


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path)


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_is_recognised_by_its_header_and_bad_rows_have_its_row_numbers(lake: SmallLake) -> None:
    rows: list[list[object]] = [
        LONDON,
        ["M1", FIRST, 0.1],
        [],
        ["M1", FIRST + dt.timedelta(minutes=30), "Null"],
        ["M1", FIRST + dt.timedelta(hours=1), 2],
    ]
    path = workbook(lake.folder / "book.xlsx", Empty=[], Data=rows)

    report = lake.ingest(path)

    assert report.accounts[0].layout.format == "london"
    assert lake.readings() == [("M1", "energy", "2013-01-01 00:00", 0.1), ("M1", "energy", "2013-01-01 01:00", 2.0)]
    assert lake.quarantine() == [(4, "missing_value", "M1,2013-01-01 00:30:00,Null")]


def test_a_mapping_names_a_sheet_and_numbers_stay_names(lake: SmallLake) -> None:
    rows: list[list[object]] = [["meter", "day", "clock", "kwh"], [10000000000012, "01.02.2013 00:30", "x", 1.5]]
    path = workbook(lake.folder / "book.xlsx", Cover=[["About"]], Data=rows)
    declared = {
        "meter_id": "meter",
        "time": {"column": "day", "format": "%d.%m.%Y %H:%M"},
        "values": [{"column": "kwh"}],
    }

    lake.ingest(path, mapping=MappingDeclaration.model_validate({**declared, "sheet": "Data"}))

    assert lake.readings() == [("10000000000012", "energy", "2013-02-01 00:30", 1.5)]


def test_numbers_that_a_sheet_cannot_keep_are_nobodys_id(lake: SmallLake) -> None:
    rows: list[list[object]] = [
        LONDON,
        [541448820001234567, FIRST, 0.1],
        [541448820001234568, FIRST, 0.2],
        ["5414488", FIRST, 0.3],
    ]
    path = workbook(lake.folder / "book.xlsx", Data=rows)

    lake.ingest(path)

    assert lake.readings() == [("5414488", "energy", "2013-01-01 00:00", 0.3)]
    assert [reason for _, reason, _ in lake.quarantine()] == ["missing_meter", "missing_meter"]


def test_a_sheet_in_an_archive_with_quotes_commas_and_line_ends_in_its_cells(lake: SmallLake) -> None:
    rows: list[list[object]] = [
        ["LCLid", "stdorToU", *LONDON[1:], "Acorn", "Acorn_grouped"],
        ['M "1", a', "Std", FIRST, 3, "ACORN\nA", "Affluent"],
    ]
    inner = workbook(lake.folder / "inner.xlsx", Data=rows)
    with zipfile.ZipFile(lake.folder / "all.zip", "w") as archive:
        archive.write(inner, "book.xlsx")

    lake.ingest(lake.folder / "all.zip")

    assert lake.readings() == [('M "1", a', "energy", "2013-01-01 00:00", 3.0)]
    assert lake.rows("SELECT segment FROM meters") != []


@pytest.mark.parametrize("last", ["XFD1048576", "A4000000000"])
def test_a_sheet_that_would_fill_the_memory_is_refused(lake: SmallLake, last: str) -> None:
    path = workbook(lake.folder / "book.xlsx", Data=[LONDON, ["M1", FIRST, 1]])
    far = lake.folder / "far.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b'r="C2"', f'r="{last}"'.encode()))
    report = lake.ingest(far)

    assert "its sheet cannot be read: a sheet spans" in report.refused[0].why


def test_what_is_no_workbook_or_lacks_the_sheet_is_refused_with_a_word(lake: SmallLake) -> None:
    lake.write("not.xlsx", "LCLid,DateTime\n")
    book = workbook(lake.folder / "book.xlsx", Data=[LONDON])
    declared = {"meter_id": "m", "time": {"column": "t"}, "values": [{"column": "v"}], "sheet": "Other"}

    plain = lake.ingest(lake.folder / "not.xlsx")
    named = lake.ingest(book, mapping=MappingDeclaration.model_validate(declared))

    assert "its sheet cannot be read" in plain.refused[0].why
    assert "it has no sheet 'Other'; its sheets are 'Data'" in named.refused[0].why


def test_data_on_another_sheet_than_the_first_is_found(lake: SmallLake) -> None:
    rows: list[list[object]] = [
        ["meter", "time", "kWh"],
        *(["M1", FIRST + dt.timedelta(minutes=30 * slot), 0.5] for slot in range(3)),
    ]
    path = workbook(lake.folder / "book.xlsx", Info=[["Prepared by", "the office"], ["Customer", "Smith"]], Data=rows)

    report = lake.ingest(path)

    assert "the sheet 'Data'" in report.accounts[0].layout.read_by
    assert [value for *_, value in lake.readings()] == [0.5, 0.5, 0.5]


def test_sheets_of_one_header_are_read_as_one_and_rows_have_their_place_in_all(lake: SmallLake) -> None:
    header: list[object] = ["meter", "time", "kWh"]
    second = FIRST + dt.timedelta(days=31)
    january: list[list[object]] = [header, ["M1", FIRST, 0.5], ["M1", FIRST + dt.timedelta(minutes=30), 0.25]]
    february: list[list[object]] = [header, ["M1", second, 0.75], ["M1", second + dt.timedelta(minutes=30), "lost"]]
    path = workbook(lake.folder / "book.xlsx", Jan=january, Notes=[["by hand"]], Feb=february)

    report = lake.ingest(path)

    assert "2 sheets read as one" in report.accounts[0].layout.read_by
    assert [(at, value) for _, _, at, value in lake.readings()] == [
        ("2013-01-01 00:00", 0.5),
        ("2013-01-01 00:30", 0.25),
        ("2013-02-01 00:00", 0.75),
    ]
    assert lake.quarantine() == [(5, "bad_number", "M1,2013-02-01 00:30:00,lost")]


def test_sheets_that_may_each_be_a_meter_are_refused_until_it_is_said(lake: SmallLake) -> None:
    sheets: dict[str, list[list[object]]] = {
        name: [["time", "kWh"], [FIRST, value], [FIRST + dt.timedelta(minutes=30), value]]
        for name, value in (("A7", 0.5), ("A8", 0.75))
    }
    path = workbook(lake.folder / "book.xlsx", **sheets)
    declared = {"meter_id": {"constant": "A8"}, "time": {"column": "time"}, "values": [{"column": "kWh"}]}

    unsaid = lake.ingest(path, mapping=MappingDeclaration.model_validate(declared))
    lake.ingest(path, mapping=MappingDeclaration.model_validate({**declared, "sheet": 2}))

    assert "no column says which meter each is of" in unsaid.refused[0].why
    assert [value for *_, value in lake.readings()] == [0.75, 0.75]
