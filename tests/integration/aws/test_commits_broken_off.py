"""A writer dies over a commit of several Glue tables, or goes on when another has taken its place: nothing is lost or doubled.

A death is an error that nothing catches, raised in place of a call to AWS. The emulated Glue refuses an update of a version
that is no longer the table's, as the real one does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pytest
from botocore.client import BaseClient
from pyiceberg.exceptions import CommitFailedException

from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.etl.undo import undo_ingest
from meterlake.lake.aws.glue_catalogue import open_catalogue
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import UnfinishedCommit
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import INGESTS, METERS, READINGS, Table
from meterlake.lake.writing.maintenance import compact_crowded
from meterlake.lake.writing.publishing import publish_rows
from meterlake.lake.writing.transactions import TableChange, commit_once, prepared_transaction
from tests.athena_stand_in import BUCKET, REGION, emulated_aws
from tests.lake_fixture import JANUARY_2, half_hours
from tests.lakes_on_s3 import rows_of
from tests.landing import half_hours as london_half_hours
from tests.landing import write_london

INTENT = {"Bucket": BUCKET, "Key": "lakes/one/commit.json"}
# Of a commit of three tables: its intent, a table each, and the intent's end.
STEPS = ["PutObject", "UpdateTable", "UpdateTable", "UpdateTable", "DeleteObject"]


class Died(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    with emulated_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("METERLAKE_ATHENA_REGION", REGION)
        yield


@pytest.fixture(scope="module")
def lake(aws: None) -> LakeSettings:
    settings = LakeSettings(lake=f"s3://{BUCKET}/lakes/one", threads=1, memory_gb=1.0, lock_seconds=5)
    open_store(settings).create_tables()
    return settings


@contextmanager
def before_write(number: int, act: Callable[[], object]) -> Iterator[list[str]]:
    """Do something before the n-th call of a commit that changes something; give the names of those that were made.

    What belongs to the lake's lock is no call of a commit, nor is anything that `act` itself does.
    """
    call, made, here = BaseClient._make_api_call, [], threading.get_ident()
    is_acting = False

    def watched(client: Any, name: str, given: dict[str, Any]) -> Any:
        nonlocal is_acting
        is_write = name in ("PutObject", "UpdateTable", "DeleteObject") and not given.get("Key", "").endswith("lock")
        if is_write and not is_acting and threading.get_ident() == here:
            if len(made) == number:
                is_acting = True
                act()
                is_acting = False
            made.append(name)
        return call(client, name, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", watched)
        yield made


def die() -> None:
    raise Died


def rows(table: Table, *given: Sequence[Any]) -> pa.Table:
    names = table.column_names
    padded = [dict(zip(names, [*row, *[None] * (len(names) - len(row))], strict=True)) for row in given]
    return pa.Table.from_pylist(padded, schema=table.arrow_schema)


def publish(lake: LakeSettings, name: str) -> None:
    """Write a meter of this name, its half-hour and its ingest, and say anew what is known of a meter that all know."""
    ingest = (name, f"{name}.csv", "00" * 32, "london", 1, 1, 0, 0, 0, JANUARY_2, JANUARY_2, 100, JANUARY_2, 0)
    published = {
        INGESTS.name: rows(INGESTS, ingest),
        READINGS.name: rows(READINGS, *half_hours(name, JANUARY_2, [0.25])),
        METERS.name: rows(METERS, (name, name), ("known to all", name)),
    }
    publish_rows(lake, published, run_id=name)


def held(lake: LakeSettings, name: str) -> list[int]:
    """Return how many rows each of the three tables holds of a meter, or of its ingest."""
    tables, connection = open_store(lake).current(), open_store(lake).connect()
    columns = {INGESTS: "ingest_id", METERS: "meter_id", READINGS: "meter_id"}
    return [
        connection.execute(f"SELECT count(*) FROM {tables[table.name].sql()} WHERE {column} = ?", [name]).fetchall()[0][
            0
        ]
        for table, column in columns.items()
    ]


def known_to_all(lake: LakeSettings) -> list[str]:
    state, connection = open_store(lake).current()[METERS.name], open_store(lake).connect()
    return [
        row[0]
        for row in connection.execute(f"SELECT site_id FROM {state.sql()} WHERE meter_id = 'known to all'").fetchall()
    ]


def is_clean(lake: LakeSettings) -> bool:
    """Say whether no commit is under way."""
    return "Contents" not in boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=INTENT["Key"])


def test_a_commit_of_three_tables_takes_these_steps(lake: LakeSettings) -> None:
    with before_write(-1, die) as made:
        publish(lake, "whole")

    assert made == STEPS
    assert (held(lake, "whole"), known_to_all(lake)) == ([1, 1, 1], ["whole"])


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_who_dies_before_a_step_leaves_all_or_nothing_to_the_next(lake: LakeSettings, step: int) -> None:
    publish(lake, "before")
    with pytest.raises(Died), before_write(step, die):
        publish(lake, f"step {step}")

    open_store(lake).create_tables()

    # Before its intent is written a commit has not begun; from then on it is finished.
    assert held(lake, f"step {step}") == ([0] * 3 if step == 0 else [1] * 3)
    assert known_to_all(lake) == (["before"] if step == 0 else [f"step {step}"])
    assert is_clean(lake)


def test_who_finishes_may_die_as_well(lake: LakeSettings) -> None:
    with pytest.raises(Died), before_write(2, die):
        publish(lake, "first")
    with pytest.raises(Died), before_write(1, die):
        publish(lake, "second")

    publish(lake, "third")

    assert [held(lake, name) for name in ("first", "second", "third")] == [[1] * 3, [0] * 3, [1] * 3]
    assert is_clean(lake)


def test_whoever_writes_next_finishes_be_it_upkeep(lake: LakeSettings) -> None:
    with pytest.raises(Died), before_write(2, die):
        publish(lake, "before upkeep")

    compact_crowded(open_store(lake), 1)

    assert held(lake, "before upkeep") == [1, 1, 1]


def test_a_writer_that_was_taken_for_dead_cannot_commit_what_it_made_before(lake: LakeSettings) -> None:
    def another() -> None:
        boto3.client("s3").delete_object(Bucket=BUCKET, Key="lakes/one/lock")
        publish(lake, "the heir")

    with before_write(0, another), pytest.raises(CommitFailedException, match="run the same again"):
        publish(lake, "the late")

    assert (held(lake, "the heir"), held(lake, "the late"), known_to_all(lake)) == ([1] * 3, [0] * 3, ["the heir"])
    assert is_clean(lake)


def test_two_updates_of_one_version_cannot_both_succeed(lake: LakeSettings) -> None:
    publish(lake, "of old")
    change, store = _removal(lake, METERS), open_store(lake)
    first, second = (prepared_transaction(store.open_table(METERS), change, {}) for _ in range(2))

    with (
        pytest.raises(CommitFailedException, match="concurrent update"),
        before_write(0, lambda: commit_once(first)),
    ):
        commit_once(second)


def test_two_who_finish_one_commit_do_it_once(lake: LakeSettings) -> None:
    with pytest.raises(Died), before_write(1, die):
        publish(lake, "once")

    another = open_catalogue(lake)
    with pytest.raises(CommitFailedException), before_write(0, another.finish_commit):
        open_store(lake).create_tables()

    assert held(lake, "once") == [1, 1, 1]
    assert is_clean(lake)


def test_an_intent_whose_tables_moved_before_it_did_anything_is_dropped(lake: LakeSettings) -> None:
    publish(lake, "of old")
    with pytest.raises(Died), before_write(1, die):
        publish(lake, "begun")
    _change_otherwise(lake, METERS)

    publish(lake, "later")

    assert (held(lake, "begun"), held(lake, "later")) == ([0] * 3, [1] * 3)
    assert is_clean(lake)


def test_a_commit_that_nobody_can_finish_any_more_says_which_table_stands_in_the_way(lake: LakeSettings) -> None:
    publish(lake, "of old")
    with pytest.raises(Died), before_write(2, die):  # readings have moved, meters have not
        publish(lake, "half")
    _change_otherwise(lake, METERS)

    with pytest.raises(UnfinishedCommit, match="meters has been changed by something else"):
        publish(lake, "later")

    boto3.client("s3").delete_object(**INTENT)


def _removal(lake: LakeSettings, table: Table) -> TableChange:
    """Return the change that takes all files out of a table."""
    return TableChange(table, [], [file.data_file for file in open_store(lake).current()[table.name].files])


def _change_otherwise(lake: LakeSettings, table: Table) -> None:
    """Change a table as another program does that knows nothing of the lake's lock."""
    current = open_store(lake).open_table(table)
    commit_once(prepared_transaction(current, _removal(lake, table), {}))


