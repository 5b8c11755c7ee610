from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from meterlake.etl.conforming.mapping_declaration import load_mapping
from meterlake.etl.landing.accounts import RunReport
from meterlake.lake.errors import BadParameter
from tests.small_lake import SmallLake

BERLIN = """
meter_id: meter
time: {column: time, format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}
interval_minutes: 60
values: [{column: kwh}]
"""
ROOM = "meter_id: id\ntime: {column: ts}\nvalues: [{column: room, quantity: room_temperature}]\n"


def take_in(lake: SmallLake, declaration: str, *paths: Path) -> RunReport:
    declared = load_mapping(lake.write("mapping.yaml", declaration))
    return lake.ingest(*paths, mapping=declared)


def test_german_numbers_times_and_units_are_read(small_lake: SmallLake) -> None:
    declaration = """
        meter_id: Zähler
        time: {column: Zeit, format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}
        interval_minutes: 15
        delimiter: ";"
        decimal: ","
        values:
          - {column: Bezug, quantity: energy, unit: Wh}
          - {column: Einspeisung, quantity: energy_export}
    """
    path = small_lake.write("de.csv", "Zähler;Zeit;Bezug;Einspeisung;Notiz\nD1;01.07.2013 02:15;1500,5;0,25;x\n")

    report = take_in(small_lake, declaration, path)

    # 02:15 in Berlin's summer is 00:15 UTC; 1500.5 Wh are 1.5005 kWh.
    assert small_lake.readings() == [
        ("D1", "energy", "2013-07-01 00:15", 1.5005),
        ("D1", "energy_export", "2013-07-01 00:15", 0.25),
    ]
    assert report.accounts[0].rows_read == 2


def test_autumn_hour_that_comes_twice_is_told_apart_by_order(small_lake: SmallLake) -> None:
    text = "meter,time,kwh\nM1,27.10.2013 02:00,1\nM1,27.10.2013 02:00,2\nM1,27.10.2013 03:00,3\n"

    take_in(small_lake, BERLIN, small_lake.write("a.csv", text))

    assert [(start, value) for _, _, start, value in small_lake.readings()] == [
        ("2013-10-27 00:00", 1.0),
        ("2013-10-27 01:00", 2.0),
        ("2013-10-27 02:00", 3.0),
    ]


def test_single_row_of_the_hour_that_comes_twice_and_a_skipped_hour_are_set_aside(small_lake: SmallLake) -> None:
    text = "meter,time,kwh\nM1,27.10.2013 02:00,1\nM1,31.03.2013 02:00,2\nM1,31.03.2013 03:00,3\n"

    take_in(small_lake, BERLIN, small_lake.write("a.csv", text))

    assert small_lake.quarantine() == [
        (2, "ambiguous_time", "M1,27.10.2013 02:00,1"),
        (3, "nonexistent_time", "M1,31.03.2013 02:00,2"),
    ]
    assert small_lake.readings() == [("M1", "energy", "2013-03-31 01:00", 3.0)]


def test_time_that_says_its_own_offset_needs_no_zone(small_lake: SmallLake) -> None:
    declaration = BERLIN.replace('format: "%d.%m.%Y %H:%M", ', "")
    text = "meter,time,kwh\nM1,2013-10-27T02:00:00+01:00,1\nM1,2013-07-01 02:00,2\n"

    take_in(small_lake, declaration, small_lake.write("a.csv", text))

    assert [start for _, _, start, _ in small_lake.readings()] == ["2013-07-01 00:00", "2013-10-27 01:00"]


def test_hours_of_a_zone_with_a_quarter_hour_offset_are_on_the_grid(small_lake: SmallLake) -> None:
    declaration = BERLIN.replace("Europe/Berlin", "Asia/Kathmandu")

    take_in(small_lake, declaration, small_lake.write("a.csv", "meter,time,kwh\nM1,01.01.2013 06:00,1\n"))

    # Kathmandu is 5:45 ahead of UTC.
    assert small_lake.readings() == [("M1", "energy", "2013-01-01 00:15", 1.0)]


