"""Spark and DuckDB take in the same raw files: the two lakes are equal, row for row, in every table."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration, load_mapping
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.landing.accounts import RunReport
from meterlake.etl.pipeline import IngestJob
from meterlake.etl.undo import undo_ingest
from meterlake.lake.snapshot import SnapshotReader
from meterlake.sample_data.landing_folder import write_landing_folder
from meterlake.sample_data.options import SampleOptions
from tests.clock_matrix import every_series
from tests.every_kind_of_file import write_file
from tests.landing import (
    PLAIN_HEADER,
    REAL_DATA,
    adds_up,
    differences,
    half_hours,
    lake_settings,
    select,
    take_in,
    whole_lake,
    write_london,
)
from tests.limited_meters import HALVES, LIMITED_METERS, ROWS_BEYOND
from tests.spark_session import started_session
from tests.values_of_any_length import DECLARED as DECLARED_LENGTHS
from tests.values_of_any_length import write_values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# So small that the London files are read in several slices each.
SLICE_BYTES = 9_000
WIDE_HEADER = ",".join(["LCLid", "day", *(f"hh_{slot}" for slot in range(48))])


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    yield from started_session()


def take_in_on_spark(
    session: SparkSession,
    root: Path,
    *paths: Path,
    known_meters_only: bool = False,
    mapping: MappingDeclaration | None = None,
    **options: Any,
) -> RunReport:
    """Ingest files on Spark into the lake at a folder."""
    from meterlake.etl.glue_jobs.spark_pipeline import SparkPipeline

    pipeline = SparkPipeline(session, lake_settings(root), slice_bytes=SLICE_BYTES)
    job = IngestJob(tuple(paths), "auto", ReadOptions(**options), known_meters_only, mapping)
    return pipeline.ingest(job)


def assert_equal_lakes(spark: Path, duckdb: Path) -> None:
    """Compare every table of two lakes."""
    assert differences(whole_lake(spark), whole_lake(duckdb)) == {}


def assert_equal_on_both(session: SparkSession, folder: Path, *names: str, **options: Any) -> None:
    """Take files of a folder into the lakes `spark` and `duckdb` and compare these, and what the runs say."""
    paths = [folder / name for name in names]
    on_spark = take_in_on_spark(session, folder / "spark", *paths, **options)
    assert_equal_reports(on_spark, take_in(folder / "duckdb", *paths, **options))
    assert_equal_lakes(folder / "spark", folder / "duckdb")


def assert_equal_reports(spark: RunReport, duckdb: RunReport) -> None:
    """Compare what two runs say of themselves, but for the words about broken files, which hold other paths."""
    found, expected = spark.as_json(), duckdb.as_json()
    for report in (found, expected):
        del report["seconds"]
        report["refused"] = sorted(refused["file"] for refused in report["refused"])
    assert found == expected
    assert adds_up(spark)


def write_first_upload(folder: Path) -> Path:
    """Write files of every kind with every quirk that a row can have."""
    write_landing_folder(SampleOptions(meters=3, days=6, start=dt.date(2013, 1, 1), seed=7, out=folder, workers=1))
    rows = half_hours("LATE1", "2013-01-02", range(48)) + half_hours("LATE2", "2013-01-02", [0.1] * 48)
    write_london(folder / "plain.csv", [*rows, rows[3], ("LATE1", "2013-01-02 00:30", 7.5)])
    torn = [
        "M1,2013-01-01 00:00:00.0000000, 1 ", "M1,2013-01-01 00:30:00.0000000", "M1,2013-01-01 01:00:00.0000000, 1 ,9",
        "M1,2013-01-01 01:30:00.0000000,Null", "M1,2013-01-01 02:00:00.0000000,1d", "M1,2013,1", "M1,2013-01-01 24:00,1",
        "M1,2013/01/01 03:00,1_000", "M1,12:30,1", ",2013-01-01 03:30:00,1", "M1,2013-01-01 04:10:00,1", "M1,2013-01-01 04:30:00,-1",
        "M1,2013-01-01 05:00:00,1e9", "M1,2013-01-01 05:30:00,inf", "M1,2013-01-01 06:00:00,-nan", "\u00a0M1\u00a0,2013-01-01 06:30:00, 2",
        "M1,2013-01-01 07:00:00Z,1", "M1,1813-01-01 07:30:00,1",
    ]  # fmt: skip
    filler = [f"FILL,2013-01-{day:02d} {hour:02d}:00:00.0000000, 1 " for day in range(1, 29) for hour in range(24)]
    lines = [PLAIN_HEADER, *torn, *filler, *torn]
    (folder / "torn.csv").write_bytes("\n".join(lines).encode() + b"\nM\xe9,2013-01-01 08:00:00.0000000, 1 \n")
    (folder / "packed.csv.gz").write_bytes(
        gzip.compress(f"{PLAIN_HEADER}\nGZ,2013-01-01 00:00:00, 1 \nGZ,x\n".encode())
    )
    (folder / "utf-16.csv").write_bytes(
        f"{PLAIN_HEADER}\nU16,2013-01-01 00:00:00, 1 \nU16,2013-01-01 00:30:00,?\n".encode("utf-16")
    )
    (folder / "old mac.csv").write_bytes(
        f"{PLAIN_HEADER}\rMAC,2013-01-01 00:00:00, 1 \rMAC,2013-01-01 00:30:00, 2 \r".encode()
    )
    (folder / "quoted.csv").write_bytes(
        b'"LCLid","DateTime","KWH/hh (per half hour) "\n"Q1","2013-01-01 00:00:00","1"\n"Q1,2013-01-01 00:30:00,1\n"Q1","2013-01-01 01:00:00","1"\n'
    )
    cells = ",".join(["0.5"] * 46 + ["", "x"])
    (folder / "wide.csv").write_text(f"{WIDE_HEADER}\nW1,2013-03-31,{cells}\nW1,2013-02-30,{cells}\n")
    write_register_reads(
        folder / "register-reads.jsonl", {"00:00": 100.0, "01:00": 101.25, "03:00": 90.0, "04:00": 12_345_678.9}
    )
    return folder


def write_register_reads(path: Path, reads: dict[str, float]) -> Path:
    """Write one apartment's heat register, a record a time, and a line that is no record."""
    records = [
        {"timestamp_str": f"2013-01-01T{clock}:00Z", "building_id": "B", "apartment_id": "7",
         "readings": [{"sensor_type": "heating_energy_kwh", "value": value}, {"sensor_type": "noise", "value": 1}]}
        for clock, value in reads.items()
    ]  # fmt: skip
    path.write_text("\n".join([*map(json.dumps, records), "{]"]) + "\n")
    return path


