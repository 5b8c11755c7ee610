"""Values behind transformers, times their ratios on each day, asked in three ways; each value is worked out by hand."""

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
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.metering.dated_factors import DatedFactors
from tests.asgi_client import ask
from tests.landing import lake_settings, take_in

JUNE = "start=2024-05-31T22:00:00Z&end=2024-06-30T22:00:00Z"
DAILY = MappingDeclaration.model_validate(
    {
        "meter_id": "id",
        "time": {"column": "t", "zone": "Europe/Berlin"},
        "values": [{"column": "v", "register": True}],
    }
)
GAS = MappingDeclaration.model_validate(
    {
        "meter_id": "id",
        "time": {"column": "t", "format": "%Y-%m-%d", "zone": "Europe/Berlin"},
        "interval_minutes": 1440,
        "values": [{"column": "v", "quantity": "gas"}],
    }
)
# Of W1 the current transformers are exchanged on 11 June; W3 has a factor until 21 June and none behind it.
CUSTOMERS = """meter_id,tariff,time_zone,multiplier,ct_ratio,vt_ratio,valid_from,valid_until
W1,Works,Europe/Berlin,,40,,,
W1,,,,60,,2024-06-11,
W2,Home,Europe/Berlin,,,,,
W3,Works,Europe/Berlin,2,,100,2024-01-01,2024-06-21
W4,Mill,Europe/Berlin,,40,,,
W4,,,,60,,2024-06-11,
"""
HOURLY = MappingDeclaration.model_validate(
    {
        "meter_id": "id",
        "time": {"column": "t", "zone": "Europe/Berlin"},
        "interval_minutes": 60,
        "values": [{"column": "v"}],
    }
)


def stands(folder: Path, meter: str, days: list[int], step: float = 1.0) -> Path:
    """Write stands at midnight of some days from 1 June on, which rise by `step` a day."""
    path = folder / f"{meter}.csv"
    lines = (f"{meter},{dt.date(2024, 6, 1) + dt.timedelta(days=day)} 00:00,{1000 + step * day}\n" for day in days)
    path.write_text("id,t,v\n" + "".join(lines))
    return path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three meters that show 1 kWh a day in June, of which W3 sends stands five days apart; W4 shows 1 kWh an hour, and 2 once."""
    folder = tmp_path_factory.mktemp("multiplied")
    customers = folder / "customers.csv"
    customers.write_text(CUSTOMERS)
    take_in(folder / "lake", customers)
    files = [stands(folder, meter, [*range(31)]) for meter in ("W1", "W2")]
    report = take_in(folder / "lake", *files, stands(folder, "W3", [0, 5, 10, 15, 25, 30]), mapping=DAILY)
    assert not report.refused and report.as_json()["quarantined"] == 0
    gas = folder / "gas.csv"
    gas.write_text("id,t,v\nW2,2024-06-10,10\nW2,2024-06-11,10\n")
    take_in(folder / "lake", gas, mapping=GAS)
    hours = folder / "hours.csv"
    lines = (f"W4,2024-06-{10 + hour // 24} {hour % 24:02d}:00,{2 if hour == 18 else 1}\n" for hour in range(48))
    hours.write_text("id,t,v\n" + "".join(lines))
    take_in(folder / "lake", hours, mapping=HOURLY)
    return folder / "lake"


def by_command(root: Path, *arguments: str) -> list[dict[str, Any]]:
    said = CliRunner().invoke(command, [*arguments, "--format", "json"], env={"METERLAKE_LAKE": str(root)})
    assert said.exit_code == 0, said.output
    return list(json.loads(said.stdout))


def three_ways(root: Path, meter: str, by: str) -> list[list[float]]:
    """Return what a meter's periods are for a person, a program and a notebook."""
    api = create_application(DuckDBLake(lake_settings(root)), ApiSettings(request_log=False))
    asked = f"/v1/meters/{meter}/consumption?{JUNE}&period={by}&quantity=energy_multiplied"
    frame = meterlake.open(str(root)).consumption(
        meter, "2024-06-01", "2024-07-01", by=by, quantity="energy_multiplied"
    )
    rows = by_command(root, "consumption", meter, "--by", by, "--quantity", "energy_multiplied")
    return [
        [row["value"] for row in rows],
        [row["value"] for row in ask(api, asked).json()["consumption"]],
        frame.arrow()["value"].to_pylist(),
    ]


def test_a_month_is_multiplied_by_what_held_on_each_of_its_days(root: Path) -> None:
    """10 days of 40 kWh and 20 of 60 are 1,600."""
    assert three_ways(root, "W1", "month") == [[1600.0]] * 3
    assert three_ways(root, "W1", "day") == [[40.0] * 10 + [60.0] * 20] * 3


def test_a_meter_without_transformers_shows_what_flows(root: Path) -> None:
    assert three_ways(root, "W2", "month") == [[30.0]] * 3


def test_a_stand_over_a_change_is_told_by_the_mean_of_its_days_and_suspect(root: Path) -> None:
    """Until the 21st 200 times: 15 days of 200; of the ten days from the 16th on five have 200 and five 1: 10 * 100.5; then 5."""
    assert three_ways(root, "W3", "month") == [[3000.0 + 1005.0 + 5.0]] * 3
    [row] = by_command(root, "consumption", "W3", "--by", "month", "--quantity", "energy_multiplied")
    assert (row["suspect_share"], row["missing_share"]) == (pytest.approx(10 / 30), 0.0)


