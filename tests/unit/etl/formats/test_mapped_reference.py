"""A stranger's files of weather and of meters, by a declaration of their columns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from meterlake.etl.conforming.mapping_declaration import load_mapping
from meterlake.etl.dry_run import try_out
from meterlake.etl.landing.accounts import RunReport
from meterlake.etl.pipeline import IngestJob
from meterlake.etl.undo import undo_ingest
from meterlake.lake.errors import BadParameter
from tests.landing import adds_up, lake_settings, select, take_in

STATION = """kind: weather
site_id: Station
time: {column: [Day, Hour], format: "%m/%d/%Y %I:%M %p", zone: America/New_York}
values:
  - {column: Temp (F), quantity: temperature, unit: "°F"}
  - {column: RH, quantity: humidity, unit: "%"}
  - {column: Wind, quantity: wind_speed, unit: mph}
"""
CUSTOMERS = """kind: meters
meter_id: Zählpunkt
tariff: Tarif
segment: {constant: household}
building_id: {columns: [Straße, Nr], join: " "}
latitude: Breite
longitude: Länge
time_zone: Zone
commissioned_at: {column: Einbau, format: "%d.%m.%Y", zone: Europe/Berlin}
decimal: ","
"""


def ingest(tmp_path: Path, declared: str, raw: str, name: str = "raw.csv", **options: Any) -> RunReport:
    (tmp_path / "mapping.yaml").write_text(declared, encoding="utf-8")
    (tmp_path / name).write_text(raw, encoding="utf-8")
    return take_in(tmp_path / "lake", tmp_path / name, mapping=load_mapping(tmp_path / "mapping.yaml"), **options)


def weather(tmp_path: Path) -> list[tuple[Any, ...]]:
    return select(
        tmp_path / "lake",
        """SELECT site_id, strftime(observed_at, '%Y-%m-%d %H:%M'), round(temperature_c, 9), round(humidity_fraction, 9),
                  round(wind_speed_mps, 9)
           FROM weather ORDER BY ALL""",
    )


def reasons(tmp_path: Path) -> list[tuple[Any, ...]]:
    return select(tmp_path / "lake", "SELECT line, reason, raw_text FROM quarantine ORDER BY line")


def refusal(tmp_path: Path, declared: str) -> str:
    (tmp_path / "mapping.yaml").write_text(declared, encoding="utf-8")
    with pytest.raises(BadParameter) as caught:
        load_mapping(tmp_path / "mapping.yaml")
    return str(caught.value)


def test_weather_in_other_columns_units_and_zone_is_stored_in_the_lake_s(tmp_path: Path) -> None:
    raw = "Station,Day,Hour,Temp (F),RH,Wind\nKJFK,07/04/2024,1:00 AM,50,80,10\nKJFK,01/04/2024,1:00 AM,14,,\n"

    report = ingest(tmp_path, STATION, raw)

    # 50 °F are 10 °C, 10 mph are 4.4704 m/s; July is four hours behind UTC, January five.
    assert weather(tmp_path) == [
        ("KJFK", "2024-01-04 06:00", -10.0, None, None),
        ("KJFK", "2024-07-04 05:00", 10.0, 0.8, 4.4704),
    ]
    assert adds_up(report)


def test_values_may_carry_the_unit_that_is_declared_and_no_other(tmp_path: Path) -> None:
    raw = (
        "Station,Day,Hour,Temp (F),RH,Wind\nK,07/04/2024,1:00 AM,50 °F,80 %,10 MPH\nK,07/04/2024,2:00 AM,10 °C,80,10\n"
    )

    ingest(tmp_path, STATION, raw)

    assert weather(tmp_path) == [("K", "2024-07-04 05:00", 10.0, 0.8, 4.4704)]
    assert reasons(tmp_path) == [(3, "bad_number", "K,07/04/2024,2:00 AM,10 °C,80,10")]


def test_weather_of_one_site_may_be_in_kelvin_kilometres_an_hour_and_knots(tmp_path: Path) -> None:
    declared = """kind: weather
site_id: {constant: harbour}
time: {column: t, zone: UTC}
delimiter: ";"
decimal: ","
values:
  - {column: T, quantity: temperature, unit: K}
  - {column: A, quantity: apparent_temperature}
  - {column: W, quantity: wind_speed, unit: UNIT}
