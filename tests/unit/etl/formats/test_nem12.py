from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from nemreader import read_nem_file
from nemwriter import NEM12

from meterlake.etl.conforming.raw_format import ReadOptions
from tests.small_lake import SmallLake

HEADER = "100,NEM12,202401020000,MDP1,RET1\n"
HOUR = dt.timedelta(hours=1)


def register(suffix: str = "E1", nmi: str = "9990000001", unit: str = "kWh", minutes: int = 30) -> str:
    return f"200,{nmi},E1B1,1,{suffix},N1,M1,{unit},{minutes},\n"


def day(values: list[str], quality: str = "A", date: str = "20240101") -> str:
    return f"300,{date},{','.join(values)},{quality},,,20240102010000,\n"


def totals(lake: SmallLake) -> list[tuple[object, ...]]:
    return lake.rows("""
        SELECT meter_id, quantity, count(*) AS n, sum(value)::DECIMAL(9, 3)::DOUBLE AS total, min(interval_start)::VARCHAR AS first,
               max(interval_end)::VARCHAR AS last FROM readings GROUP BY ALL ORDER BY ALL""")


def test_a_day_is_one_of_market_time_and_its_registers_are_what_their_suffixes_say(small_lake: SmallLake) -> None:
    used, fed_in = day(["0.1"] * 24 + ["0.2"] * 24), day(["0.5"] * 16 + ["0"] * 32)
    text = HEADER + register() + used + register("B1") + fed_in + "900\n"

    small_lake.ingest(small_lake.write("jan.csv", text))

    first, last = "2023-12-31 14:00:00+00", "2024-01-01 14:00:00+00"
    assert totals(small_lake) == [
        ("9990000001", "energy", 48, 7.2, first, last),
        ("9990000001", "energy_export", 48, 8.0, first, last),
    ]
    assert small_lake.rows("SELECT meter_id, time_zone FROM meters") == [("9990000001", "Australia/Brisbane")]
    assert small_lake.rows("SELECT DISTINCT local_date::VARCHAR AS day FROM consumption_daily") == [("2024-01-01",)]


def test_a_zone_that_is_given_is_that_of_the_meters_days_and_market_time_stays(small_lake: SmallLake) -> None:
    path = small_lake.write("jan.csv", HEADER + register() + day(["1"] * 48))

    small_lake.ingest(path, options=ReadOptions(time_zone="Australia/Sydney"))

    assert small_lake.rows("SELECT time_zone FROM meters") == [("Australia/Sydney",)]
    # Midnight in Brisbane is one o'clock in a Sydney summer.
    assert small_lake.rows("SELECT local_date::VARCHAR AS day, energy_kwh FROM consumption_daily ORDER BY 1") == [
        ("2024-01-01", 46.0),
        ("2024-01-02", 2.0),
    ]


def test_registers_of_one_meter_are_kept_apart_and_add_up(small_lake: SmallLake) -> None:
    text = HEADER + register("E1") + day(["1"] * 48) + register("E2") + day(["0.25"] * 48)

    report = small_lake.ingest(small_lake.write("two.csv", text))

    assert report.accounts[0].superseded == 0
    assert [(meter, total) for meter, _, _, total, *_ in totals(small_lake)] == [
        ("9990000001", 48.0),
        ("9990000001/E2", 12.0),
    ]


def test_a_day_of_varying_quality_takes_it_from_the_400_records(small_lake: SmallLake) -> None:
    events = "400,1,20,F14,76,\n400,21,30,S16,,\n400,31,40,A,,\n400,41,48,N,,\n"

    report = small_lake.ingest(small_lake.write("v.csv", register() + day(["0.1"] * 40 + [""] * 8, "V") + events))

    counted = small_lake.rows("SELECT quality, count(*) AS n FROM readings GROUP BY 1 ORDER BY 1")
    assert counted == [("actual", 10), ("edited", 10), ("estimated", 20)]
    assert report.quarantine_reasons == {"missing_value": 8}


def test_an_interval_whose_quality_no_400_record_says_is_set_aside(small_lake: SmallLake) -> None:
    text = register() + day(["0.1"] * 48, "V") + f"400,1,46,A,,\n400,47,{'9' * 5_000},A,,\n"

    report = small_lake.ingest(small_lake.write("v.csv", text))

    assert report.quarantine_reasons == {"bad_record": 3}
    found = small_lake.rows("SELECT line, detail FROM quarantine ORDER BY row")
    assert [line for line, _ in found] == [2, 2, 4]
    assert found[0][1] == "E1 at 2024-01-01 13:00:00 UTC = 0.1: suffix E1 in kWh; no 400 record says the quality"
    assert found[2][1] == "expected two intervals of 1 to 48 and their quality"


