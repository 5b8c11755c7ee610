"""How much of a day, a week and a month is there is counted in minutes, whatever the lengths of its readings."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from meterlake.cli.main import meterlake
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.iceberg_schemas import NAMESPACE, TABLE_PROPERTIES, iceberg_schema, partition_spec
from meterlake.lake.locations import address_of
from meterlake.lake.tables import CONSUMPTION_DAILY, CONSUMPTION_MONTHLY, CONSUMPTION_WEEKLY
from meterlake.lake.writing.sqlite_catalogue import Catalogue
from tests.lake_fixture import write_rows
from tests.landing import half_hours, lake_settings, select, take_in, write_london

COUNTS = "intervals_present, intervals_expected, minutes_present, minutes_expected"


def mapping(**parts: Any) -> MappingDeclaration:
    """Return a declaration of the columns id, t and v, with qualities in q where it is asked for."""
    return MappingDeclaration.model_validate(
        {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v"}], **parts}
    )


def write_steps(path: Path, start: str, minutes: int, count: int, *, value: float = 1.0) -> Path:
    """Write so many values one after the other, from a moment of UTC on."""
    first = dt.datetime.fromisoformat(start)
    times = (first + place * dt.timedelta(minutes=minutes) for place in range(count))
    path.write_text("id,t,v\n" + "".join(f"M1,{time:%Y-%m-%dT%H:%M:%SZ},{value}\n" for time in times))
    return path


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def test_a_day_of_hours_to_noon_and_quarter_hours_after_it_is_whole(tmp_path: Path, lake: Path) -> None:
    take_in(lake, write_steps(tmp_path / "a.csv", "2024-06-03", 60, 12), mapping=mapping(interval_minutes=60))
    later = write_steps(tmp_path / "b.csv", "2024-06-03T12:00", 15, 48)
    take_in(lake, later, mapping=mapping(interval_minutes=15))

    assert select(lake, f"SELECT {COUNTS} FROM consumption_daily") == [(60, 60, 1440, 1440)]


def test_what_is_missing_of_a_period_would_have_readings_of_the_mean_length(tmp_path: Path, lake: Path) -> None:
    take_in(lake, write_steps(tmp_path / "a.csv", "2024-06-03", 60, 18), mapping=mapping(interval_minutes=60))

    assert select(lake, f"SELECT {COUNTS} FROM consumption_daily") == [(18, 24, 1080, 1440)]
    assert select(lake, f"SELECT {COUNTS} FROM consumption_weekly") == [(18, 168, 1080, 10_080)]
    assert select(lake, f"SELECT {COUNTS} FROM consumption_monthly") == [(18, 720, 1080, 43_200)]


def test_a_month_of_hourly_stands_with_one_more_out_of_step_is_whole(tmp_path: Path, lake: Path) -> None:
    start = dt.datetime(2024, 5, 1)
    times = [start + place * dt.timedelta(hours=1) for place in range(31 * 24 + 1)]
    times.append(dt.datetime(2024, 5, 10, 10, 1))
    path = tmp_path / "stands.csv"
    path.write_text("id,t,v\n" + "".join(f"M1,{time:%Y-%m-%dT%H:%M:%SZ},5\n" for time in sorted(times)))

    take_in(lake, path, mapping=mapping(values=[{"column": "v", "register": True}]))

    assert select(lake, f"SELECT {COUNTS} FROM consumption_monthly") == [(745, 745, 44_640, 44_640)]


def test_stands_two_days_apart_are_a_span_of_a_week_and_a_month_and_of_no_day(tmp_path: Path, lake: Path) -> None:
    path = tmp_path / "stands.csv"
    # 2024-06-01 is a Saturday: the span of Sunday and Monday lies in the month and in no week.
    path.write_text("id,t,v\nM1,2024-06-01,10\nM1,2024-06-02,20\nM1,2024-06-04,40\nM1,2024-06-05,50\n")

    take_in(lake, path, mapping=mapping(values=[{"column": "v", "register": True}]))

    assert select(lake, "SELECT local_date::VARCHAR, energy_kwh FROM consumption_daily ORDER BY ALL") == [
        ("2024-06-01", 10.0),
        ("2024-06-04", 10.0),
    ]
    assert select(
        lake, "SELECT first_date::VARCHAR, last_date::VARCHAR, energy_kwh, minutes, quality FROM consumption_spans"
    ) == [("2024-06-02", "2024-06-03", 20.0, 2880, "actual")]
    assert select(lake, "SELECT energy_kwh, minutes_present FROM consumption_weekly ORDER BY week_start") == [
        (10.0, 1440),
        (10.0, 1440),
    ]
    # 3 readings of 5760 minutes; of the 37,440 that are missing each would have 1920: 19.5, so 20 more.
    assert select(lake, f"SELECT energy_kwh, {COUNTS} FROM consumption_monthly") == [(40.0, 3, 23, 5760, 43_200)]


def test_a_meter_of_spans_alone_is_listed_with_its_days_and_the_doctor_finds_nothing(
    tmp_path: Path, lake: Path
) -> None:
    path = tmp_path / "stands.csv"
    path.write_text("id,t,v\nM1,2024-06-02,10\nM1,2024-06-04,30\nM1,2024-06-20,90\n")
    take_in(lake, path, mapping=mapping(values=[{"column": "v", "register": True}]))

    listed = DuckDBLake(lake_settings(lake)).ask("quantities_of_meter", meter_id="M1").to_pylist()
    checked = CliRunner().invoke(meterlake, ["--lake", str(lake), "doctor"])

    assert listed == [
        {
            "quantity": "energy",
            "first_date": dt.date(2024, 6, 2),
            "last_date": dt.date(2024, 6, 19),
            "days_with_readings": 0,
        }
    ]
    assert checked.exit_code == 0, checked.output


def test_a_span_goes_with_the_ingest_that_brought_it(tmp_path: Path, lake: Path) -> None:
    declared = mapping(values=[{"column": "v", "register": True}])
    for name, stands in (("a", "M1,2024-06-03,10\nM1,2024-06-04,20\n"), ("b", "M1,2024-06-07,50\n")):
        (tmp_path / f"{name}.csv").write_text(f"id,t,v\n{stands}")
    take_in(lake, tmp_path / "a.csv", mapping=declared)
    second = take_in(lake, tmp_path / "b.csv", mapping=declared).accounts[0].ingest_id
    assert select(lake, "SELECT energy_kwh, minutes_present FROM consumption_weekly") == [(40.0, 5760)]

    undo_ingest(second, lake_settings(lake))

    assert select(lake, "SELECT * FROM consumption_spans") == []
    assert select(lake, "SELECT energy_kwh, minutes_present FROM consumption_weekly") == [(10.0, 1440)]


@pytest.mark.parametrize(("zone", "day"), [("America/Havana", "2024-11-03"), ("Atlantic/Azores", "2024-10-27")])
def test_a_day_whose_midnight_comes_twice_has_fifty_half_hours_and_the_one_before_it_forty_eight(
    tmp_path: Path, lake: Path, zone: str, day: str
) -> None:
    before = dt.date.fromisoformat(day) - dt.timedelta(days=1)
    path = write_steps(tmp_path / "a.csv", f"{before - dt.timedelta(days=1)}", 30, 48 * 5)
    take_in(lake, path, mapping=mapping(interval_minutes=30), time_zone=zone)

    days = f"SELECT {COUNTS} FROM consumption_daily WHERE local_date IN ('{before}', '{day}') ORDER BY local_date"
    assert select(lake, days) == [(48, 48, 1440, 1440), (50, 50, 1500, 1500)]


def test_minutes_are_told_apart_by_their_quality(tmp_path: Path, lake: Path) -> None:
    codes = {"A": "actual", "E": "estimated", "F": "edited", "S": "suspect"}
    declared = mapping(interval_minutes=360, quality={"column": "q", "codes": codes})
    path = tmp_path / "a.csv"
    path.write_text(
        "id,t,v,q\n" + "".join(f"M1,2024-06-03T{place * 6:02d}:00:00Z,1,{code}\n" for place, code in enumerate("AEFS"))
    )

    take_in(lake, path, mapping=declared)

    marked = "minutes_present, minutes_estimated, minutes_edited, minutes_suspect"
    for table in ("consumption_daily", "consumption_weekly", "consumption_monthly"):
        assert select(lake, f"SELECT {marked} FROM {table}") == [(1440, 360, 360, 360)]


def forget_minutes(root: Path) -> None:
    """Leave the summaries as they were before minutes were counted: tables and files without their columns."""
    catalogue = Catalogue.at(root)
    for table in (CONSUMPTION_DAILY, CONSUMPTION_WEEKLY, CONSUMPTION_MONTHLY):
        old = replace(table, columns=table.columns[:6])
        rows = select(root, f"SELECT {', '.join(old.column_names)} FROM {table.name}")
        catalogue.drop_table((NAMESPACE, table.name))
        catalogue.create_table(
            (NAMESPACE, table.name),
            schema=iceberg_schema(old),
            location=address_of(str(root / table.name)),
            partition_spec=partition_spec(old),
            properties=TABLE_PROPERTIES,
        )
        catalogue.commit_changes([write_rows(root, old, rows)], properties={})


def test_a_lake_without_minutes_is_read_and_days_beside_new_ones_are_counted_anew(tmp_path: Path, lake: Path) -> None:
    for day in ("2013-01-01", "2013-01-02", "2013-03-01"):
        take_in(lake, write_london(tmp_path / f"{day}.csv", half_hours("M1", day, [1] * 48)))
    forget_minutes(lake)
    days = f"SELECT local_date::VARCHAR, energy_kwh, {COUNTS} FROM consumption_daily ORDER BY local_date"
    unknown = [(day, 48.0, 48, 48, None, None) for day in ("2013-01-01", "2013-01-02", "2013-03-01")]
    assert select(lake, days) == unknown

    take_in(lake, write_london(tmp_path / "new.csv", half_hours("M1", "2013-01-31", [1] * 24)))

    assert select(lake, days) == [
        ("2013-01-01", 48.0, 48, 48, 1440, 1440),
        ("2013-01-02", 48.0, 48, 48, 1440, 1440),
        ("2013-01-31", 24.0, 24, 48, 720, 1440),
        unknown[2],
    ]
    months = f"SELECT {COUNTS} FROM consumption_monthly ORDER BY month_start"
    assert select(lake, months) == [(120, 1488, 3600, 44_640), (48, 1488, None, None)]