def test_times_that_mark_ends_move_by_an_interval(small_lake: SmallLake) -> None:
    declaration = "meter_id: meter\ntime: {column: time, marks: end, format: epoch_s}\nvalues: [{column: kwh}]\n"

    take_in(small_lake, declaration, small_lake.write("a.csv", "meter,time,kwh\nM1,1356998400,1\n"))

    assert small_lake.readings() == [("M1", "energy", "2012-12-31 23:30", 1.0)]


def test_quality_codes_are_translated_and_unknown_ones_set_aside(small_lake: SmallLake) -> None:
    declaration = """
        meter_id: meter
        time: {column: time}
        values: [{column: kwh}]
        quality: {column: q, codes: {A: actual, E: estimated}}
    """
    text = "meter,time,kwh,q\nM1,2013-01-01 00:00,1,A\nM1,2013-01-01 00:30,1,E\nM1,2013-01-01 01:00,1,\nM1,2013-01-01 01:30,1,X\n"

    take_in(small_lake, declaration, small_lake.write("a.csv", text))

    found = small_lake.rows("SELECT quality FROM readings ORDER BY interval_start")
    assert found == [("actual",), ("estimated",), ("actual",)]
    assert small_lake.quarantine() == [(5, "bad_record", "M1,2013-01-01 01:30,1,X")]


def test_file_without_a_header_is_read_by_the_declared_columns(small_lake: SmallLake) -> None:
    declaration = "meter_id: m\ntime: {column: t}\ncolumns: [t, m, v]\nvalues: [{column: v}]\n"

    take_in(small_lake, declaration, small_lake.write("a.csv", "2013-01-01 00:00,M1,1\n"))

    assert small_lake.readings() == [("M1", "energy", "2013-01-01 00:00", 1.0)]


def test_json_lines_are_read_and_a_torn_line_is_set_aside(small_lake: SmallLake) -> None:
    torn = '{"id":"J1","ts":"2013-01-01T00:0'
    text = f'{{"id":"J1","ts":"2013-01-01T00:00:00Z","room":20.5}}\n{torn}\n'

    take_in(small_lake, ROOM, small_lake.write("a.jsonl", text))

    assert small_lake.readings() == [("J1", "room_temperature", "2013-01-01 00:00", 20.5)]
    assert small_lake.quarantine() == [(2, "bad_record", torn)]


def test_lists_in_json_give_a_reading_an_entry(small_lake: SmallLake) -> None:
    declaration = 'meter_id: device.id\ntime: {column: "data[].t"}\nvalues: [{column: "data[].kwh"}]\n'
    text = '{"device":{"id":"M1"},"data":[{"t":"2013-01-01 00:00","kwh":1},{"t":"2013-01-01 00:30","kwh":null}]}\n'

    take_in(small_lake, declaration, small_lake.write("a.jsonl", text))

    assert small_lake.readings() == [("M1", "energy", "2013-01-01 00:00", 1.0)]
    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [(1, "missing_value")]


@pytest.mark.parametrize("kind", ["parquet", "orc", "avro"])
def test_binary_containers_are_read(small_lake: SmallLake, kind: str) -> None:
    path = small_lake.folder / f"a.{kind}"
    times = [dt.datetime(2013, 1, 1, tzinfo=dt.UTC), dt.datetime(2013, 1, 1, 1, tzinfo=dt.UTC)]
    write_container(path, kind, times)

    take_in(small_lake, ROOM, path)

    assert small_lake.readings() == [("B1", "room_temperature", "2013-01-01 00:00", 20.5)]
    assert [reason for _, reason, _ in small_lake.quarantine()] == ["missing_value"]
    assert list((small_lake.folder / "lake" / "tmp").glob("*.parquet")) == []


