from __future__ import annotations

import pytest

from tests.small_lake import SmallLake

HEADER = "MPRN,Meter Serial Number,Read Value,Read Type,Read Date and End Time\n"


def row(value: float, time: str, kind: str = "Active Import Interval (kW)") -> str:
    return f"10000000001,000000000000011111,{value:.6f},{kind},{time}\n"


def test_the_double_hour_of_a_file_that_runs_backwards_is_told_by_its_order(small_lake: SmallLake) -> None:
    # On 27 October 2024 Ireland's clock went back from two to one.
    clocks = ["03:00", "02:30", "02:00", "01:30", "01:00", "01:30", "01:00", "00:30"]
    values = [1.8, 1.6, 1.4, 1.2, 1.0, 0.8, 0.6, 0.4]

    small_lake.ingest(
        small_lake.write(
            "hdf.csv",
            HEADER + "".join(row(value, f"27-10-2024 {clock}") for value, clock in zip(values, clocks, strict=True)),
        )
    )

    starts = ["26 23:00", "26 23:30", "27 00:00", "27 00:30", "27 01:00", "27 01:30", "27 02:00", "27 02:30"]
    assert small_lake.readings() == [
        ("10000000001", "energy", f"2024-10-{start}", pytest.approx(kw / 2))
        for start, kw in zip(starts, reversed(values), strict=True)
    ]
    assert small_lake.rows("SELECT time_zone FROM meters") == [("Europe/Dublin",)]


def test_read_types_tell_in_from_out_power_from_energy_and_registers(small_lake: SmallLake) -> None:
    lines = [
        row(0.5, "02-06-2024 12:30", "Active Export Interval (kW)"),
        row(0.1, "02-06-2024 12:30"),
        row(0.7, "02-06-2024 12:00", "Active Export Interval (kWh)"),
        row(0.2, "02-06-2024 12:00", "Active Import Interval (kWh)"),
        row(105.5, "02-06-2024 00:00", "24 Hr Active Import Register (kWh)"),
        row(100.0, "01-06-2024 00:00", "24 Hr Active Import Register (kWh)"),
        row(7.0, "01-06-2024 00:00", "Night Import Register (kWh)"),
    ]

    small_lake.ingest(small_lake.write("hdf.csv", HEADER + "".join(lines)))

    assert [(quantity, starts, value) for _, quantity, starts, value in small_lake.readings()] == [
        ("energy", "2024-05-31 23:00", 5.5),
        ("energy", "2024-06-02 10:30", 0.2),
        ("energy", "2024-06-02 11:00", 0.05),
        ("energy_export", "2024-06-02 10:30", 0.7),
        ("energy_export", "2024-06-02 11:00", 0.25),
        ("energy_rate_3_register", "2024-05-31 23:00", 7.0),
        ("energy_register", "2024-05-31 23:00", 100.0),
        ("energy_register", "2024-06-01 23:00", 105.5),
    ]
