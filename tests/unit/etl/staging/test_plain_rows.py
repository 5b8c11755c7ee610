"""The quick way of plain rows gives what the long way gives, to the row."""

import tempfile
from operator import itemgetter
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.recognition import recognise
from meterlake.etl.relations import Workbench
from meterlake.etl.staging.file_group import FileGroup
from meterlake.etl.staging.plain_rows import plain_reading
from meterlake.etl.staging.readable_files import NumberedFile, readable_files
from meterlake.etl.staging.staged_readings import stage_readings

HEADER = "LCLid,DateTime,KWH/hh (per half hour)"
TIME = "2013-01-01 00:30:00.0000000"
METERS = ("MAC1", "MAC2", " MAC1", "MAC2 ", "", " ", "MÄC3")
VALUES = (
    " 0.219 ",
    "0",
    "-0.5",
    "1e3",
    "1000.5",
    "Null",
    "",
    " ",
    "nan",
    "inf",
    "0,5",
    "1_0",
    "0x1",
    "-0.0",
    "1.",
    ".5",
)
TIMES = (
    "2013-01-01 00:30:00",
    "2013-01-01T00:30:00",
    "2013-01-01 00:30",
    "2013-01-01",
    "2013-1-1 0:30:00.0000000",
    " 2013-01-01 00:30:00.000000",
    "2013-01-01  0:30:00.0000000",
    "2013-01-01 00:30:00.000000\t",
    "2013-01-01 00:30:00+01",
    "2013-01-01 00:30:00 PM",
    "2013-01-01 00:10:00.0000000",
    "2013-02-29 00:30:00.0000000",
    "1989-12-31 23:30:00.0000000",
    "2200-01-01 00:00:00.0000000",
    "2013-01-01 24:00:00.0000000",
    "12013-01-01 00:30:00.000000",
    "Null",
    "",
)
DECLARED = {
    "iso": "2013-01-05T00:30:00Z",
    "%Y-%m-%d %H:%M:%S": "2013-01-05 00:30:00",
    "%d/%m/%Y %H:%M": "05/01/2013 00:30",
    "%Y%m%d%H%M": "201301050030",
    "%Y-%m-%d": "2013-01-05",
}
usual_times = st.datetimes().map(lambda time: f"2013-{time.month:02}-{time.day:02} {time.hour:02}:30:00.0000000")
changed_times = st.builds(
    lambda text, place, letter, cut: text[:place] + letter + text[place + cut :],
    st.sampled_from((TIME, *TIMES)),
    st.integers(0, 27),
    st.sampled_from(("", *"0123456789 -:.TZ+\t")),
    st.integers(0, 2),
)
usual_rows = st.builds("{},{},{}".format, st.sampled_from(METERS[:2]), usual_times, st.sampled_from(VALUES[:2]))
odd_rows = st.builds(
    "{},{},{}".format,
    st.sampled_from(METERS),
    st.sampled_from((TIME, *TIMES)) | changed_times,
    st.sampled_from(VALUES),
) | st.sampled_from(("MAC1", "MAC1,2013,1,2", f'"MAC1",{TIME},"0.5"', f'MA"C,{TIME},1', "", "   "))
many_usual_rows = st.lists(usual_rows, min_size=8, max_size=16)
files_of_rows = st.lists(
    st.builds(
        lambda some, odd, more: some + odd + more, many_usual_rows, st.lists(odd_rows, max_size=4), many_usual_rows
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(files_of_rows, st.sampled_from(("start", "end")))
@example([["MAC1,2013-01-01 00:30:00.0000000,0.5"] * 9 + ["MAC1,2013-01-01 00:30:00,0.5"]], "start")
def test_both_ways_give_the_same_rows(files, marks):
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), files)
        options = ReadOptions(timestamp_marks=marks)
        assert staged(paths, options, plain_first=True) == staged(paths, options, plain_first=False)


@settings(max_examples=50, deadline=None)
@given(st.data(), st.sampled_from(sorted(DECLARED)), st.sampled_from(("start", "end")), st.sampled_from((30, 45, 1440)))
def test_both_ways_give_the_same_rows_of_a_mapped_file(data, pattern, marks, minutes):
    declared = declaration(pattern, marks, minutes)
    usual, width = DECLARED[pattern], len(DECLARED[pattern])
    changed = st.builds(
        lambda place, letters, cut: (usual[:place] + letters + usual[place + cut :])[:width],
        st.integers(0, width),
        st.text("0123456789 -:/.TZ\t", max_size=3),
        st.integers(0, 3),
    )
    row = "{},{},{}".format
    plain = [row(f"MAC{number}", usual, " 0.25 ") for number in range(12)]
    odd = st.builds(
        row, st.sampled_from((*METERS, "'MAC1", '="MAC1"')), changed, st.sampled_from((*VALUES, "'1", "\u22121"))
    )
    rows = plain + data.draw(st.lists(odd, max_size=4)) + plain
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), [rows], header="meter,time,kwh")
        quick = staged(paths, ReadOptions(), plain_first=True, mapping=declared)
        assert quick == staged(paths, ReadOptions(), plain_first=False, mapping=declared)


