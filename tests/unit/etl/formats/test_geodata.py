from __future__ import annotations

from tests.small_lake import SmallLake

_ROWS = "SELECT meter_id, latitude, longitude, site_id, time_zone, tariff, segment FROM meters ORDER BY meter_id"


def test_meter_gets_its_place_and_an_empty_place_is_allowed(small_lake: SmallLake) -> None:
    text = "meter_id,latitude,longitude,site_id\nM1,51.5,-0.1,S1\nM2,,,S1\n"

    report = small_lake.ingest(small_lake.write("geodata.csv", text))

    assert small_lake.rows(_ROWS) == [
        ("M1", 51.5, -0.1, "S1", "UTC", None, None),
        ("M2", None, None, "S1", "UTC", None, None),
    ]
    assert report.accounts[0].rows_stored == 2


def test_impossible_places_zones_and_dates_are_set_aside(small_lake: SmallLake) -> None:
    text = (
        "meter_id,latitude,longitude,time_zone,commissioned_at\n"
        "M1,51.5,-0.1,Europe/London,2012-05-01\n"
        "M2,99,0,,\n"
        "M3,0,-180.5,,\n"
        "M4,north,0,,\n"
        "M5,0,0,Europe/Londn,\n"
        "M6,0,0,,soon\n"
        ",0,0,,\n"
    )

    small_lake.ingest(small_lake.write("geodata.csv", text))

    assert [row[0] for row in small_lake.rows(_ROWS)] == ["M1"]
    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [
        (3, "implausible"),
        (4, "implausible"),
        (5, "bad_number"),
        (6, "unknown_time_zone"),
        (7, "bad_time"),
        (8, "missing_meter"),
    ]


def test_later_file_adds_and_never_erases(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("geodata.csv", "meter_id,latitude,longitude,site_id\nM1,51.5,-0.1,S1\n"))
    small_lake.ingest(
        small_lake.write("households.csv", "LCLid,stdorToU,Acorn,Acorn_grouped\nM1,ToU,ACORN-A,Affluent\n")
    )
    small_lake.ingest(small_lake.write("moved.csv", "meter_id,latitude,longitude,site_id\nM1,52.5,,\n"))

    assert small_lake.rows(_ROWS) == [("M1", 52.5, -0.1, "S1", "UTC", "ToU", "Affluent")]


def test_files_of_one_run_add_up_too(small_lake: SmallLake) -> None:
    geodata = small_lake.write("geodata.csv", "meter_id,latitude,longitude\nM1,51.5,-0.1\n")
    households = small_lake.write("households.csv", "LCLid,stdorToU,Acorn,Acorn_grouped\nM1,Std,ACORN-A,Affluent\n")

    report = small_lake.ingest(geodata, households)

    assert small_lake.rows(_ROWS) == [("M1", 51.5, -0.1, None, "UTC", "Std", "Affluent")]
    assert [account.rows_stored for account in report.accounts] == [1, 1]


def test_meter_named_twice_in_a_file_keeps_its_last_row(small_lake: SmallLake) -> None:
    text = "meter_id,latitude,longitude\nM1,51.5,-0.1\nM1,51.5,-0.2\nM1,51.5,-0.2\n"

    report = small_lake.ingest(small_lake.write("geodata.csv", text))

    account = report.accounts[0]
    assert (account.rows_stored, account.superseded, account.duplicates) == (1, 1, 1)
    assert small_lake.rows(_ROWS)[0][2] == -0.2


def test_days_are_counted_anew_when_a_meter_gets_its_zone(small_lake: SmallLake) -> None:
    # 23:00 UTC on 30 June is midnight on 1 July in London.
    small_lake.ingest(small_lake.write("r.csv", "LCLid,tstp,energy(kWh/hh)\nM1,2013-06-30 23:00:00,1\n"))
    days = "SELECT meter_id, CAST(local_date AS VARCHAR) AS day, energy_kwh FROM consumption_daily"
    assert small_lake.rows(days) == [("M1", "2013-06-30", 1.0)]

    small_lake.ingest(small_lake.write("g.csv", "meter_id,latitude,longitude,time_zone\nM1,,,Europe/London\n"))

    assert small_lake.rows(days) == [("M1", "2013-07-01", 1.0)]