def write_container(path: Path, kind: str, times: list[dt.datetime]) -> None:
    if kind == "avro":
        time = {"type": "long", "logicalType": "timestamp-micros"}
        fields = [("id", "string"), ("ts", time), ("room", ["null", "double"])]
        schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": what} for name, what in fields]}
        with path.open("wb") as stream:
            fastavro.writer(stream, schema, [{"id": "B1", "ts": times[0], "room": 20.5}, {"id": "B1", "ts": times[1]}])
        return
    naive = pa.array([time.replace(tzinfo=None) for time in times], pa.timestamp("us"))
    table = pa.table({"id": ["B1", "B1"], "ts": naive, "room": [20.5, None]})
    if kind == "orc":
        orc.write_table(table, path)
    else:
        pq.write_table(table, path)


def test_gzipped_files_are_read(small_lake: SmallLake) -> None:
    path = small_lake.folder / "a.csv.gz"
    path.write_bytes(gzip.compress(b"id,ts,room\nG1,2013-01-01,20.5\n"))

    take_in(small_lake, ROOM, path)

    assert small_lake.readings() == [("G1", "room_temperature", "2013-01-01 00:00", 20.5)]


def test_registers_are_kept_and_differenced(small_lake: SmallLake) -> None:
    declaration = "meter_id: m\ntime: {column: t}\nvalues: [{column: kwh, quantity: energy, register: true}]\n"
    text = "m,t,kwh\nM1,2013-01-01 00:00,100\nM1,2013-01-01 01:00,102.5\n"

    report = take_in(small_lake, declaration, small_lake.write("a.csv", text))

    assert small_lake.readings() == [
        ("M1", "energy", "2013-01-01 00:00", 2.5),
        ("M1", "energy_register", "2013-01-01 00:00", 100.0),
        ("M1", "energy_register", "2013-01-01 01:00", 102.5),
    ]
    assert report.accounts[0].rows_read == 3


def test_file_that_lacks_a_declared_column_is_refused_by_name(small_lake: SmallLake) -> None:
    report = take_in(small_lake, ROOM, small_lake.write("a.csv", "id,time,room\nM1,2013-01-01,1\n"))

    assert "missing 'ts'" in report.refused[0].why


@pytest.mark.parametrize(
    ("declaration", "key"),
    [
        ("meter_id: m\ntime: {column: t}\n", "values"),
        ("meter_id: m\ntime: {column: t, zone: Europe/Berln}\nvalues: [{column: v}]\n", "time.zone"),
        ("meter_id: m\ntime: {column: t, format: '%d %b'}\nvalues: [{column: v}]\n", "time.format"),
        ("meter_id: m\ntime: {column: t}\nvalues: [{column: v, quantity: steam}]\n", "quantity"),
        ("meter_id: m\ntime: {column: t}\nvalues: [{column: v, unit: m3}]\n", "unit"),
        (
            "meter_id: m\ntime: {column: t}\nvalues: [{column: v, quantity: room_temperature, register: true}]\n",
            "values.0",
        ),
        ("meter_id: m\ntime: {column: t}\nvalues: [{column: v}]\ninterval: 15\n", "interval"),
        ("meter_id: m\ntime: {column: m}\nvalues: [{column: v}]\n", "mapping"),
        ('meter_id: m\ntime: {column: "a[].t"}\nvalues: [{column: "b[].v"}]\n', "mapping"),
        ("- a list\n", "mapping"),
        ("a: [", "mapping"),
    ],
)
def test_wrong_declaration_is_refused_by_its_key(small_lake: SmallLake, declaration: str, key: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        load_mapping(small_lake.write("mapping.yaml", declaration))

    assert refusal.value.name == key


def test_a_column_that_says_what_a_row_measures_is_heeded_in_plain_files_in_utc(small_lake: SmallLake) -> None:
    declaration = (
        "meter_id: id\ntime: {column: at}\n"
        "values: [{column: kwh, unit: kWh, quantity: {column: way, codes: {A+: energy, A-: energy_export}}}]\n"
    )
    rows = "id,at,way,kwh\nM1,2024-01-01T00:00:00Z,A+,1\nM1,2024-01-01T00:00:00Z,A-,2\n"

    report = take_in(small_lake, declaration, small_lake.write("ways.csv", rows))

    assert report.accounts[0].superseded == 0
    assert small_lake.readings() == [
        ("M1", "energy", "2024-01-01 00:00", 1.0),
        ("M1", "energy_export", "2024-01-01 00:00", 2.0),
    ]


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ("M1,2024-01-01,500,Wh,PT30M\n", "", "'unit' says Wh, and the mapping reads all values as kWh"),
        ("M1,2024-01-01,5,kWh,PT30M\nM1,2024-01-02,5,Wh,PT30M\n", "", "say unit_column: unit"),
        ("M1,2024-01-01,5,kWh,PT1H\n", "", "'res' says PT1H, and the mapping has intervals of 30 minutes"),
        ("M1,2024-01-01,5,kWh,PT30M\n", "", ""),
        ("M1,2024-01-01,5,kWh,PT1H\n", "interval: {length: PT30M}\n", ""),
        ("M1,2024-01-01,5,kWh,PT30M\nM2,2024-01-01,500,Wh,PT30M\n", "only: {id: M1}\n", ""),
        ("M1,2024-01-01,5,V,a\n", "", ""),
    ],
)
def test_a_column_of_units_or_lengths_that_contradicts_the_mapping_is_not_passed_over(
    small_lake: SmallLake, rows: str, more: str, words: str
) -> None:
    declaration = f"meter_id: id\ntime: {{column: at}}\nvalues: [{{column: v}}]\n{more}"
    path = small_lake.write("said.csv", f"id,at,v,unit,res\n{rows}")

    report = take_in(small_lake, declaration, path)

    assert [words in refused.why for refused in report.refused] == ([True] if words else [])