@pytest.mark.parametrize(
    ("said", "is_plain"),
    [
        ({}, True),
        ({"values": [{"column": "kwh", "unit": "Wh"}]}, True),
        ({"values": [{"column": "kwh", "unit": "kW"}]}, False),
        ({"values": [{"column": "kwh", "register": True}]}, False),
        ({"time": {"column": "time", "zone": "Europe/London"}}, False),
        ({"time": {"column": "time", "format": "epoch_s"}}, False),
        ({"decimal": ","}, False),
        ({"footer_lines": 1}, False),
        ({"only": [{"column": "meter", "texts": "MAC1"}]}, False),
    ],
)
def test_only_a_declaration_that_says_nothing_more_is_of_plain_rows(tmp_path, said, is_plain):
    (path,) = write_files(tmp_path, [[f"MAC1,{TIME},0.5"]], header="meter,time,kwh")
    usual = {"meter_id": "meter", "time": {"column": "time"}, "values": [{"column": "kwh"}]}
    layout = layout_of(path, MappingDeclaration.model_validate(usual | said))
    assert (plain_reading(layout, ReadOptions()) is not None) == is_plain
    assert plain_reading(layout, ReadOptions(time_zone="Europe/Berlin")) is None


@pytest.mark.parametrize(
    "odd_row",
    ["MAC1,2013-01-01 00:30:00,0.5", "MAC1,2013-01-01 00:30:00.0000000,Null", "MAC1,2013-01-01 00:30:00.0000000,0.5"],
    ids=["good in the long way alone", "bad", "plain"],
)
def test_one_odd_row_among_many(tmp_path, odd_row):
    rows = [f"MAC1,2013-01-{day:02} {hour:02}:30:00.0000000, 0.25 " for day in range(1, 29) for hour in range(24)]
    paths = write_files(tmp_path, [rows, [*rows, odd_row], rows])
    quick = staged(paths, ReadOptions(), plain_first=True)
    assert quick == staged(paths, ReadOptions(), plain_first=False)
    assert len(quick[0]) + len(quick[1]) == 3 * len(rows) + 1


def test_rows_of_a_clean_file_never_go_the_long_way(tmp_path, monkeypatch):
    paths = write_files(tmp_path, [[f"MAC1,{TIME},0.5"]])
    monkeypatch.delattr(FileGroup, "_add_judged")
    assert len(staged(paths, ReadOptions(), plain_first=True)[0]) == 1


def test_what_is_the_same_in_every_row_is_stated_for_files_that_agree_and_stored_for_others(tmp_path):
    write_files(tmp_path, [[f"MAC1,{TIME},0.5"]])
    other = tmp_path / "other.csv"
    other.write_text("E1,1-0:1.8.0,2019010100240000,0.5,,INT\n")
    paths = [*sorted(tmp_path.glob("london*.csv")), other]
    assert staged(paths, ReadOptions(), plain_first=True) == staged(paths, ReadOptions(), plain_first=False)


def declaration(pattern: str, marks: str, minutes: int) -> MappingDeclaration:
    return MappingDeclaration.model_validate(
        {
            "meter_id": "meter",
            "time": {"column": "time", "format": pattern, "marks": marks},
            "values": [{"column": "kwh", "unit": "Wh"}],
            "interval_minutes": minutes,
        }
    )


def write_files(folder: Path, files: list[list[str]], header: str = HEADER) -> list[Path]:
    paths = []
    for number, rows in enumerate(files):
        paths.append(folder / f"london-{number}.csv")
        paths[-1].write_text("\n".join([header, *rows]) + "\n")
    return paths


def staged(
    paths: list[Path], options: ReadOptions, *, plain_first: bool, mapping: MappingDeclaration | None = None
) -> tuple[list, list]:
    """Stage files; return the good rows in their order; and the bad ones of each file in theirs, with the rejected lines."""
    with duckdb.connect(config={"temp_directory": str(paths[0].parent / "spill")}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        bench = Workbench(connection)
        files = [NumberedFile(number, path, layout_of(path, mapping), path.name) for number, path in enumerate(paths)]
        with readable_files(bench, files) as readable:
            found = stage_readings(bench, readable, options, plain_first=plain_first)
        names = ", ".join(sorted(found.rows.columns))
        good = bench.rows(f"SELECT {names} FROM {found.rows} WHERE reason IS NULL ORDER BY rowid")
        bad = bench.rows(
            f"SELECT file_number, reason, raw_text FROM {found.rows} WHERE reason IS NOT NULL ORDER BY rowid"
        )
        rejected = bench.rows(f"SELECT * FROM {found.rejected} ORDER BY ALL")
        return [repr(row) for row in good], sorted(bad, key=itemgetter(0)) + rejected


def layout_of(path: Path, mapping: MappingDeclaration | None = None) -> Layout:
    return recognise(LandedFile.at(path), declared=mapping)
