from __future__ import annotations

from tests.small_lake import SmallLake

HEADER = "ZHV|0000000001|D0010002|D|UDMS|X|AAAA|20260302153151||||OPER|\n"
POINT = "026|1000000000001|V|\n"
METER = "028|METER01|R|\n"


def read(register: str, day: str, value: str, flag: str = "T") -> str:
    return f"030|{register}|{day}000000|{value}|||{flag}|N|\n"


def test_register_reads_are_stored_and_what_flowed_between_them_too(small_lake: SmallLake) -> None:
    text = (
        HEADER
        + POINT
        + METER
        + read("01", "20260115", "12345.0")
        + read("01", "20260116", "12350.5")
        + "ZPT|1|5||1|2|\n"
    )

    report = small_lake.ingest(small_lake.write("reads.usr", text))

    assert small_lake.readings() == [
        ("1000000000001/METER01", "energy", "2026-01-15 00:00", 5.5),
        ("1000000000001/METER01", "energy_register", "2026-01-15 00:00", 12345.0),
        ("1000000000001/METER01", "energy_register", "2026-01-16 00:00", 12350.5),
    ]
    assert report.accounts[0].rows_read == 3
    assert small_lake.rows("SELECT time_zone FROM meters") == [("Europe/London",)]


def test_registers_of_a_meter_and_meters_of_a_point_are_kept_apart(small_lake: SmallLake) -> None:
    first = METER + read("01", "20260115", "100") + read("02", "20260115", "200")
    exchanged = "028|METER02|I|\n" + read("01", "20260115", "0")

    report = small_lake.ingest(small_lake.write("reads.txt", HEADER + POINT + first + exchanged))

    assert [(meter, value) for meter, _, _, value in small_lake.readings()] == [
        ("1000000000001/METER01", 100.0),
        ("1000000000001/METER01/02", 200.0),
        ("1000000000001/METER02", 0.0),
    ]
    assert report.accounts[0].superseded == 0


def test_a_summers_midnight_is_one_of_britain(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("reads.txt", HEADER + POINT + METER + read("01", "20260715", "1")))

    assert [starts for _, _, starts, _ in small_lake.readings()] == ["2026-07-14 23:00"]


def test_quality_is_the_worst_of_what_point_meter_and_read_say(small_lake: SmallLake) -> None:
    unvalidated = "026|1000000000002|U|\n" + METER + read("01", "20260115", "1")
    deemed = "026|1000000000003|V|\n028|M3|D|\n" + read("01", "20260115", "1")
    flagged = "026|1000000000004|V|\n" + METER + read("01", "20260115", "1", flag="F")

    small_lake.ingest(
        small_lake.write("reads.txt", POINT + METER + read("01", "20260115", "1") + unvalidated + deemed + flagged)
    )

    assert [quality for (quality,) in small_lake.rows("SELECT quality FROM readings ORDER BY meter_id")] == [
        "actual",
        "suspect",
        "estimated",
        "suspect",
    ]


def test_a_broken_record_takes_only_those_that_lean_on_it(small_lake: SmallLake) -> None:
    lines = [
        HEADER,
        "026|1000000000001|?|\n",
        METER,
        read("01", "20260115", "1"),
        "026|1000000000002|V|\n",
        METER,
        "030||20260115000000|1|||T|N|\n",
        "030|01|20260132000000|1|||T|N|\n",
        "030|01|20260329013000|1|||T|N|\n",
        "030|01|20261025013000|1|||T|N|\n",
        "033|A|B|\n",
        read("01", "20260116", "2"),
    ]

    report = small_lake.ingest(small_lake.write("reads.txt", "".join(lines)))

    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [
        (2, "bad_record"),
        (3, "bad_record"),
        (4, "bad_record"),
        (7, "bad_record"),
        (8, "bad_time"),
        (9, "nonexistent_time"),
        (10, "ambiguous_time"),
    ]
    assert report.accounts[0].rows_read == 8
    assert [value for *_, value in small_lake.readings()] == [2.0]
