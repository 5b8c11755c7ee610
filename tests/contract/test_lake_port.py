"""Whatever engine is behind the lake's port, the same questions have the same answers, in the same types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from meterlake.lake.aws.athena_lake import AthenaLake
from meterlake.lake.aws.glue_catalogue import GlueCatalogue
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.open_bounds import EVERYWHERE
from meterlake.lake.port import Lake
from meterlake.lake.questions import AS_IT_WAS, AS_IT_WAS_LAID, question_named, question_names
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES
from tests.athena_answers import DuckDBAnswers, best_answers
from tests.athena_stand_in import ATHENA, BUCKET, LAKE, AthenaStandIn, arrow_reads_from, copy_lake, emulated_aws
from tests.lake_fixture import JANUARY_2, JANUARY_4

YEAR_2013 = {"start_date": dt.date(2013, 1, 1), "end_date": dt.date(2014, 1, 1)}
ALL_TIME = {"start": dt.datetime(2012, 1, 1, tzinfo=dt.UTC), "end": dt.datetime(2014, 1, 1, tzinfo=dt.UTC)}
METER = {"meter_id": "MAC000005", "quantity": "energy"}
SOME_METERS = {"first_meter_id": "M", "last_meter_id": "Z"}
# The two first days of 2013 in London, then six hours.
TWO_RUNS = "1356998400:86400:1357171200 1357171200:21600:1357192800"
# The two first weeks of 2013, in days.
TWO_WEEKS = "15706:7:15720"
BY_TARIFF = {"attribute": "tariff", "quantity": "energy"}
ANY_OUTAGE = {**ALL_TIME, **EVERYWHERE, "any_cause": True, "cause": None}
HOURLY = {"meter_id": "MAC000005", "model_name": "household", "interval_minutes": 60}
ISSUED = {"issued_from": JANUARY_2, "issued_to": JANUARY_4}
WORST = {"detector": "fleet_band", **YEAR_2013, **EVERYWHERE, "page_size": 2}
AFTER_THE_WORST = {"from_the_worst": False, "after_rank": 0.375, "after_second_rank": 4.0}
AFTER_THE_WORST |= {"after_meter_id": "MAC000005", "after_date": dt.date(2013, 7, 2)}

CASES: dict[str, dict[str, Any]] = {
    "anomalies_of_meter": {"meter_id": "MAC000005", "detector": "fleet_band", **YEAR_2013},
    "completeness_by_day": {"quantity": "energy", **YEAR_2013, **SOME_METERS},
    "completeness_by_meter": {"quantity": "energy", **YEAR_2013, **SOME_METERS, "after_meter_id": "", "page_size": 10},
    "completeness_of_fleet": YEAR_2013,
    "consumption_daily": {**METER, **YEAR_2013},
    "consumption_monthly": {**METER, **YEAR_2013},
    "consumption_weekly": {**METER, **YEAR_2013},
    "daily_by_segment": YEAR_2013,
    "days_changed_since": {"quantity": "energy", "since": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)},
    "detectors_with_scores": {},
    "energy_readings": {**SOME_METERS, **ALL_TIME, "longest_seconds": 3600},
    "events_in": {**ALL_TIME, "any_code": False, "code": "PWR_LOSS"},
    "forecast_median_of_meter": {**HOURLY, **ISSUED},
    "forecast_of_meter": {**HOURLY, **ISSUED},
    "forecasts_issued": ALL_TIME,
    "forecasts_of_issue": {"model_name": "household", "model_version": 1, "issued_at": JANUARY_4},
    "filed_indices": {},
    "first_days_of_fleet": {"quantity": "energy", "end_date": dt.date(2014, 1, 1), **SOME_METERS},
    "gaps_of_meter": {**METER, **ALL_TIME},
    "last_day_of_fleet": {"quantity": "energy"},
    "ingests_page": {
        "before_finished_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC),
        "before_ingest_id": "",
        "page_size": 2,
    },
    "group_members": {**BY_TARIFF, "end_date": YEAR_2013["end_date"], "periods": TWO_WEEKS},
    "group_spans": {**BY_TARIFF, **YEAR_2013, "multiplied": "yes"},
    "group_totals": {**BY_TARIFF, "runs": TWO_WEEKS, **YEAR_2013, "multiplied": "yes"},
    "ingest_published": {"ingest_id": "in1"},
    "interruptions": {},
    "lay_under_then": {"quantity": "energy", "as_of": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), **SOME_METERS},
    "load_by_segment": ALL_TIME,
    "meter": {"meter_id": "MAC000005"},
    "group_spells": {"attribute": "tariff"},
    "multipliers": SOME_METERS,
    "meters_of_group": {"attribute": "tariff", "day": dt.date(2013, 6, 1), "group": ""},
    "meters_page": {"after_meter_id": "", "page_size": 1},
    "meters_with_energy": SOME_METERS,
    "meters_without_power": ALL_TIME,
    "models_all": {},
    "newest_energy": {**SOME_METERS, "start": JANUARY_2, "end": JANUARY_2 + dt.timedelta(days=40)},
    "newest_reading": ALL_TIME,
    "other_quantities_of_meter": {"meter_id": "MAC000005", "time_zone": "Europe/London"},
    "open_losses": {},
    "outages_count": ANY_OUTAGE,
    "outages_in": {**ANY_OUTAGE, "after_started_at": ALL_TIME["start"], "after_outage_id": "", "page_size": 10},
    "period_totals": {"quantity": "energy", "runs": TWO_RUNS, "longest_seconds": 3600, **SOME_METERS, **ALL_TIME},
    "quantities_of_meter": {"meter_id": "MAC000005"},
    "quarantine_by_reason": {},
    "recorded_outages": {},
    "reading_span": {"quantity": "energy", **SOME_METERS},
    "readings_half_hourly": {**METER, **ALL_TIME, "page_size": 100},
    "readings_hourly": {**METER, **ALL_TIME, "page_size": 100},
    "readings_longer_than": {
        "quantity": "energy",
        "longest_seconds": 3600,
        "reach_start": ALL_TIME["start"],
        **SOME_METERS,
        **ALL_TIME,
    },
    "readings_of_meter": {**METER, **ALL_TIME, "page_size": 100},
    "services": {},
    "spells_of_meter": {"meter_id": "MAC000005"},
    "weather_by_day": YEAR_2013,
    "words_of_outage": {"outage_id": "out-000000000001"},
    "worst_anomalies": {**WORST, **AFTER_THE_WORST, "by_severity": False},
}
UNORDERED = {"energy_readings"}


@dataclass
class Opened:
    """A lake, and what its engine was sent where it is a service."""

    lake: Lake
    stand_in: AthenaStandIn | None = None


@pytest.fixture(scope="module")
def duckdb_lake(small_lake_root: Path) -> DuckDBLake:
    return DuckDBLake(LakeSettings(lake=str(small_lake_root), threads=1))


@pytest.fixture(scope="module")
def emulated(small_lake_root: Path) -> Iterator[tuple[str, GlueCatalogue]]:
    with emulated_aws() as address:
        yield address, copy_lake(small_lake_root, address)


DUCKDB, IN_THE_ANSWER, IN_A_FILE = ENGINES = "DuckDB", "Athena, rows in the answer", "Athena, rows in a file on S3"


@pytest.fixture(scope="module", params=ENGINES)
def opened(request: pytest.FixtureRequest, small_lake_root: Path, duckdb_lake: DuckDBLake) -> Iterator[Opened]:
    if request.param == DUCKDB:
        yield Opened(duckdb_lake)
        return
    has_file = request.param == IN_A_FILE
    settings = ATHENA.model_copy(update={"output": f"s3://{BUCKET}/results"}) if has_file else ATHENA
    address, catalogue = request.getfixturevalue("emulated")
    # The one costs a start and a third of a second a question; the other holds what is printed otherwise in files.
    answers = (
        nullcontext(DuckDBAnswers(small_lake_root, catalogue))
        if has_file
        else best_answers(address, ATHENA, small_lake_root, catalogue)
    )
    with pytest.MonkeyPatch.context() as patch, answers as engine:
        arrow_reads_from(patch, address)
        stand_in = AthenaStandIn(address, engine, is_csv_on_s3=has_file)
        yield Opened(AthenaLake(LAKE, settings, stand_in.session()), stand_in)


def test_every_question_has_a_case() -> None:
    assert sorted(CASES) == question_names()


@pytest.mark.parametrize("question", ["anomalies_of_meter", "outages_in", "readings_of_meter"])
def test_a_start_or_an_end_that_is_none_is_no_limit(opened: Opened, duckdb_lake: DuckDBLake, question: str) -> None:
    limits = ("start", "end", "start_date", "end_date", "after_started_at")
    case = {name: None if name in limits else value for name, value in CASES[question].items()}

    assert opened.lake.ask(question, **case).num_rows == duckdb_lake.ask(question, **CASES[question]).num_rows > 0


@pytest.mark.parametrize("question", CASES)
def test_a_question_has_the_same_rows_in_the_same_types_on_each_engine(
    opened: Opened, duckdb_lake: DuckDBLake, question: str
) -> None:
    expected, found = (one.ask(question, **CASES[question]) for one in (duckdb_lake, opened.lake))

    assert found.schema.remove_metadata() == expected.schema.remove_metadata()
    if question in UNORDERED:
        expected, found = (
            rows.sort_by([("meter_id", "ascending"), ("interval_start", "ascending")]) for rows in (expected, found)
        )
    assert as_rows(found) == as_rows(expected)


def test_a_day_of_46_half_hours_at_0_12_and_two_at_0_09_is_5_7_kwh(opened: Opened) -> None:
    days = opened.lake.ask("consumption_daily", **METER, start_date=dt.date(2013, 1, 2), end_date=dt.date(2013, 1, 3))

    assert days.to_pylist() == [
        {"meter_id": "MAC000005", "local_date": dt.date(2013, 1, 2), "energy_kwh": 5.700000000000001}
        | {"intervals_present": 48, "intervals_expected": 48, "minutes_present": 1440, "minutes_expected": 1440}
        | {"minutes_estimated": 0, "minutes_edited": 0, "minutes_suspect": 0}
    ]


# Two questions each, of which Trino answers the harder ones in seconds.
@pytest.mark.parametrize(
    "opened", [DUCKDB, pytest.param(IN_THE_ANSWER, marks=pytest.mark.slow), IN_A_FILE], indirect=True
)
@pytest.mark.parametrize("name", [name for name in sorted(CASES) if "readings" in question_named(name).tables])
@pytest.mark.parametrize("how", [AS_IT_WAS, AS_IT_WAS_LAID])
def test_readings_as_they_are_by_now_give_the_answer_of_now(opened: Opened, name: str, how: str) -> None:
    later = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)

    then, now = opened.lake.ask(name + how, as_of=later, **CASES[name]), opened.lake.ask(name, **CASES[name])

    assert sorted(map(str, then.to_pylist())) == sorted(map(str, now.to_pylist()))


def test_the_rows_of_every_table_are_counted_without_reading_them(opened: Opened, small_lake_root: Path) -> None:
    engine = DuckDBLake(LakeSettings(lake=str(small_lake_root), threads=1))
    counted = {name: engine.select(f"SELECT count(*) AS n FROM {name}")["n"][0].as_py() for name in TABLES}

    assert opened.lake.row_counts() == counted
    assert counted["readings"] > 0


def test_a_part_is_no_whole_number_divided_by_another(opened: Opened) -> None:
    day = opened.lake.ask("completeness_of_fleet", start_date=dt.date(2013, 1, 3), end_date=dt.date(2013, 1, 4))

    assert day["completeness_fraction"].to_pylist() == [44 / 48]


def test_missing_text_stays_missing(opened: Opened) -> None:
    meter = opened.lake.ask("meter", meter_id="MAC000006").to_pylist()[0]

    assert (meter["site_id"], meter["time_zone"], meter["latitude"]) == (None, "Europe/London", None)


def test_a_quote_in_a_parameter_is_a_letter_like_others(opened: Opened) -> None:
    assert opened.lake.ask("meter", meter_id="x' OR 'a' = 'a").num_rows == 0


def test_a_question_asked_with_a_parameter_too_few_is_refused_before_anything_is_sent(opened: Opened) -> None:
    with pytest.raises(TypeError, match="meter takes meter_id"):
        opened.lake.ask("meter")


def test_the_version_of_a_table_stays_while_nothing_is_written(opened: Opened) -> None:
    first = opened.lake.version_of("readings", "meters")

    assert first == opened.lake.version_of("readings", "meters")
    assert first != opened.lake.version_of("meters")


def test_what_is_sent_carries_the_file_s_marks_the_workgroup_and_the_age_of_results(opened: Opened) -> None:
    if opened.stand_in is None:
        pytest.skip("DuckDB is part of the program: nothing is sent")
    opened.lake.ask("meter", meter_id="O'Hara")
    sent = opened.stand_in.sent[-1]

    assert sent["ExecutionParameters"] == ["'O''Hara'"]
    assert sent["QueryString"].count("?") == len(question_named("meter").parameters)
    assert sent["WorkGroup"] == "primary"
    assert sent["QueryExecutionContext"]["Database"] == "meterlake"
    assert sent["ResultReuseConfiguration"]["ResultReuseByAgeConfiguration"] == {"Enabled": True, "MaxAgeInMinutes": 60}
    assert "meterlake.meters FOR VERSION AS OF " in sent["QueryString"]


def as_rows(table: pa.Table) -> list[tuple[Any, ...]]:
    """Return rows that compare by value, NaN with itself too; a missing number stands for NaN, as in every answer."""
    return [tuple(None if value != value else value for value in row.values()) for row in table.to_pylist()]
