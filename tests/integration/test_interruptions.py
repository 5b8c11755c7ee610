"""Interruptions of a real lake, from raw files to the indices: what meters say and send of one outage, in all its ways.

Three transformers A, B and C feed five meters each; every half-hour of 4 and 5 March 2024 comes, but those that began in the dark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.outage.outage_run import OutageRun
from meterlake.outage.reliability.periods import Level
from meterlake.outage.reliability.reliability import ReliabilityQuestion, reliability_in_lake
from tests.landing import lake_settings, select, take_in

DAYS = (dt.date(2024, 3, 4), dt.date(2024, 3, 5))
B_METERS = [f"B{number}" for number in range(5)]
Times = tuple[str, str]


def moment(text: str, day: dt.date = DAYS[1]) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(text))


def reading_rows(
    meters: Iterable[str],
    minutes: int = 30,
    days: Iterable[dt.date] = DAYS,
    dark: Times | None = None,
    fill: str | None = None,
) -> list[str]:
    """Return rows of 0.25 kWh; those that begin within dark are not there, or hold what is filled in."""
    rows = []
    for meter in meters:
        for day in days:
            for number in range(1440 // minutes):
                at = moment("00:00", day) + number * dt.timedelta(minutes=minutes)
                is_dark = dark is not None and moment(dark[0]) <= at < moment(dark[1])
                if not is_dark or fill is not None:
                    rows.append(f"{meter},1-0:1.8.0,{at:%Y%m%d%H%M%S},{fill if is_dark else '0.25'},,INT")
    return rows


def event_rows(meters: Iterable[str], *said: str) -> list[str]:
    """Return events; `-10:05` is a last gasp, `+12:50` a restoration."""
    codes = {"-": "LAST_GASP", "+": "POWER_RESTORED"}
    return [
        f"{meter},1-0:1.8.0,{moment(one[1:]):%Y%m%d%H%M%S},,{codes[one[0]]},ERR" for meter in meters for one in said
    ]


def write(path: Path, rows: Iterable[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n")
    return path


def town(folder: Path, names: str = "ABC") -> list[str]:
    """Write where five meters of each transformer stand, and return the meters."""
    meters = [f"{name}{number}" for name in names for number in range(5)]
    lines = ["meter_id,latitude,longitude,transformer_id,site_id,time_zone"]
    lines += [f"{meter},{51.5 + 0.003 * names.index(meter[0])},-0.1,{meter[0]},S1,UTC" for meter in meters]
    take_in(folder / "lake", write(folder / "geodata.csv", lines))
    return meters


def found(folder: Path, planned: Path | None = None, **question: object) -> dict[str, float]:
    """Judge the lake and return the indices of all together."""
    root = folder / "lake"
    OutageRun(lake_settings(root)).find(planned)
    asked = ReliabilityQuestion(**question)  # type: ignore[arg-type]
    (row,) = [one for one in reliability_in_lake(DuckDBLake(lake_settings(root)), asked) if one.place == "*"]
    return row.as_json()


def read(folder: Path, name: str, rows: list[str], minutes: int = 30) -> None:
    take_in(folder / "lake", write(folder / name, rows), interval_minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "dark", "fill", "said", "interrupted", "customer_minutes"),
    [
        # twelve minutes and three hours of five-minute meters that fill in zeros
        (5, ("10:05", "10:15"), "0", ("-10:03", "+10:15"), 5, 5 * 12),
        (5, ("10:05", "13:00"), "0", ("-10:03", "+13:03"), 5, 5 * 180),
        # meters that are alive at the end of what they send: the half-hour of the loss is missing, that of the return is not
        (30, ("10:00", "12:30"), None, ("-10:05", "+12:50"), 5, 5 * 165),
        # a return that is stamped 45 minutes late: it came in the half-hour of 12:30, of which the middle is taken
        (30, ("10:30", "13:00"), None, ("-10:05", "+13:35"), 5, 5 * 160),
        # one loss said six times in twenty minutes, and no return
        (30, ("10:30", "13:00"), None, ("-10:05", "-10:09", "-10:13", "-10:17", "-10:21", "-10:25"), 5, 5 * 160),
        # the half-hours in which power failed and came back are zeros, too
        (30, ("10:00", "13:00"), "0", ("-10:05", "+12:50"), 5, 5 * 165),
        # momentary ones before and after a sustained one stretch it by nothing
        (30, ("10:30", "13:00"), None, ("-10:02", "+10:03", "-10:05", "+12:50", "-12:55", "+12:56"), 5, 5 * 165),
        # two in one hour of hourly meters
        (60, ("00:00", "00:00"), None, ("-10:05", "+10:15", "-10:30", "+10:45"), 10, 5 * 25),
        # a return said twice
        (30, ("10:30", "13:00"), None, ("-10:05", "+12:50", "+12:51"), 5, 5 * 165),
    ],
)
def test_what_meters_say_is_believed_however_they_send(
    tmp_path: Path,
    minutes: int,
    dark: Times,
    fill: str | None,
    said: tuple[str, ...],
    interrupted: int,
    customer_minutes: int,
) -> None:
    others = [one for one in town(tmp_path) if one[0] != "B"]
    read(
        tmp_path,
        "sent.csv",
        reading_rows(others, minutes) + reading_rows(B_METERS, minutes, dark=dark, fill=fill),
        minutes,
    )
    read(tmp_path, "events.csv", event_rows(B_METERS, *said))

    row = found(tmp_path)

    assert (row["customers_interrupted"], row["customer_minutes"]) == (interrupted, customer_minutes)
    (total,) = select(tmp_path / "lake", "SELECT sum(customer_minutes) FROM outages")
    assert total == select(tmp_path / "lake", "SELECT sum(minutes) FROM interruptions")[0]


def test_who_sends_messages_alone_is_a_customer_from_the_first_day(tmp_path: Path) -> None:
    read(tmp_path, "lit.csv", reading_rows(town(tmp_path)))
    read(tmp_path, "events.csv", event_rows(["X1", "X2"], "-10:05", "+12:50"))

    row = found(tmp_path)

    assert (row["customers_served"], row["customers_interrupted"], row["customer_minutes"]) == (17, 2, 330.0)


def test_a_fault_far_from_announced_work_in_the_same_city_is_not_announced(tmp_path: Path) -> None:
    meters = town(tmp_path, "ABCDEFGH")  # B and H stand two kilometres apart
    struck = [one for one in meters if one[0] in "BH"]
    lit = [one for one in meters if one not in struck]
    read(tmp_path, "sent.csv", reading_rows(lit) + reading_rows(struck, dark=("10:30", "13:00")))
    read(tmp_path, "events.csv", event_rows(struck, "-10:05", "+12:50"))
    times = "2024-03-05T10:00:00Z,2024-03-05T13:00:00Z"

    row = found(tmp_path, write(tmp_path / "planned.csv", ["start,end,transformer_id", f"{times},B"]))

    assert (row["customer_minutes"], row["planned_customer_minutes"]) == (1650.0, 825.0)
    causes = select(tmp_path / "lake", "SELECT cause, transformer_id FROM outages ORDER BY cause")
    assert causes == [("planned", "B"), ("power_cut", "H")]


def test_a_meter_that_is_read_once_a_day_joins_no_two_cuts_of_the_others(tmp_path: Path) -> None:
    meters = town(tmp_path)
    read(tmp_path, "day.csv", reading_rows(["D"], 1440), 1440)
    lit = [
        row
        for row in reading_rows(meters)
        if not (row[0] == "B" and row.split(",")[2][8:12] in ("0230", "0300", "1830", "1900") and "20240305" in row)
    ]
    read(tmp_path, "half_hours.csv", lit)
    read(tmp_path, "events.csv", event_rows(B_METERS, "-02:05", "+03:05", "-18:05", "+19:05"))

    row = found(tmp_path)

    assert (row["customers_served"], row["customers_interrupted"], row["customer_minutes"]) == (16, 10, 600.0)
    assert select(tmp_path / "lake", "SELECT count(*) FROM interruptions") == [(10,)]


def test_a_cut_stays_when_its_dark_half_hours_are_filled_with_zeros(tmp_path: Path) -> None:
    meters, dark = town(tmp_path), ("10:30", "13:00")
    read(
        tmp_path, "lit.csv", reading_rows([one for one in meters if one[0] != "B"]) + reading_rows(B_METERS, dark=dark)
    )
    read(tmp_path, "events.csv", event_rows(B_METERS, "-10:05", "+12:50"))
    before = found(tmp_path)
    ids = select(tmp_path / "lake", "SELECT outage_id, customer_minutes FROM outages")

    late = set(reading_rows(B_METERS, dark=dark, fill="0")) - set(reading_rows(B_METERS))
    read(tmp_path, "late.csv", sorted(late))

    assert len(late) == 25
    assert found(tmp_path) == before
    assert select(tmp_path / "lake", "SELECT outage_id, customer_minutes FROM outages") == ids == [(ids[0][0], 825.0)]


def test_zeros_that_nobody_reported_are_a_cut_where_a_whole_place_has_them(tmp_path: Path) -> None:
    meters = town(tmp_path, "ABCDEFGH")
    read(tmp_path, "all.csv", reading_rows([one for one in meters if one[0] != "B"])
         + reading_rows(B_METERS, dark=("10:30", "13:00"), fill="0"))  # fmt: skip

    row = found(tmp_path)

    # dark for five whole half-hours, and for a part of those before and after that their energy says: none
    assert (row["customers_interrupted"], select(tmp_path / "lake", "SELECT DISTINCT cause FROM outages")) == (
        5,
        [("power_cut",)],
    )
    assert select(tmp_path / "lake", "SELECT DISTINCT minutes_low, minutes_high FROM interruptions") == [(150.0, 210.0)]


def test_an_hourly_file_that_was_taken_in_as_half_hourly_is_noticed_and_is_no_thousand_outages(tmp_path: Path) -> None:
    meters = town(tmp_path)
    hours = reading_rows([one for one in meters if one[0] != "B"], 60) + reading_rows(
        B_METERS, 60, dark=("10:30", "13:00")
    )
    read(tmp_path, "hours.csv", hours, 30)
    read(tmp_path, "events.csv", event_rows(B_METERS, "-10:05", "+12:50"))
    said: list[str] = []

    OutageRun(lake_settings(tmp_path / "lake"), progress=said.append).find()

    assert select(tmp_path / "lake", "SELECT cause, meters, customer_minutes FROM outages") == [("power_cut", 5, 825.0)]
    assert any(one.startswith("15 meters send intervals farther apart") for one in said)


def test_customers_whose_meters_send_stands_and_messages_alone_are_there(tmp_path: Path) -> None:
    meters = town(tmp_path)
    read(tmp_path, "half_hours.csv", reading_rows(meters))
    stands = [
        f"R{one},1-0:1.8.0,{day:%Y%m%d}000000,{120 + 6 * number},,AGG"
        for one in range(5)
        for number, day in enumerate(DAYS)
    ]
    read(tmp_path, "registers.csv", event_rows([f"R{one}" for one in range(5)], "-10:05", "+12:50") + stands)

    row = found(tmp_path)

    assert (row["customers_served"], row["customers_interrupted"], row["saidi_minutes"]) == (20, 5, 41.25)


@pytest.mark.parametrize("ran_on", [True, False])
def test_a_place_whose_stands_ran_on_lost_its_readings_and_not_its_power(tmp_path: Path, ran_on: bool) -> None:
    meters = town(tmp_path, "ABCDEFGH")
    dark = ("10:30", "13:00")
    lit = [one for one in meters if one[0] != "B"]
    read(tmp_path, "half_hours.csv", reading_rows(lit) + reading_rows(B_METERS, dark=dark))
    # 12 kWh a day; the five half-hours of 0.25 kWh are in the second stand or not
    second = 124 if ran_on else 122.75
    read(
        tmp_path,
        "stands.csv",
        [
            f"{one},1-0:1.8.0,{day}000000,{stand},,AGG"
            for one in B_METERS
            for day, stand in (("20240305", 112), ("20240306", second))
        ],
    )

    row = found(tmp_path)

    assert row["customers_interrupted"] == (0 if ran_on else 5)
    causes = {cause for (cause,) in select(tmp_path / "lake", "SELECT DISTINCT cause FROM outages")}
    assert causes == ({"meter_gap"} if ran_on else {"power_cut"})


@pytest.mark.parametrize("ran_on", [True, False])
def test_a_place_whose_days_total_is_whole_lost_its_readings_and_not_its_power(tmp_path: Path, ran_on: bool) -> None:
    meters = town(tmp_path, "ABCDEFGH")
    lit = [one for one in meters if one[0] != "B"]
    read(tmp_path, "half_hours.csv", reading_rows(lit) + reading_rows(B_METERS, dark=("10:30", "13:00")))
    total = 12.0 if ran_on else 10.75
    read(tmp_path, "days.csv", [f"{one},1-0:1.8.0,20240305000000,{total},,INT" for one in B_METERS], 1440)

    assert found(tmp_path)["customers_interrupted"] == (0 if ran_on else 5)


def test_an_exchanged_meter_is_one_customer_and_neither_stopped_nor_dark(tmp_path: Path) -> None:
    meters = town(tmp_path)
    places = ["meter_id,latitude,longitude,transformer_id,site_id,time_zone"]
    places += [f"N{number},51.503,-0.1,B,S1,UTC" for number in range(5)]
    take_in(tmp_path / "lake", write(tmp_path / "new.csv", places))
    kept = [one for one in meters if one[0] != "B"]
    read(tmp_path, "lit.csv", reading_rows(kept) + reading_rows(B_METERS, days=DAYS[:1])
         + reading_rows([f"N{number}" for number in range(5)], days=DAYS[1:]))  # fmt: skip

    row = found(tmp_path)

    assert (row["customers_served"], row["customers_interrupted"]) == (15, 0)
    assert select(tmp_path / "lake", "SELECT count(*) FROM outages") == [(0,)]
    assert select(tmp_path / "lake", "SELECT count(DISTINCT customer_id) FROM services") == [(15,)]


@pytest.mark.parametrize("valid_from", ["", "2024-03-06"])
def test_a_meter_that_is_handed_on_leaves_its_past_where_it_was(tmp_path: Path, valid_from: str) -> None:
    meters = town(tmp_path)
    read(
        tmp_path,
        "lit.csv",
        reading_rows([one for one in meters if one[0] != "B"]) + reading_rows(B_METERS, dark=("10:30", "13:00")),
    )
    read(tmp_path, "events.csv", event_rows(B_METERS, "-10:05", "+12:50"))
    moved = [f"B{number},51.503,-0.1,B,S2,{valid_from}" for number in range(5)]
    take_in(
        tmp_path / "lake",
        write(tmp_path / "later.csv", ["meter_id,latitude,longitude,transformer_id,site_id,valid_from", *moved]),
    )

    found(tmp_path)
    rows = reliability_in_lake(DuckDBLake(lake_settings(tmp_path / "lake")))

    assert [(row.place, row.indices.customers_served, row.indices.saifi) for row in rows] == [
        ("*", 15, 0.333333),
        ("S1", 15, 0.333333),
    ]


def test_a_meter_whose_service_point_ended_was_taken_away_and_is_no_outage(tmp_path: Path) -> None:
    meters = town(tmp_path)
    points = [f"{one},P-{one},{'2024-03-05' if one[0] == 'B' else ''}" for one in meters]
    take_in(tmp_path / "lake", write(tmp_path / "points.csv", ["meter_id,service_point_id,valid_until", *points]))
    read(
        tmp_path,
        "lit.csv",
        reading_rows([one for one in meters if one[0] != "B"]) + reading_rows(B_METERS, days=DAYS[:1]),
    )

    row = found(tmp_path)

    assert select(tmp_path / "lake", "SELECT count(*) FROM outages") == [(0,)]
    assert row["customers_served"] == 12.5  # 15 on the first day, 10 on the second


def test_indices_by_feeder_and_a_feeder_of_small_transformers_that_is_one_outage(tmp_path: Path) -> None:
    # sixty transformers of two meters without coordinates; the first twenty hang on one feeder
    meters = [f"T{transformer:02d}-{number}" for transformer in range(60) for number in range(2)]
    lines = ["meter_id,transformer_id,feeder_id,substation_id,time_zone"]
    lines += [f"{one},{one[:3]},F{int(one[1:3]) // 20},U1,UTC" for one in meters]
    take_in(tmp_path / "lake", write(tmp_path / "network.csv", lines))
    struck = [one for one in meters if int(one[1:3]) < 20]
    read(tmp_path, "lit.csv", reading_rows(meters[len(struck) :]) + reading_rows(struck, dark=("10:30", "13:00")))

    found(tmp_path)
    rows = reliability_in_lake(DuckDBLake(lake_settings(tmp_path / "lake")), ReliabilityQuestion(by=Level.FEEDER))

    assert select(tmp_path / "lake", "SELECT cause, meters FROM outages") == [("power_cut", 40)]
    assert {row.place: (row.indices.customers_served, row.indices.saifi) for row in rows} == {
        "*": (120, 0.333333), "F0": (40, 1.0), "F1": (40, 0.0), "F2": (40, 0.0)
    }  # fmt: skip
