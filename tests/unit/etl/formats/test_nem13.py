from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from nemreader import read_nem_file
from nemwriter import NEM13

from tests.small_lake import SmallLake


def accumulated(
    suffix: str = "11", direction: str = "E", quality: str = "A", flowed: str = "1200.5", unit: str = "kWh"
) -> str:
    return (
        f"250,9990000002,11,1,{suffix},11,M2,{direction},001000.0,20231005093055,A,,,002200.5,20240107100333,{quality},,,"
        f"{flowed},{unit},20240407,20240108100333,20240108091133\n"
    )


def test_what_flowed_between_two_reads_is_stored_over_the_time_between_them(small_lake: SmallLake) -> None:
    path = small_lake.write("acc.csv", "100,NEM13,202401101030,MDP1,RET1\n" + accumulated() + "550,N,,A,\n900\n")

    report = small_lake.ingest(path)

    # 94 days, 32 minutes and 38 seconds; the seconds are cut.
    stored = small_lake.rows(
        "SELECT meter_id, quantity, interval_start::VARCHAR AS s, interval_end::VARCHAR AS e, value, quality FROM readings"
    )
    assert stored == [("9990000002", "energy", "2023-10-04 23:30:55+00", "2024-01-07 00:02:55+00", 1200.5, "actual")]
    assert report.accounts[0].rows_read == 1


@pytest.mark.parametrize(
    ("line", "meter", "quantity", "quality"),
    [
        (accumulated("11", "I"), "9990000002", "energy_export", "actual"),
        (accumulated("41"), "9990000002/41", "energy", "actual"),
        (accumulated(quality="E52"), "9990000002", "energy", "estimated"),
        (accumulated(unit="kvarh"), "9990000002", "energy_reactive", "actual"),
    ],
)
def test_direction_register_unit_and_quality_are_read(
    small_lake: SmallLake, line: str, meter: str, quantity: str, quality: str
) -> None:
    small_lake.ingest(small_lake.write("acc.csv", line))

    assert small_lake.rows("SELECT meter_id, quantity, quality FROM readings") == [(meter, quantity, quality)]


def test_a_broken_record_is_set_aside_with_what_is_wrong(small_lake: SmallLake) -> None:
    torn = "250,9990000002,11,1,11,11,M2,E\n"
    backwards = accumulated().replace("20231005093055", "20241005093055")
    report = small_lake.ingest(
        small_lake.write(
            "acc.csv",
            accumulated()
            + torn
            + backwards
            + accumulated("12", quality="N")
            + accumulated("13", quality="?")
            + "250000,\n",
        )
    )

    assert report.accounts[0].rows_read == 6
    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [
        (2, "wrong_columns"),
        (3, "bad_time"),
        (4, "missing_value"),
        (5, "bad_record"),
        (6, "bad_record"),
    ]


def test_what_nemwriter_writes_is_read_as_nemreader_reads_it(small_lake: SmallLake) -> None:
    writer = NEM13(to_participant="123")
    writer.add_reading(
        nmi="123",
        nmi_configuration="E1B1",
        register_id="1",
        nmi_suffix="E1",
        previous_read=412,
        previous_read_date=dt.datetime(2017, 1, 1),
        previous_quality_method="A",
        current_read=512,
        current_read_date=dt.datetime(2017, 2, 1),
        current_quality_method="A",
        quantity=100,
        uom="kWh",
    )
    path = Path(writer.output_csv(file_path=small_lake.folder / "written.csv"))

    small_lake.ingest(path)

    (theirs,) = read_nem_file(str(path)).readings["123"]["E1"]
    assert (theirs.t_start, theirs.t_end, theirs.read_value) == (
        dt.datetime(2017, 1, 1),
        dt.datetime(2017, 2, 1),
        100.0,
    )
    assert small_lake.rows(
        "SELECT meter_id, interval_start::VARCHAR AS s, interval_end::VARCHAR AS e, value FROM readings"
    ) == [("123", "2016-12-31 14:00:00+00", "2017-01-31 14:00:00+00", 100.0)]