"""
    raw = "t;T;A;W\n2024-01-01 00:00;273,15;-1,5;36\n"

    ingest(tmp_path, declared.replace("UNIT", "km/h"), raw)
    assert weather(tmp_path) == [("harbour", "2024-01-01 00:00", 0.0, None, 10.0)]
    ingest(tmp_path, declared.replace("UNIT", "knots"), raw)

    # 36 nautical miles an hour are 66,672 m an hour; content that is read in another way takes the place of the first.
    assert weather(tmp_path) == [("harbour", "2024-01-01 00:00", 0.0, None, 18.52)]
    assert select(tmp_path / "lake", "SELECT apparent_temperature_c FROM weather") == [(-1.5,)]


def test_the_hour_that_comes_twice_is_told_by_the_order_of_a_weather_file(tmp_path: Path) -> None:
    hours = ("12:00 AM", "1:00 AM", "1:00 AM", "2:00 AM")
    rows = "".join(
        f"K,11/03/2024,{hour},{temperature},,\n" for temperature, hour in zip((50, 59, 68, 77), hours, strict=True)
    )

    ingest(tmp_path, STATION, "Station,Day,Hour,Temp (F),RH,Wind\n" + rows)

    assert [row[1:3] for row in weather(tmp_path)] == [
        ("2024-11-03 04:00", 10.0), ("2024-11-03 05:00", 15.0), ("2024-11-03 06:00", 20.0), ("2024-11-03 07:00", 25.0),
    ]  # fmt: skip


def test_rows_of_weather_that_are_none_are_set_aside_with_their_lines(tmp_path: Path) -> None:
    raw = (
        "Station,Day,Hour,Temp (F),RH,Wind\n"
        ",07/04/2024,1:00 AM,50,80,10\n"
        "K,03/10/2024,2:30 AM,50,80,10\n"
        "K,11/03/2024,1:30 AM,50,80,10\n"
        "K,13/04/2024,1:00 AM,50,80,10\n"
        "K,07/04/2024,1:00 AM,,,\n"
        "K,07/04/2024,1:00 AM,mild,80,10\n"
        "K,07/04/2024,1:00 AM,50,180,10\n"
        "K,07/04/2024,1:00 AM,50,80,10\n"
    )

    report = ingest(tmp_path, STATION, raw)

    assert [row[:2] for row in reasons(tmp_path)] == [
        (2, "bad_record"),
        (3, "nonexistent_time"),
        (4, "ambiguous_time"),
        (5, "bad_time"),
        (6, "missing_value"),
        (7, "bad_number"),
        (8, "implausible"),
    ]
    assert len(weather(tmp_path)) == 1
    assert adds_up(report)


def test_the_last_row_of_a_key_counts_and_an_undo_brings_back_the_file_before(tmp_path: Path) -> None:
    head = "Station,Day,Hour,Temp (F),RH,Wind\n"
    ingest(tmp_path, STATION, head + "K,07/04/2024,1:00 AM,50,,\n", "first.csv")
    report = ingest(tmp_path, STATION, head + "K,07/04/2024,1:00 AM,59,,\nK,07/04/2024,1:00 AM,68,,\n", "second.csv")

    assert weather(tmp_path) == [("K", "2024-07-04 05:00", 20.0, None, None)]
    assert report.as_json()["superseded"] == 1
    undo_ingest(report.accounts[0].ingest_id, lake_settings(tmp_path / "lake"))

    assert weather(tmp_path) == [("K", "2024-07-04 05:00", 10.0, None, None)]


def test_a_list_of_customers_lands_in_meters(tmp_path: Path) -> None:
    raw = (
        "Zählpunkt;Tarif;Straße;Nr;Breite;Länge;Zone;Einbau;Bemerkung\n"
        "AT1;Tag;Ring;7;48,2;16,37;Europe/Vienna;01.07.2023;neu\n"
        'AT2;;Ring;;;;;;"ohne; alles"\n'
    )

    report = ingest(tmp_path, CUSTOMERS, raw)

    rows = select(
        tmp_path / "lake",
        """SELECT meter_id, tariff, segment, building_id, latitude, longitude, time_zone, commissioned_at
           FROM meters ORDER BY meter_id""",
    )
    # The first of July began in Berlin two hours before it did in UTC.
    assert rows == [
        (
            "AT1",
            "Tag",
            "household",
            "Ring 7",
            48.2,
            16.37,
            "Europe/Vienna",
            dt.datetime(2023, 6, 30, 22, tzinfo=dt.UTC),
        ),
        ("AT2", None, "household", None, None, None, "UTC", None),
    ]
    assert adds_up(report)


def test_customers_that_are_none_are_set_aside(tmp_path: Path) -> None:
    raw = (
        "Zählpunkt;Tarif;Straße;Nr;Breite;Länge;Zone;Einbau\n"
        ";Tag;Ring;7;48,2;16,37;Europe/Vienna;01.07.2023\n"
        "AT2;Tag;Ring;7;482;16,37;Europe/Vienna;01.07.2023\n"
        "AT3;Tag;Ring;7;48.2;16,37;Europe/Vienna;01.07.2023\n"
        "AT4;Tag;Ring;7;48,2;16,37;Vienna;01.07.2023\n"
        "AT5;Tag;Ring;7;48,2;16,37;Europe/Vienna;2023\n"
        "AT6;Tag;Ring;7;48,2;16,37;Europe/Vienna;01.07.2023\n"
    )

    ingest(tmp_path, CUSTOMERS, raw)

    assert [row[:2] for row in reasons(tmp_path)] == [
        (2, "missing_meter"), (3, "implausible"), (4, "bad_number"), (5, "unknown_time_zone"), (6, "bad_time"),
    ]  # fmt: skip
    assert select(tmp_path / "lake", "SELECT meter_id FROM meters") == [("AT6",)]


def test_what_a_list_says_of_zones_moves_the_days_of_readings_that_are_there(tmp_path: Path) -> None:
    readings = "meter_id: id\ntime: {column: t, zone: UTC}\ninterval_minutes: 60\nvalues: [{column: kwh}]\n"
    ingest(tmp_path, readings, "id,t,kwh\nM1,2024-01-01 23:00,2\n", "readings.csv")

    ingest(tmp_path, "kind: meters\nmeter_id: id\ntime_zone: {constant: Europe/Paris}\n", "id\nM1\n", "list.csv")

    assert select(tmp_path / "lake", "SELECT local_date, energy_kwh FROM consumption_daily") == [
        (dt.date(2024, 1, 2), 2.0)
    ]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("raw.jsonl", '{"who": {"id": "M1"}, "plan": "night"}\n{"who": {}, "plan": "day"}\n'),
        ("raw.json", '[{"who": {"id": "M1"}, "plan": "night"}, {"who": {}, "plan": "day"}]'),
    ],
)
def test_lists_may_be_json(tmp_path: Path, name: str, raw: str) -> None:
    report = ingest(tmp_path, "kind: meters\nmeter_id: who.id\ntariff: plan\n", raw, name)

    assert select(tmp_path / "lake", "SELECT meter_id, tariff FROM meters") == [("M1", "night")]
    assert report.as_json()["quarantine_reasons"] == {"missing_meter": 1}
    assert adds_up(report)


def test_the_site_of_weather_may_be_the_file_s_name_and_rows_may_be_chosen(tmp_path: Path) -> None:
    declared = """kind: weather