@pytest.fixture
def uploads(tmp_path: Path) -> list[Path]:
    """Two days of a meter, and the second day of it said anew."""
    days = [row for day in ("2013-01-02", "2013-01-03") for row in london_half_hours("M1", day, [0.25] * 48)]
    restated = london_half_hours("M1", "2013-01-03", [0.5] * 48)
    return [write_london(tmp_path / "first.csv", days), write_london(tmp_path / "restated.csv", restated)]


@pytest.mark.slow
def test_an_ingest_and_an_undo_that_died_end_at_the_tables_of_a_folder(
    uploads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERLAKE_ATHENA_DATABASE", "two")
    there = LakeSettings(lake=f"s3://{BUCKET}/lakes/two", threads=1, memory_gb=1.0)
    here = LakeSettings(lake=str(tmp_path / "lake"), threads=1, memory_gb=1.0)
    open_store(there).create_tables()

    ingest(there, uploads[0])
    with pytest.raises(Died), before_write(4, die):
        ingest(there, uploads[1])
    # The file is known: nothing of it was lost, and nothing is taken in twice.
    assert ingest(there, uploads[1])["skipped"] == 1
    for upload in uploads:
        ingest(here, upload)
    assert rows_of(there) == rows_of(here)

    restated = next(row["ingest_id"] for row in rows_of(here)["ingests"] if row["source_file"] == str(uploads[1]))
    with pytest.raises(Died), before_write(3, die):
        undo_ingest(restated, there)
    open_store(there).create_tables()
    undo_ingest(restated, here)
    assert rows_of(there) == rows_of(here)


def ingest(settings: LakeSettings, path: Path) -> dict[str, Any]:
    return Pipeline(settings).ingest(IngestJob((path,))).as_json()