def test_units_and_flags_in_cells_are_read_and_what_is_neither_is_set_aside(small_lake: SmallLake) -> None:
    declaration = """
        meter_id: id
        time: {column: time}
        decimal: ","
        thousands: "."
        values: [{column: use, unit: kWh, unit_in_cell: true, flags: {E: estimated, "*": suspect}}]
    """
    cells = ("1.234,5 Wh", "0,5kWh", "0,25 E", "0,75 kWh *", "2 MWh X", "3 Nm", "4")
    rows = "".join(f"M1;2024-01-01 0{hour}:00;{cell}\n" for hour, cell in enumerate(cells))

    take_in(small_lake, declaration, small_lake.write("a.csv", f"id;time;use\n{rows}"))

    assert small_lake.rows("SELECT value, quality FROM readings ORDER BY interval_start") == [
        (1.2345, "actual"),
        (0.5, "actual"),
        (0.25, "estimated"),
        (0.75, "suspect"),
        (4.0, "actual"),
    ]
    assert [reason for _, reason, _ in small_lake.quarantine()] == ["bad_number", "bad_number"]


def test_units_in_cells_that_a_declaration_leaves_out_are_told(small_lake: SmallLake) -> None:
    declaration = "meter_id: id\ntime: {column: time}\nvalues: [{column: use}]\n"
    path = small_lake.write("a.csv", "id,time,use\nM1,2024-01-01 00:00,500 Wh\n")

    report = take_in(small_lake, declaration, path)

    assert "a unit stands behind values ('500 Wh'); say unit_in_cell: true" in report.refused[0].why


def test_days_in_utc_with_their_ends_are_on_the_grid_of_their_zone(small_lake: SmallLake) -> None:
    declaration = """
        meter_id: id
        time: {column: from, zone: Europe/Berlin}
        interval: {end: to}
        values: [{column: kwh, unit: kWh}]
    """
    path = small_lake.folder / "days.csv"
    path.write_text(
        "id,from,to,kwh\n"
        "M1,2024-03-29T23:00:00Z,2024-03-30T23:00:00Z,10.5\n"
        "M1,2024-03-30T23:00:00Z,2024-03-31T22:00:00Z,9.5\n"
        "M1,2024-03-31T22:17:00Z,2024-04-01T22:17:00Z,8\n"
    )

    report = take_in(small_lake, declaration, path)

    assert [(one.rows_stored, one.quarantined) for one in report.accounts] == [(2, 1)]