def write_second_upload(folder: Path) -> Path:
    """Write what comes late, again and with other values, and a file that breaks while it is read."""
    folder.mkdir()
    again = half_hours("LATE1", "2013-01-02", range(48))
    restated = half_hours("LATE2", "2013-01-02", [0.1] * 40 + [0.3] * 8)
    # The lake has 7.5 there: the run's own first value must not take it away.
    contested = [("LATE1", "2013-01-02 00:30", 6.5), ("LATE1", "2013-01-02 00:30", 7.5)]
    write_london(folder / "late.csv", again[2:] + contested + restated + half_hours("LATE2", "2013-01-03", [0.2] * 48))
    write_register_reads(folder / "late.jsonl", {"00:30": 100.5, "02:00": 101.5})
    whole = gzip.compress(("\n".join([PLAIN_HEADER] + ["T1,2013-01-01 00:00:00, 1 "] * 9_000)).encode())
    (folder / "cut off.csv.gz").write_bytes(whole[:-200])
    return folder


@pytest.mark.slow
def test_uploads_with_every_quirk_late_and_restated_leave_equal_lakes_and_the_same_again_changes_nothing(
    session: SparkSession, tmp_path: Path
) -> None:
    uploads = [write_first_upload(tmp_path / "one"), write_second_upload(tmp_path / "two")]

    for upload in uploads:
        on_spark = take_in_on_spark(session, tmp_path / "spark", upload)
        assert_equal_reports(on_spark, take_in(tmp_path / "duckdb", upload))
        assert_equal_lakes(tmp_path / "spark", tmp_path / "duckdb")

    contested = "SELECT value FROM readings WHERE meter_id = 'LATE1' AND interval_start = '2013-01-02 00:30+00'"
    assert select(tmp_path / "spark", contested) == [(7.5,)]
    # Fifteen of the eighteen torn lines are bad and stand there twice; the last line is not UTF-8.
    lines = "SELECT count(*), count(line) FROM quarantine WHERE source_file LIKE '%torn.csv'"
    assert select(tmp_path / "spark", lines) == [(31, 31)]
    before = whole_lake(tmp_path / "spark")
    again = take_in_on_spark(session, tmp_path / "spark", *uploads)
    assert (len(again.accounts), whole_lake(tmp_path / "spark")) == (0, before)