site_id: {file_name: "^(.+)_hourly"}
time: {column: when, zone: UTC}
only: {type: METAR}
skip_lines: 1
values: [{column: t, quantity: temperature}]
"""
    raw = "airport\nwhen,type,t\n2024-01-01T00:00Z,METAR,1\nwhen,type,t\n2024-01-01T00:20Z,SPECI,2\n"

    report = ingest(tmp_path, declared, raw, "EDDH_hourly.csv")

    assert weather(tmp_path) == [("EDDH", "2024-01-01 00:00", 1.0, None, None)]
    assert report.as_json()["rows_read"] == 1


def test_a_dry_run_shows_the_weather_and_the_lake_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(STATION, encoding="utf-8")
    (tmp_path / "raw.csv").write_text("Station,Day,Hour,Temp (F),RH,Wind\nK,07/04/2024,1:00 AM,50,,\n")

    tried = try_out(
        IngestJob((tmp_path / "raw.csv",), mapping=load_mapping(tmp_path / "mapping.yaml")),
        lake_settings(tmp_path / "lake"),
    )

    assert tried.looks["weather"]["temperature_c"].to_pylist() == [10.0]
    assert not (tmp_path / "lake").exists()


def test_a_file_without_a_declared_column_is_refused_with_the_nearest(tmp_path: Path) -> None:
    report = ingest(tmp_path, STATION, "Station,Day,Hour,Temp (C),RH,Wind\nK,07/04/2024,1:00 AM,50,,\n")

    [refused] = report.refused
    assert "missing 'Temp (F)'; the nearest is 'Temp (C)'" in refused.why


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (STATION.replace("kind: weather", "kind: wether"), ("kind", "Did you mean 'weather'?")),
        (STATION.replace("temperature", "temprature"), ("values.0.quantity", "Did you mean 'temperature'?")),
        (STATION.replace("mph", "mp"), ("unit of wind_speed", "Did you mean 'mph'?")),
        (STATION.replace('quantity: humidity, unit: "%"', "quantity: temperature"), ("temperature stands there twice",)),
        (STATION.replace("America/New_York", "America/New_Yrk"), ("time.zone", "Did you mean 'America/New_York'?")),
        (STATION.replace('zone: America/New_York', "marks: end"), ("time.marks", "one of the keys")),
        (STATION.replace("site_id", "sites"), ("sites", "Did you mean 'site_id'?")),
        (CUSTOMERS.replace("tariff", "tarif"), ("tarif", "Did you mean 'tariff'?")),
        (CUSTOMERS.replace("time_zone: Zone", "time_zone: {constant: Europe/Berln}"), ("Did you mean 'Europe/Berlin'?",)),
        ("kind: meters\nmeter_id: id\n", ("one of site_id",)),
        ("kind: meters\nmeter_id: id\ntariff: {file_name: '(a)'}\n", ("file_name: for meter_id alone",)),
        ("kind: [meters]\nmeter_id: id\n", ("kind", "readings, weather, meters")),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_by_its_key(tmp_path: Path, declared: str, words: tuple[str, ...]) -> None:
    said = refusal(tmp_path, declared)

    for word in words:
        assert word.lower() in said.lower()
