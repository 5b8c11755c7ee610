"""METERLAKE_ENGINE=duckdb on a lake on S3: what reads little is answered here, the rest by Athena, and both alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from meterlake.lake.aws.athena_lake import AthenaLake
from meterlake.lake.aws.s3_reader import S3Reader
from meterlake.lake.aws.two_engines import TwoEngines
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.settings import LakeSettings
from tests.athena_answers import DuckDBAnswers
from tests.athena_stand_in import ATHENA, LAKE, AthenaStandIn, copy_lake, emulated_aws
from tests.landing import half_hours, take_in, write_london

A_YEAR_OF_DAYS = {"quantity": "energy", "start_date": dt.date(2013, 1, 1), "end_date": dt.date(2014, 1, 1)}
FIRST_DAY = {"start": dt.datetime(2013, 1, 1, tzinfo=dt.UTC), "end": dt.datetime(2013, 1, 2, tzinfo=dt.UTC)}


@pytest.fixture(scope="module")
def root(small_lake_root: Path) -> Path:
    return small_lake_root


@pytest.fixture(scope="module")
def stand_in(root: Path) -> Iterator[AthenaStandIn]:
    with emulated_aws() as address:
        yield AthenaStandIn(address, DuckDBAnswers(root, copy_lake(root, address)))


def with_limit(stand_in: AthenaStandIn, engine_mb: float) -> TwoEngines:
    settings = LAKE.model_copy(update={"engine": "duckdb", "engine_mb": engine_mb})
    here = DuckDBLake(settings, S3Reader(settings, ATHENA))
    return TwoEngines(here, AthenaLake(LAKE, ATHENA, stand_in.session()))


def sent_for(stand_in: AthenaStandIn, lake: TwoEngines, question: str, **parameters: Any) -> tuple[int, pa.Table]:
    before = len(stand_in.sent)
    answer = lake.ask(question, **parameters)
    return len(stand_in.sent) - before, answer


def test_what_reads_little_asks_athena_nothing_and_the_rest_is_asked_of_it_with_the_same_rows(
    stand_in: AthenaStandIn,
) -> None:
    of_a_meter = {"meter_id": "MAC000005", **A_YEAR_OF_DAYS}

    sent_within, within = sent_for(stand_in, with_limit(stand_in, 64), "consumption_daily", **of_a_meter)
    sent_beyond, beyond = sent_for(stand_in, with_limit(stand_in, 0), "consumption_daily", **of_a_meter)

    assert (sent_within, sent_beyond) == (0, 1)
    assert within.num_rows > 0
    assert within.schema.types == beyond.schema.types
    assert str(within.to_pylist()) == str(beyond.to_pylist())  # a NaN is no other NaN


def test_a_question_that_no_file_can_answer_is_answered_here_whatever_the_limit(stand_in: AthenaStandIn) -> None:
    sent, answer = sent_for(stand_in, with_limit(stand_in, 0), "consumption_daily", meter_id="ZZZ", **A_YEAR_OF_DAYS)

    assert (sent, answer.num_rows) == (0, 0)


def test_what_was_read_once_is_asked_of_s3_no_more(stand_in: AthenaStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = with_limit(stand_in, 64)
    of_a_meter = {"meter_id": "MAC000005", **A_YEAR_OF_DAYS}
    asked = []
    answer = DomainDispatcherApplication.__call__

    def note_and_answer(application: Any, request: dict[str, Any], start: Callable[..., Any]) -> Any:
        asked.append(request["PATH_INFO"])
        return answer(application, request, start)

    monkeypatch.setattr(DomainDispatcherApplication, "__call__", note_and_answer)
    first = lake.ask("consumption_daily", **of_a_meter)
    of_files = [path for path in asked if path.endswith(".parquet")]
    asked.clear()

    assert len(of_files) == 2 * len(set(of_files)) > 0  # how large Arrow finds it, and its bytes
    assert str(lake.ask("consumption_daily", **of_a_meter).to_pylist()) == str(first.to_pylist())
    assert [path for path in asked if path != "/"] == []


def test_versions_and_counts_are_those_that_athena_s_lake_tells(stand_in: AthenaStandIn) -> None:
    two, athena = with_limit(stand_in, 64), AthenaLake(LAKE, ATHENA, stand_in.session())

    assert two.version_of("readings", "meters") == athena.version_of("readings", "meters")
    assert two.row_counts() == athena.row_counts()


def test_the_setting_opens_it(stand_in: AthenaStandIn) -> None:
    assert isinstance(open_lake(LAKE), AthenaLake)
    assert isinstance(open_lake(LAKE.model_copy(update={"engine": "duckdb"})), TwoEngines)


def test_one_meter_s_day_takes_a_part_of_a_month_s_file_and_the_fleet_s_day_all_of_it(tmp_path: Path) -> None:
    days = [f"2013-01-{day:02}" for day in range(1, 31)]
    rows = [row for number in range(200) for day in days for row in half_hours(f"M{number:03}", day, [0.25] * 48)]
    take_in(tmp_path / "lake", write_london(tmp_path / "a.csv", rows))
    lake = DuckDBLake(LakeSettings(lake=str(tmp_path / "lake")))
    [file] = lake.snapshots.current()["readings"].files

    one = lake.most_bytes("readings_of_meter", meter_id="M001", quantity="energy", page_size=100, **FIRST_DAY)
    fleet = lake.most_bytes("energy_readings", first_meter_id="M", last_meter_id="N", longest_seconds=3600, **FIRST_DAY)

    assert file.rows == 200 * 1440
    assert fleet == file.size_bytes
    assert 0 < one < 0.9 * file.size_bytes  # two of its row groups