@pytest.mark.slow
def test_files_that_agree_and_contradict_leave_equal_lakes_and_are_taken_back_alike(
    session: SparkSession, tmp_path: Path
) -> None:
    files: list[tuple[str, list[tuple[int, int]]]] = [
        ("half-hours.csv", [(0, 1), (0, 2), (1, 1), (2, 1)]), ("half-hours.csv", [(0, 2), (1, 2), (1, 1)]),
        ("registers.jsonl", [(0, 0), (2, 2), (3, 1)]), ("events.csv", [(0, 0), (1, 1), (1, 2)]),
        ("half-hours.csv", [(0, 2), (0, 3), (1, 1), (3, 3)]), ("half-hours.csv", [(0, 1), (1, 2), (2, 1)]),
        ("registers.jsonl", [(1, 1), (2, 0), (0, 0)]), ("registers.jsonl", [(2, 2), (1, 1)]), ("events.csv", [(0, 3), (2, 1)]),
    ]  # fmt: skip
    paths = [write_file(tmp_path, number, *file) for number, file in enumerate(files, 1)]
    spark, duckdb = tmp_path / "spark", tmp_path / "duckdb"

    for run in (paths[:4], paths[4:]):
        assert_equal_reports(take_in_on_spark(session, spark, *run), take_in(duckdb, *run))
        assert_equal_lakes(spark, duckdb)
    for path in paths[:3]:
        [(ingest_id,)] = select(spark, f"SELECT ingest_id FROM ingests WHERE source_file = '{path}'")
        for root in (spark, duckdb):
            undo_ingest(ingest_id, lake_settings(root))
        assert_equal_lakes(spark, duckdb)


@pytest.mark.slow
def test_local_times_with_clock_changes_in_their_own_zone_leave_equal_lakes(
    session: SparkSession, tmp_path: Path
) -> None:
    declared = MappingDeclaration.model_validate(
        {"meter_id": "m", "time": {"column": "t", "zone": "Europe/London", "format": "%d/%m/%Y %H:%M"}, "values": [
            {"column": "a"}, {"column": "b", "quantity": "water", "unit": "L"}]}
    )  # fmt: skip
    skipped = ["31/03/2013 00:30", "31/03/2013 01:00", "31/03/2013 02:00", "31/03/2013 2:30", "31/02/2013 02:00"]
    twice = ["27/10/2013 00:30", "27/10/2013 01:00", "27/10/2013 01:30", "27/10/2013 01:00", "27/10/2013 02:00"]
    lines = ["m,t,a,b", *(f"D{place % 2},{text},{place},{10 * place}" for place, text in enumerate(skipped))]
    lines += [f"D1,{text},{place}.5,x" for place, text in enumerate(twice)]
    (tmp_path / "local.csv").write_text("\n".join(lines) + "\n")

    assert_equal_on_both(session, tmp_path, "local.csv", time_zone="Europe/London", mapping=declared)

    hours = "SELECT intervals_expected FROM consumption_daily WHERE quantity = 'energy' AND local_date = '2013-10-27'"
    assert select(tmp_path / "spark", hours) == [(50,)]


