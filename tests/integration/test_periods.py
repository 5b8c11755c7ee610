"""Any quantity over any period, asked in three ways; each value is worked out by hand from the rows below."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import meterlake
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS, READINGS
from tests.asgi_client import ask
from tests.lake_fixture import publish

YEAR = "start=2013-01-01T00:00:00Z&end=2014-01-01T00:00:00Z"
SHARES = ("estimated_share", "edited_share", "suspect_share", "missing_share")


def reading(quantity: str, start: str, minutes: float, value: float, quality: str = "actual", meter: str = "L1") -> Any:
    begin = dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    return (meter, quantity, begin, begin + dt.timedelta(minutes=minutes), value, quality, "interval", "in1")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A meter of London and one of New York.

    On 1 January room temperature is 20 for 60 minutes and 26 for 30: 22 by minutes. Energy is 1 and 2 kWh in two hours, the
    second estimated, 3 kWh on 1 July and 5 kWh on 5 April; a stand of 31 January to 1 March gives 60 kWh over 29 days.
    """
    folder = tmp_path_factory.mktemp("periods")
    rows = [
        reading("room_temperature", "2013-01-01T00:00", 60, 20.0),
        reading("room_temperature", "2013-01-01T01:00", 30, 26.0),
        reading("energy_register", "2013-01-01T00:00", 60, 100.0),
        reading("energy_register", "2013-01-01T05:00", 60, 103.0),
        reading("energy", "2013-01-01T00:00", 60, 1.0),
        reading("energy", "2013-01-01T06:00", 60, 2.0, "estimated"),
        reading("energy", "2013-01-31T00:00", 29 * 1440, 60.0),
        reading("energy", "2013-04-05T10:00", 60, 5.0),
        reading("energy", "2013-07-01T10:00", 60, 3.0),
        reading("energy_export", "2013-07-01T10:00", 60, 4.0),
        reading("energy_reactive", "2013-07-01T10:00", 60, 4.0),
        reading("energy_rate_1", "2013-07-01T10:00", 60, 3.0),
        reading("energy_rate_2", "2013-07-01T22:00", 60, 2.0),
        reading("gas", "2013-06-30T10:00", 60, 10.0),
        reading("gas", "2013-07-01T10:00", 60, 10.0),
        reading("energy", "2013-01-01T03:00", 60, 7.0, meter="N1"),
    ]
    nothing = (None,) * 5
    publish(
        folder,
        {
            READINGS: rows,
            METERS: [
                ("L1", None, None, None, "Europe/London", *nothing),
                ("N1", None, None, None, "America/New_York", *nothing),
            ],
        },
    )
    return folder


@pytest.fixture(scope="module")
def api(root: Path) -> Any:
    return create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))


def by_api(api: Any, query: str, meter: str = "L1", years: str = YEAR) -> list[dict[str, Any]]:
    answer = ask(api, f"/v1/meters/{meter}/consumption?{years}&{query}")
    assert answer.status == 200, answer.json()
    rows: list[dict[str, Any]] = answer.json()["consumption"]
    return rows


