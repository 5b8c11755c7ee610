"""Lakes drawn by chance over twelve zones: days, weeks and months are right whatever came in whichever order, and each minute once."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meter
from meterlake.lake.metering.as_it_was import lake_as_of
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.completeness import DaysAsked, completeness_of_days
from meterlake.lake.metering.groups import GroupedBy, GroupQuestion, periods_of_groups
from meterlake.lake.port import Lake
from tests.examples import examples
from tests.landing import adds_up, lake_settings, select, take_in
from tests.random_lakes import RandomLake, RawFile, random_lake

TABLES = {"day": "consumption_daily", "week": "consumption_weekly", "month": "consumption_monthly"}
QUALITY = {"column": "q", "codes": {"A": "actual", "E": "estimated"}}
ENERGY = QUANTITIES["energy"]
KINDS = (PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.YEAR, PeriodKind.GAS_DAY, PeriodKind.RANGE, PeriodKind.HOUR)


def declared(file: RawFile) -> MappingDeclaration | None:
    if file.kind == "places":
        return None
    if file.kind == "stands":
        values: dict[str, Any] = {
            "time": {"column": "t", "zone": file.clock},
            "values": [{"column": "v", "register": True}],
        }
    else:
        values = {
            "time": {"column": "start", "zone": file.clock},
            "interval": {"end": "end"},
            "values": [{"column": "v"}],
        }
    return MappingDeclaration.model_validate({"meter_id": "id", "quality": QUALITY, **values})


@pytest.mark.parametrize("seed", range(examples(2)))
def test_days_weeks_and_months_are_right(tmp_path: Path, seed: int) -> None:
    drawn, root = random_lake(seed), tmp_path / "lake"
    lake = DuckDBLake(lake_settings(root))
    once = random.Random(seed).randrange(len(drawn.files))
    ids, then = [], {}
    for number in range(len(drawn.files)):
        ids.append(taken_in(root, drawn, number))
        if number == once:
            then = measured(lake, drawn, PeriodKind.DAY)

    for period in TABLES:
        right = {
            key: (sums.value, sums.present, sums.estimated, drawn.minutes_of(period, *key))
            for key, sums in drawn.sums_of_periods(period).items()
        }
        assert kept_periods(root, period) == right
        assert measured(lake, drawn, PeriodKind(period)) == right
    assert minutes_that_come_twice(root) == []
    whole = {meter_id: sum(one.value for one in drawn.pieces if one.meter_id == meter_id) for meter_id in drawn.zone_of}
    for kind in KINDS:
        for meter_id, rows in answered(lake, drawn, kind).items():
            assert round(sum(row["value"] for row in rows) * 1000) == whole[meter_id], (kind, meter_id)
    fleet = periods_of_groups(lake, GroupQuestion(GroupedBy.FLEET, ENERGY, BillingCalendar(PeriodKind.DAY))).to_pylist()
    assert round(sum(row["value"] or 0 for row in fleet) * 1000) == sum(whole.values())
    present = sum(sums.present for sums in drawn.sums_of_periods("day").values())
    assert sum(completeness_of_days(lake, DaysAsked("energy"))["minutes_present"].to_pylist()) == present
    if "places" not in [file.kind for file in drawn.files[once + 1 :]]:  # zones are those of now
        as_of = lake_as_of(lake, ids[once], lambda _: None)
        assert measured(as_of, drawn, PeriodKind.DAY) == then


def taken_in(root: Path, drawn: RandomLake, number: int) -> str:
    """Take one of a lake's files in; return the id of its ingest."""
    file = drawn.files[number]
    path = root.parent / f"{number}_{file.kind}.csv"
    path.write_text(file.text)
    report = take_in(root, path, mapping=declared(file))
    assert adds_up(report) and not report.refused
    assert report.as_json()["quarantined"] == 0, report.as_json()["quarantine_reasons"]
    return report.accounts[0].ingest_id


def kept_periods(root: Path, period: str) -> dict[tuple[str, dt.date], tuple[int, ...]]:
    """Return thousandths, minutes present, estimated and expected of the days, weeks or months that a lake keeps."""
    rows = select(
        root,
        f"""SELECT meter_id, COLUMNS('local_date|_start'), CAST(round(energy_kwh * 1000) AS BIGINT), minutes_present,
                   minutes_estimated, minutes_expected FROM {TABLES[period]}""",
    )
    return {(meter_id, day): tuple(rest) for meter_id, day, *rest in rows}


def measured(lake: Lake, drawn: RandomLake, kind: PeriodKind) -> dict[tuple[str, dt.date], tuple[int, ...]]:
    """Return the same as an answer says it."""
    return {
        (meter_id, row["interval_start"].astimezone(ZoneInfo(drawn.zone_of[meter_id])).date()): (
            round(row["value"] * 1000),
            row["minutes_present"],
            round(row["estimated_share"] * row["minutes_expected"]),
            row["minutes_expected"],
        )
        for meter_id, rows in answered(lake, drawn, kind).items()
        for row in rows
        if row["kind"] == "period"
    }


def answered(lake: Lake, drawn: RandomLake, kind: PeriodKind) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each meter that is known."""
    asked = PeriodQuestion(ENERGY, BillingCalendar(kind))
    known = [meter_id for meter_id in drawn.zone_of if lake.ask("meter", meter_id=meter_id).num_rows]
    return {meter_id: periods_of_meter(lake, meter_id, asked).to_pylist() for meter_id in known}


def minutes_that_come_twice(root: Path) -> list[tuple[Any, ...]]:
    return select(
        root,
        """SELECT meter_id, interval_start FROM (
               SELECT *, max(interval_end) OVER (PARTITION BY meter_id, quantity ORDER BY interval_start
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
               FROM readings WHERE quantity NOT LIKE '%_register')
           WHERE before > interval_start""",
    )