@pytest.mark.slow
def test_values_of_days_and_stands_of_weeks_leave_equal_lakes(session: SparkSession, tmp_path: Path) -> None:
    declared = MappingDeclaration.model_validate(
        {"meter_id": "m", "time": {"column": "t", "zone": "Europe/Amsterdam"}, "interval_minutes": 1440, "values": [
            {"column": "kwh"}, {"column": "heat", "quantity": "heating_energy", "register": True}]}
    )  # fmt: skip
    days = ["2024-03-30", "2024-03-31", "2024-04-01", "2024-04-09"]
    lines = ["m,t,kwh,heat", *(f"D,{day},{1500 * place},{100 + 70 * place}" for place, day in enumerate(days))]
    # A register that is exchanged at midnight of the second day, and one that turns over.
    lines += ["X,2024-03-30,1,500", "X,2024-03-31,1,510", "X,2024-03-31,1,0", "X,2024-04-01,1,8"]
    lines += ["T,2024-03-30,1,99990", "T,2024-03-31,1,99998", "T,2024-04-01,1,6"]
    (tmp_path / "days.csv").write_text("\n".join(lines) + "\n")

    assert_equal_on_both(session, tmp_path, "days.csv", time_zone="Europe/Amsterdam", mapping=declared)

    expected = "SELECT DISTINCT intervals_expected FROM consumption_daily"
    assert select(tmp_path / "spark", expected) == [(1,)]
    flows = "SELECT value FROM readings WHERE quantity = 'heating_energy' AND meter_id = '{}' ORDER BY interval_start"
    assert select(tmp_path / "spark", flows.format("X")) == [(10.0,), (8.0,)]
    assert select(tmp_path / "spark", flows.format("T")) == [(8.0,), (8.0,)]


@pytest.mark.slow
def test_rows_beyond_what_their_meters_bear_are_set_aside_alike(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIMITED_METERS)
    (tmp_path / "rows.csv").write_text(ROWS_BEYOND)
    for name, take in (("spark", partial(take_in_on_spark, session)), ("duckdb", take_in)):
        take(tmp_path / name, tmp_path / "list.csv")
        report = take(tmp_path / name, tmp_path / "rows.csv", mapping=HALVES)
        assert report.as_json()["quarantine_reasons"] == {"implausible": 3}

    assert_equal_lakes(tmp_path / "spark", tmp_path / "duckdb")