@pytest.mark.parametrize(
    ("suffix", "unit", "quantity", "value"),
    [
        ("E1", "KWH", "energy", 1.5),
        ("E1", "wh", "energy", 0.0015),
        ("B1", "MWh", "energy_export", 1500.0),
        ("Q1", "kVArh", "energy_reactive", 1.5),
        ("K1", "KVARH", "energy_reactive_export", 1.5),
    ],
)
def test_units_are_read_in_any_capitals(
    small_lake: SmallLake, suffix: str, unit: str, quantity: str, value: float
) -> None:
    text = register(suffix, unit=unit, minutes=1440) + day(["1.5"])

    small_lake.ingest(small_lake.write("units.csv", text))

    assert small_lake.rows("SELECT quantity, value FROM readings") == [(quantity, value)]


@pytest.mark.parametrize(("suffix", "unit"), [("E1", "kVArh"), ("Q1", "kWh"), ("E1", "V"), ("X1", "kWh"), ("", "kWh")])
def test_what_suffix_and_unit_do_not_measure_together_is_set_aside(
    small_lake: SmallLake, suffix: str, unit: str
) -> None:
    report = small_lake.ingest(small_lake.write("odd.csv", register(suffix, unit=unit, minutes=1440) + day(["1.5"])))

    assert report.quarantine_reasons == {"unknown_quantity": 1}


def test_a_day_whose_length_is_not_that_of_its_register_is_set_aside_and_takes_no_neighbour(
    small_lake: SmallLake,
) -> None:
    short, whole = day(["1"] * 47), day(["1"] * 48, date="20240102")

    report = small_lake.ingest(
        small_lake.write("short.csv", HEADER + register() + short + whole + register("E1", "B") + whole)
    )

    assert report.accounts[0].rows_read == 1 + 48 + 48
    ((line, reason, raw_text),) = small_lake.quarantine()
    assert (line, reason, raw_text) == (3, "wrong_columns", short.strip())
    ((detail,),) = small_lake.rows("SELECT detail FROM quarantine")
    assert detail == "47 values, where its 200 record says 30 minutes: 48 values and a quality"


def test_a_damaged_register_does_not_give_its_days_to_the_one_above(small_lake: SmallLake) -> None:
    damaged = register("E1", "9990000002").replace("200,", "2OO,")

    report = small_lake.ingest(
        small_lake.write(
            "torn.csv", register() + day(["1"] * 48) + damaged + day(["2"] * 48) + register("E1", "3") + day(["3"] * 48)
        )
    )

    assert report.quarantine_reasons == {"bad_record": 2}
    assert [(meter, total) for meter, _, _, total, *_ in totals(small_lake)] == [("3", 144.0), ("9990000001", 48.0)]


def test_a_bad_value_is_set_aside_with_its_whole_line_and_its_interval(small_lake: SmallLake) -> None:
    bad = day(["1"] * 47 + ["x"])

    small_lake.ingest(small_lake.write("bad.csv", HEADER + "\n" + register() + bad))

    assert small_lake.quarantine() == [(4, "bad_number", bad.strip())]
    assert small_lake.rows("SELECT detail FROM quarantine") == [
        ("E1 at 2024-01-01 13:30:00 UTC = x: suffix E1 in kWh",)
    ]


def test_several_ends_several_meters_visits_and_no_header_are_one_file(small_lake: SmallLake) -> None:
    one = register(minutes=5) + day(["1"] * 288) + "500,O,S01009,20240101120000,\n900\n"
    other = register("E1", "9990000002", minutes=15) + day(["1"] * 96) + "900\n"

    report = small_lake.ingest(small_lake.write("both.txt", one + HEADER + other))

    assert (report.accounts[0].rows_read, report.accounts[0].rows_stored) == (384, 384)


def test_what_nemwriter_writes_is_read_as_nemreader_reads_it(small_lake: SmallLake) -> None:
    first = dt.datetime(2024, 3, 1, 0, 30)
    reads = [
        (first + number * HOUR / 2, round(number * 0.037, 3), "SAE"[number % 3] + "14" * (number % 3 != 1))
        for number in range(96)
    ]
    writer = NEM12(to_participant="RET1")
    writer.add_readings("9990000009", "E1B1", "E1", "kWh", reads)
    path = Path(writer.output_csv(file_path=small_lake.folder / "written.csv"))

    report = small_lake.ingest(path)

    theirs = [
        ((read.t_start - 10 * HOUR).strftime("%Y-%m-%d %H:%M"), read.read_value, read.quality_method[0])
        for read in read_nem_file(str(path)).readings["9990000009"]["E1"]
    ]
    ours = small_lake.rows(
        "SELECT strftime(interval_start, '%Y-%m-%d %H:%M') AS start, value, quality FROM readings ORDER BY 1"
    )
    assert len(theirs) == report.accounts[0].rows_stored == 96
    assert [
        (start, value, "A" if quality == "actual" else method)
        for (start, value, quality), (*_, method) in zip(ours, theirs, strict=True)
    ] == theirs