def test_groups_add_up_what_their_meters_show_times_their_ratios(root: Path) -> None:
    rows = by_command(root, "groups", "tariff", "--by", "day", "--quantity", "energy_multiplied")
    of_works = {
        row["period_start"]: row["value"] for row in rows if row["group"] == "Works" and row["kind"] == "period"
    }
    assert (of_works["2024-06-10"], of_works["2024-06-11"]) == (40.0, 60.0)
    [home] = by_command(root, "groups", "tariff", "--by", "month", "--group", "Home", "--quantity", "energy_multiplied")
    assert home["value"] == 30.0


def test_a_group_has_each_day_of_gas_by_what_it_holds_then(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """10 m³ with 36 MJ and 10 with 39.6 are 100 and 110 kWh."""
    monkeypatch.setenv("METERLAKE_GAS_CALORIFIC_MJ_M3", '{"2024-06-01": 36, "2024-06-11": 39.6}')

    rows = by_command(
        root, "groups", "tariff", "--by", "month", "--group", "Home", "--quantity", "gas_energy_of_volume"
    )
    assert [row["value"] for row in rows] == [210.0]


def multiplied(root: Path, what: str, *options: str, asked: str = "") -> list[dict[str, Any]]:
    """Return what W4's answer is for a person, having seen that a program's says the same."""
    rows = by_command(root, what, "W4", *options, "--quantity", "energy_multiplied")
    api = create_application(DuckDBLake(lake_settings(root)), ApiSettings(request_log=False))
    answer = ask(api, f"/v1/meters/W4/{what}?{JUNE}&quantity=energy_multiplied&{asked}").json()[what]
    names = ("maximum", "minimum", "mean", "load_factor", "time_of_use", "value", "suspect_share")
    assert [[row.get(name) for name in names] for row in answer] == [[row.get(name) for name in names] for row in rows]
    return rows


def test_the_highest_load_is_that_behind_the_transformers(root: Path) -> None:
    """2 kWh at six in the evening of the 10th are 80 kW, more than the 60 of each hour of the 11th."""
    [row] = multiplied(root, "demand", "--by", "month", asked="period=month")
    assert (row["maximum"], row["maximum_at"]) == (80.0, "2024-06-10T18:00:00+02:00")
    assert (row["minimum"], row["mean"]) == (40.0, round((23 * 40 + 80 + 24 * 60) / 48, 9))
    of_days = multiplied(root, "demand", "--by", "day", asked="period=day")
    assert [(row["maximum"], row["load_factor"]) for row in of_days] == [(80.0, round(1000 / 24 / 80, 9)), (60.0, 1.0)]


def test_a_window_over_a_change_is_made_of_what_held_in_each_of_its_parts(root: Path) -> None:
    """From noon on the 10th 11 hours of 40 and one of 80, and 12 hours of 60."""
    rows = meterlake.open(str(root)).demand(
        "W4", "2024-06-10T12:00+02:00", "2024-06-11T12:00+02:00", by="range", window=1440, quantity="energy_multiplied"
    )
    assert rows.arrow()["maximum"].to_pylist() == [round((11 * 40 + 80 + 12 * 60) / 24, 9)]


def test_a_tariffs_times_are_of_what_flows_behind_the_transformers(root: Path) -> None:
    """Each day has eight hours of night, and the 10th one of 2 kWh in its day."""
    times = "night,,,22:00-06:00;day"
    rows = multiplied(root, "consumption", "--by", "month", "--times", times, asked=f"period=month&times={times}")
    assert {row["time_of_use"]: row["value"] for row in rows} == {"night": 8 * 100.0, "day": 16 * 100.0 + 40}
    [minutes] = {row["minutes_present"] for row in rows if row["time_of_use"] == "night"}
    assert minutes == 2 * 8 * 60


def test_a_mapping_that_calls_a_stand_an_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="say `quantity: energy` with `register: true`"):
        MappingDeclaration.model_validate(
            {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v", "quantity": "energy_register"}]}
        )


def test_a_ratio_is_taken_back_as_any_ingest_and_impossible_ones_are_set_aside(root: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.csv"
    later.write_text("meter_id,ct_ratio,valid_from\nW2,80,2024-06-30\nW2,0,2024-06-20\n")
    report = take_in(root, later)

    assert report.as_json()["quarantine_reasons"] == {"implausible": 1}
    assert three_ways(root, "W2", "month") == [[29.0 + 80.0]] * 3
    undo_ingest(report.accounts[0].ingest_id, lake_settings(root))
    assert three_ways(root, "W2", "month") == [[30.0]] * 3


def test_the_mean_of_days_is_that_of_what_holds_on_each() -> None:
    first, change = dt.date(2024, 6, 1), dt.date(2024, 6, 3)
    factors = DatedFactors({"M": ((change, 3.0),)}, None, [change], None)

    assert factors.mean("M", first, dt.date(2024, 6, 5)) == (1 + 1 + 3 + 3) / 4
    assert (factors.mean("M", first, change), factors.mean("M", change, dt.date(2024, 7, 1))) == (1.0, 3.0)
    assert factors.mean("other", first, dt.date(2024, 6, 5)) == 1.0