@pytest.mark.slow
def test_stands_that_are_kept_as_they_are_are_neighbours_of_others_in_one_run(
    session: SparkSession, tmp_path: Path
) -> None:
    stands = "10/A,1-0:1.8.0,2026010200240000,105,,AGG\n10/A,1-0:1.8.0,2026010201240000,106,,AGG\n"
    rates = "10/A,1-0:1.8.1,2026010200240000,60,,AGG\n10/A,1-0:1.8.1,2026010201240000,61,,AGG\n"
    (tmp_path / "1.csv").write_text(stands + rates)
    reads = "030|S|20260103000000|112|||T|N|\n030|S|20260104000000|119|||T|N|\n"
    (tmp_path / "2.txt").write_text(
        f"ZHV|1|D0010002|D|UDMS|X|AAAA|20260302153151||||OPER|\n026|10|V|\n028|A|R|\n{reads}"
    )

    assert_equal_on_both(session, tmp_path, "1.csv", "2.txt")

    flows = "SELECT value FROM readings WHERE quantity = 'energy' ORDER BY interval_start"
    assert select(tmp_path / "spark", flows) == [(6.0,), (7.0,)]
    assert select(tmp_path / "spark", flows.replace("'energy'", "'energy_rate_1'")) == [(1.0,)]


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.skipif(not (REAL_DATA / "lcl").exists(), reason="../shared/data is missing")
@pytest.mark.parametrize("layout", ["acorn", "plain"])
def test_real_london_files_leave_equal_lakes(session: SparkSession, tmp_path: Path, layout: str) -> None:
    command = [
        sys.executable,
        str(REAL_DATA / "lcl" / "write_raw.py"),
        "--out",
        str(tmp_path / "raw"),
        "--layout",
        layout,
    ]
    command += ["--meters", "12", "--start", "2013-02-20", "--end", "2013-04-10", "--files", "2", "--quirks"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (tmp_path / "raw" / "official.csv").write_bytes((REAL_DATA / "lcl" / "raw_MAC000002_official.csv").read_bytes())

    on_spark = take_in_on_spark(session, tmp_path / "spark", tmp_path / "raw", time_zone="Europe/London")

    assert_equal_reports(on_spark, take_in(tmp_path / "duckdb", tmp_path / "raw", time_zone="Europe/London"))
    assert_equal_lakes(tmp_path / "spark", tmp_path / "duckdb")


EVERY_WAY = {
    "clocks": (
        "meter_id: meter\ntime: {column: t, zone: Europe/Dublin}\ninterval: {column: minutes}\nvalues: [{column: v}]\n",
        "start",
    ),
    "ends": (
        "meter_id: meter\ntime: {column: t, zone: Europe/Dublin, marks: end}\ninterval: {column: minutes}\n"
        "values: [{column: v}]\n",
        "end_wall",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", EVERY_WAY)
def test_every_way_to_write_a_change_of_the_clocks_leaves_equal_lakes(
    session: SparkSession, tmp_path: Path, way: str
) -> None:
    text, marks = EVERY_WAY[way]
    lines = ["meter,t,minutes,v"]
    for series in every_series():
        if series.marks == marks and series.labels != "offset" and series.minutes in (30, 60, 1440):
            lines += [f"{series.name},{row.label},{row.minutes},{n}" for n, row in enumerate(series.rows)]
    assert_equal_by_mapping(session, tmp_path, text, "\n".join(lines) + "\n")


DECLARED = {
    "codes": (
        "meter_id: {columns: [a, b]}\ntime: {columns: [d, c], format: '%d-%b-%y %I:%M %p', zone: Europe/Brussels}\n"
        "interval: {end: [e, f]}\ndecimal: ','\nthousands: '.'\nwithout: {kind: gas}\n"
        "values: [{column: v, unit_column: u, quantity: {column: kind, codes: {day: energy, night: energy, out: "
        "energy_export}}}]\nquality: {column: q, codes: {A: actual, E: estimated}}\n",
        'a;b;d;c;e;f;kind;v;u;q\n="01";x;27-Oct-13;01:45 AM;27-Oct-13;02:00 AM;day;1.234,5;Wh;A\n'
        '="01";x;27-Oct-13;01:45 AM;27-Oct-13;02:00 AM;night;0,5;kWh;E\n'
        '="01";x;27-Oct-13;02:45 AM;27-Oct-13;02:00 AM;out;8;kW;A\n="01";x;27-Oct-13;02:45 AM;27-Oct-13;03:00 AM;out;4;kW;A\n'
        '="01";x;27-Oct-13;03:00 AM;27-Oct-13;04:00 AM;odd;4;kW;A\n="01";x;27-Oct-13;03:00 AM;27-Oct-13;04:00 AM;day;4;m3;A\n'
        '="01";x;27-Oct-13;03:00 AM;27-Oct-13;03:00 AM;day;1.23;kWh;A\n="01";x;27-Oct-13;05:00 AM;27-Oct-13;06:00 AM;gas;4;m3;A\n',
    ),
    "slots": (
        "meter_id: m\ntime: {column: d, zone: Europe/Madrid}\nwide: {}\nskip_lines: 1\nfooter_lines: 1\nvalues: [{net: true}]\n",
        "title\nm,d," + ",".join(f"H{hour}" for hour in range(1, 26)) + "\n"
        + "".join(f"A,{day}," + ",".join(f"{hour - 5}.5" for hour in range(1, 25)) + f",{last}\n"
                  for day, last in (("2024-10-27", 7), ("2024-10-28", ""), ("2024-03-31", "")))
        + "end\n",
    ),
    "bills": (
        "meter_id: {constant: HOME}\ntime: {column: d, zone: Europe/London, marks: end}\ninterval: {next: true}\n"
        "values: [{columns: [x, y]}]\n",
        "d,x,y\n2024-01-15,1,2\n2024-02-15,300,0.5\n2024-03-15,280,\n2024-05-15,200,1\n",
    ),
    "numbers": (
        "meter_id: {headers: true}\ntime: {column: 1, format: day_slot, first_day: 2009-01-01, zone: Europe/Dublin}\n"
        "values: [{unit: kW, factor: 2}]\n",
        '"";"M1";"M2"\n19503;1;2\n19504;3;x\n19649;1;1\n29901;1;1\n',
    ),
    "restarting register": (
        "meter_id: id\ntime: {column: t, zone: Europe/Berlin}\nvalues: [{column: v, register: true, restarts: daily}]\n",
        "id,t,v\nA,2024-03-30 23:30,7.5\nA,2024-03-31 00:00,8\nA,2024-03-31 03:00,1\nA,2024-03-31 03:30,\n"
        "A,2024-03-31 04:00,0.5\nA,2024-04-01 00:00,0\nA,2024-04-01 00:30,0.5\n",
    ),
    "prose among rows": (
        "meter_id: {above: 'Meter: (.*)'}\nskip_lines: auto\nlines: '^\\d'\ninterval: {until: true}\n"
        "time: {column: Period, until: ' - ', zone: Europe/Dublin}\nvalues: [{column: kwh}]\n",
        "Meter: M1\n\nPeriod,kwh\n2024-06-01 00:00 - 2024-06-01 00:30,1\nTotal of a day,1\n2024-06-02 00:00,2\n",
    ),
    "marks in cells": (
        "meter_id: id\ntime: {column: t, format: '%d/%m/%Y %Hh', zone: Europe/Paris}\ninterval_minutes: 60\n"
        "values: [{column: v, unit: kWh, unit_in_cell: true, flags: {E: estimated, '*': suspect}}]\n",
        "id,t,v\nA,14/03/2024 00h,1.5 kWh\nA,14/03/2024 01h,250 Wh E\nA,14/03/2024 02h,<0.1 kWh\nA,14/03/2024 03h,0.5*\n"
        "A,14/03/2024 04h,0.5 kWh?\nA,14/03/2024 05h,-\n",
    ),
    "headers by pattern": (
        "meter_id: {headers: true}\ntime: {column: t}\ninterval_minutes: 15\n"
        "values: [{headers: 'IN-(.*)', net: true}, {headers: 'GEN-(.*)', quantity: energy_reactive}]\n",
        "t,IN-A,IN-B,other,GEN-A\n2024-06-01 00:00,1,-2,x,3\n2024-06-01 00:15,1,x,,3\n",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", DECLARED)
def test_what_a_mapping_declares_leaves_equal_lakes(session: SparkSession, tmp_path: Path, name: str) -> None:
    assert_equal_by_mapping(session, tmp_path, *DECLARED[name])


@pytest.mark.slow
def test_lists_beside_each_other_in_a_document_leave_equal_lakes(session: SparkSession, tmp_path: Path) -> None:
    times = [f"2024-10-27 0{hour}:00" for hour in (1, 2, 2, 3)]
    (tmp_path / "raw.json").write_text(
        json.dumps({"meter": "A", "time": [*times, "?"], "wh": [500, 250, 125, 1000, 1]})
    )
    declared = MappingDeclaration.model_validate(
        {
            "meter_id": "meter",
            "time": {"column": "time[]", "zone": "Europe/Paris"},
            "interval_minutes": 60,
            "values": [{"column": "wh[]", "unit": "Wh"}],
        }
    )

    assert_equal_on_both(session, tmp_path, "raw.json", mapping=declared)

    # At three the clocks went back to two: what begins at two begins at 00:00 and 01:00 UTC.
    told = select(tmp_path / "spark", "SELECT strftime(interval_start, '%H:%M'), value FROM readings ORDER BY 1")
    assert told == [("00:00", 0.25), ("01:00", 0.125), ("02:00", 1.0), ("23:00", 0.5)]


def assert_equal_by_mapping(session: SparkSession, folder: Path, declared: str, text: str) -> None:
    (folder / "mapping.yaml").write_text(declared)
    (folder / "raw.csv").write_text(text)
    mapping = load_mapping(folder / "mapping.yaml")

    on_spark = take_in_on_spark(session, folder / "spark", folder / "raw.csv", mapping=mapping)

    assert on_spark.refused == []
    assert on_spark.accounts[0].rows_stored > 0
    assert_equal_reports(on_spark, take_in(folder / "duckdb", folder / "raw.csv", mapping=mapping))
    assert_equal_lakes(folder / "spark", folder / "duckdb")


@pytest.mark.slow
def test_values_of_several_lengths_and_qualities_over_one_another_leave_equal_lakes(
    session: SparkSession, tmp_path: Path
) -> None:
    halves = [(start, start + 30, 0.5, "A") for start in range(0, 1440, 30)]
    uploads = [
        [*halves, (0, 60, 1.0, "A"), (2880, 4320, 24.0, "E")],
        [(start, start + 60, 1.25, "A") for start in range(0, 720, 60)],
        [(0, 43200, 900.0, "A"), *((start, start + 30, 9.0, "E") for start in range(0, 1440, 30))],
        [
            (600, 630, 0.25, "A"),
            (2900, 2960, 2.0, "A"),
            (43200, 44640, 24.0, "A"),
            (30, 60, "", "N"),
            (50000, 50030, "", "N"),
        ],
    ]
    for number, rows in enumerate(uploads):
        path = write_values(tmp_path / f"{number}.csv", rows)
        on_spark = take_in_on_spark(session, tmp_path / "spark", path, mapping=DECLARED_LENGTHS)
        assert_equal_reports(on_spark, take_in(tmp_path / "duckdb", path, mapping=DECLARED_LENGTHS))
        assert_equal_lakes(tmp_path / "spark", tmp_path / "duckdb")


def test_a_large_partition_is_cut_by_ranges_of_meters_that_do_not_overlap(
    session: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meterlake.etl.glue_jobs import repeated_readings

    monkeypatch.setattr(repeated_readings, "FULL_FILE_ROWS", 100)
    meters = ["M'1", *(f"M{number}" for number in range(2, 9))]
    rows = [row for meter in meters for row in half_hours(meter, "2013-01-01", [0.25] * 48)]
    raw = write_london(tmp_path / "a.csv", rows)

    take_in_on_spark(session, tmp_path / "spark", raw)

    files = SnapshotReader(tmp_path / "spark").current()["readings"].files
    ranges = sorted(file.bounds["meter_id"] for file in files)
    assert [file.rows for file in files] == [2 * 48] * 4
    assert all(high < low for (_, high), (low, _) in pairwise(ranges))
    take_in(tmp_path / "duckdb", raw)
    assert_equal_lakes(tmp_path / "spark", tmp_path / "duckdb")