def by_command(root: Path, *words: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(command, ["--lake", str(root), "consumption", *words, "--json"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    rows: list[dict[str, Any]] = json.loads(ran.stdout)
    return rows


def by_python(root: Path, meter: str = "L1", **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = meterlake.open(root).consumption(meter, "2013", "2014", **asked).arrow().to_pylist()
    return rows


def values(rows: list[dict[str, Any]]) -> list[float]:
    return [row["value"] for row in rows if row["kind"] == "period"]


def test_a_temperature_is_a_mean_by_minutes_with_lowest_and_highest_in_all_ways(root: Path, api: Any) -> None:
    for rows in (
        by_api(api, "quantity=room_temperature"),
        by_api(api, "quantity=room_temperature&interval=P1M"),
        by_command(root, "L1", "--quantity", "room_temperature", "--period", "day"),
        by_python(root, quantity="room_temperature", by="month"),
    ):
        assert [(row["value"], row["minimum"], row["maximum"], row["minutes_present"]) for row in rows] == [
            (22.0, 20.0, 26.0, 90)
        ]


def test_of_a_register_the_last_stand_counts(root: Path, api: Any) -> None:
    assert values(by_api(api, "quantity=energy_register&period=month")) == [103.0]
    assert values(by_command(root, "L1", "--quantity", "energy_register")) == [103.0]


def test_hours_of_utc_follow_the_same_rule(api: Any) -> None:
    hours = ask(api, f"/v1/meters/L1/readings?{YEAR}&quantity=energy_register&interval=PT1H").json()["readings"]

    assert [row["value"] for row in hours] == [100.0, 103.0]


def test_a_meter_of_temperatures_says_that_it_gives_them(api: Any) -> None:
    given = ask(api, "/v1/meters/L1").json()["quantities"]

    assert {row["quantity"]: (row["first_date"], row["days_with_readings"]) for row in given}["room_temperature"] == (
        "2013-01-01",
        1,
    )


def test_a_quarter_counts_what_it_holds_whole_with_its_shares(root: Path, api: Any) -> None:
    """The first has 1 + 2 + 60 kWh: the 29 days of the stand lie in it. It is an hour short of 90 days: 129,540 minutes."""
    for rows in (
        by_api(api, "period=quarter"),
        by_command(root, "L1", "--by", "quarter"),
        by_python(root, by="quarter"),
    ):
        assert values(rows) == [63.0, 5.0, 3.0]
        present = 29 * 1440 + 120
        assert (rows[0]["minutes_present"], rows[0]["minutes_expected"]) == (present, 129_540)
        assert [rows[0][name] for name in SHARES] == pytest.approx(
            [60 / 129_540, 0.0, 0.0, (129_540 - present) / 129_540], abs=1e-9
        )


def test_a_stand_over_the_end_of_a_month_is_a_span_and_counted_in_none(root: Path, api: Any) -> None:
    for rows in (
        by_api(api, "period=month"),
        by_command(root, "L1", "--by", "fiscal_month", "--fiscal-start", "01-01"),
    ):
        assert values(rows) == [3.0, 5.0, 3.0]
        assert [(row["value"], row["minutes_present"]) for row in rows if row["kind"] == "span"] == [(60.0, 29 * 1440)]


def test_fiscal_years_and_cycles_part_at_their_day(root: Path, api: Any) -> None:
    """The tax year begins on 6 April, a day behind the 5 kWh; the cycle of the 2nd of a month, behind 1 January."""
    assert values(by_api(api, "period=fiscal_year&fiscal_start=04-06")) == [3.0]
    assert values(by_command(root, "L1", "--by", "fiscal_year", "--fiscal-start", "04-06")) == [68.0, 3.0]
    assert values(by_command(root, "L1", "--by", "cycle", "--cycle-day", "2")) == [3.0, 5.0, 3.0]


def test_a_gas_day_parts_at_six_and_any_hour_may_be_set(root: Path) -> None:
    assert values(by_python(root, by="gas_day"))[:2] == [2.0, 5.0]
    assert values(by_command(root, "L1", "--by", "gas_day", "--end", "2013-01-02")) == [1.0, 2.0]
    assert values(by_command(root, "L1", "--by", "gas_day", "--day-start", "07:00", "--end", "2013-01-02")) == [3.0]


def test_hours_are_those_of_the_meter_s_clock(api: Any) -> None:
    hours = by_api(api, "period=hour", "N1")

    assert [(hour["interval_start"], hour["value"]) for hour in hours] == [("2012-12-31T22:00:00-05:00", 7.0)]


def test_any_start_and_end_is_one_period(api: Any) -> None:
    rows = by_api(api, "period=range", years="start=2013-01-01T06:00:00Z&end=2013-01-02T00:00:00Z")

    assert [(row["value"], row["minutes_expected"], row["estimated_share"]) for row in rows] == [
        (2.0, 1080, pytest.approx(60 / 1080, abs=1e-9))
    ]


def test_dates_come_as_a_list_or_as_a_file(root: Path, api: Any, tmp_path: Path) -> None:
    table = tmp_path / "cycles.csv"
    table.write_text("from,to\n2013-01-01,2013-04-01\n2013-04-01,2013-07-05\n")

    assert values(by_api(api, "period=dates&boundaries=2013-01-01,2013-04-01,2013-07-05")) == [63.0, 8.0]
    assert values(by_command(root, "L1", "--by", "dates", "--boundaries", str(table))) == [63.0, 8.0]
    assert values(by_python(root, by="dates", boundaries=["2013-01-01", "2013-04-01", "2013-07-05"])) == [63.0, 8.0]


def test_net_energy_and_power_factor_follow_from_what_is_measured(root: Path, api: Any) -> None:
    """On 1 July 3 kWh came in and 4 went out; with 4 kvarh beside 3 kWh the power factor is 3 / 5."""
    july = "start=2013-06-30T23:00:00Z&end=2013-07-03T00:00:00Z"
    assert values(by_api(api, "quantity=net_energy&period=day", years=july)) == [-1.0]
    assert values(by_api(api, "quantity=power_factor&period=day", years=july)) == [0.6]
    assert values(by_command(root, "L1", "--quantity", "net_energy", "--by", "year")) == [67.0]


def test_tariffs_add_up_to_what_was_drawn_in_their_hours(root: Path, api: Any) -> None:
    july = "start=2013-06-30T23:00:00Z&end=2013-07-31T23:00:00Z"
    assert values(by_api(api, "quantity=energy_rates&period=month", years=july)) == [5.0]
    assert values(by_command(root, "L1", "--quantity", "energy_rate_2", "--by", "year")) == [2.0]


def test_a_month_in_which_the_energy_in_gas_changes_has_each_day_by_its_own(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10 m³ on 30 June with 36 MJ are 100 kWh, 10 on 1 July with 39.6 are 110: the year 210, three ways, and in groups."""
    monkeypatch.setenv("METERLAKE_GAS_CALORIFIC_MJ_M3", '{"2013-01-01": 36, "2013-07-01": 39.6}')

    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    assert values(by_api(api, "quantity=gas_energy_of_volume&period=year")) == [210.0]
    assert values(by_command(root, "L1", "--quantity", "gas_energy_of_volume", "--by", "year")) == [210.0]
    assert values(
        by_command(root, "L1", "--quantity", "gas_energy_of_volume", "--by", "fiscal_year", "--fiscal-start", "06-30")
    ) == [210.0]


def test_gas_becomes_energy_by_what_holds_on_the_day(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """10 m³ * 1.02264 * 39.6 MJ ÷ 3.6 are 112.4904 kWh; from July on, with 36 MJ, 102.264."""
    monkeypatch.setenv("METERLAKE_GAS_CALORIFIC_MJ_M3", '{"2013-01-01": 39.6, "2013-07-01": 36}')
    monkeypatch.setenv("METERLAKE_GAS_CORRECTION", "1.02264")

    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    assert values(by_api(api, "quantity=gas_energy_of_volume&period=day")) == [112.4904, 102.264]
    assert values(by_command(root, "L1", "--quantity", "gas_energy_of_volume", "--by", "month")) == [112.4904, 102.264]


def test_gas_of_which_nobody_says_what_it_holds_has_no_energy(root: Path, api: Any) -> None:
    refused = ask(api, f"/v1/meters/L1/consumption?{YEAR}&quantity=gas_energy_of_volume&period=day")

    assert refused.status == 422
    assert "METERLAKE_GAS_CALORIFIC_MJ_M3" in refused.json()["detail"]


def test_pages_hold_what_the_whole_answer_holds(api: Any) -> None:
    whole = by_api(api, "period=month")
    first = ask(api, f"/v1/meters/L1/consumption?{YEAR}&period=month&limit=2")
    second = ask(api, f"/v1/meters/L1/consumption{first.json()['next_url']}")

    assert first.json()["consumption"] + second.json()["consumption"] == whole
    assert len(whole) == 4


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("period=cycle", "cycle_day"),
        ("period=month&cycle_day=3", "cycle_day"),
        ("period=month&interval=P1D", "interval"),
        ("period=dates&boundaries=soon,later", "boundaries"),
        ("period=fortnight", "period"),
    ],
)
def test_what_cannot_be_a_period_is_refused_by_name(api: Any, query: str, parameter: str) -> None:
    answer = ask(api, f"/v1/meters/L1/consumption?{YEAR}&{query}")

    assert (answer.status, answer.json()["parameter"]) == (422, parameter)


def test_all_meters_are_counted_each_on_its_own_clock(root: Path) -> None:
    rows = meterlake.open(root).consumption(start="2012-12-31", end="2013-01-02", by="hour").arrow().to_pylist()

    assert [
        (row["meter_id"], f"{row['interval_start'].astimezone(dt.UTC):%d %H:%M}", row["value"]) for row in rows
    ] == [
        ("L1", "01 00:00", 1.0),
        ("L1", "01 06:00", 2.0),
        ("N1", "01 03:00", 7.0),
    ]
