"""What runs on a laptop runs on S3: the same files, the same code, the same rows (on an emulated S3 and Glue)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
import pytest
from click.testing import CliRunner

from meterlake.anomaly.detection import DetectionRun
from meterlake.cli.main import meterlake
from meterlake.etl.glue_jobs.slices import FileSlice, RawFile, files_at, local_copy
from meterlake.etl.landing.s3_landing import find_objects
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.etl.undo import undo_ingest
from meterlake.forecasting.models.artefacts import artefacts_of
from meterlake.lake.aws.athena_maintenance import optimize_tables, vacuum_tables
from meterlake.lake.aws.s3_lock import S3Lock
from meterlake.lake.aws.s3_store import S3Store
from meterlake.lake.engine_choice import open_engine, open_store
from meterlake.lake.errors import BadParameter, BadQuery, LakeBusy, NoLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import INGESTS, READINGS, TABLES
from meterlake.lake.writing.maintenance import compact_crowded, expire_snapshots
from meterlake.outage.outage_run import OutageRun
from tests.athena_stand_in import BUCKET, REGION, emulated_aws
from tests.lakes_on_s3 import rows_of
from tests.landing import half_hours, write_london


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with emulated_aws() as address:
        monkeypatch.setenv("METERLAKE_ATHENA_REGION", REGION)
        yield address


@pytest.fixture
def on_s3() -> LakeSettings:
    return LakeSettings(lake=f"s3://{BUCKET}/lakes/one", threads=1, memory_gb=1.0, lock_seconds=20)


def ingest(settings: LakeSettings, *paths: Path) -> dict[str, Any]:
    return Pipeline(settings).ingest(IngestJob(tuple(paths))).as_json()


@pytest.fixture
def uploads(tmp_path: Path) -> list[Path]:
    """Three uploads: three days of two meters with a bad row, a restated day, and a day that comes late."""
    days = [f"2013-01-{day:02d}" for day in range(2, 5)]
    first = [row for meter in ("M1", "M2") for day in days for row in half_hours(meter, day, [0.25] * 48)]
    first += [("M1", "2013-01-05 00:00", "broken"), ("M1", "2013-01-02 00:00", 0.25)]
    return [
        write_london(tmp_path / "first.csv", first),
        write_london(tmp_path / "restated.csv", half_hours("M1", "2013-01-03", [0.5] * 48)),
        write_london(tmp_path / "late.csv", half_hours("M2", "2012-12-31", [1.0] * 48)),
    ]


def test_uploads_scores_and_outages_on_s3_are_those_of_a_folder(
    on_s3: LakeSettings, uploads: list[Path], tmp_path: Path
) -> None:
    folder = LakeSettings(lake=str(tmp_path / "lake"), threads=1, memory_gb=1.0)

    for settings in (folder, on_s3):
        for upload in uploads:
            ingest(settings, upload)
        DetectionRun(settings).detect()
        OutageRun(settings).find()

    there, here = rows_of(on_s3), rows_of(folder)
    assert there == here
    assert len(there["readings"]) == 2 * 144 + 48
    assert len(there["superseded"]) == 48
    assert [row["reason"] for row in there["quarantine"]] == ["bad_number"]
    assert there["anomaly_scores"]


def test_the_same_upload_again_changes_nothing_on_s3(on_s3: LakeSettings, uploads: list[Path]) -> None:
    ingest(on_s3, uploads[0])
    before = open_store(on_s3).current().version_of([READINGS.name, INGESTS.name])

    again = ingest(on_s3, uploads[0])

    assert (again["rows_stored"], again["skipped"]) == (0, 1)
    assert open_store(on_s3).current().version_of([READINGS.name, INGESTS.name]) == before


def test_a_select_over_a_lake_on_s3_reads_its_tables_and_nothing_else(on_s3: LakeSettings, uploads: list[Path]) -> None:
    ingest(on_s3, uploads[0])
    lake = open_engine(on_s3)

    assert lake.select("SELECT count(*) AS readings FROM readings").to_pylist() == [{"readings": 288}]
    with pytest.raises(BadQuery):
        lake.select("SELECT * FROM read_csv('/etc/passwd')")


@pytest.mark.slow
def test_an_upload_is_taken_back_on_s3(on_s3: LakeSettings, uploads: list[Path]) -> None:
    ingest(on_s3, uploads[0])
    before = rows_of(on_s3)
    restated = ingest(on_s3, uploads[1])

    undone = undo_ingest(restated["ingests"][0]["ingest_id"], on_s3)

    assert (undone.readings_removed, undone.readings_restored) == (48, 48)
    assert rows_of(on_s3) == before


@pytest.mark.slow
def test_compaction_on_s3_leaves_the_answers_and_one_file_a_month(on_s3: LakeSettings, tmp_path: Path) -> None:
    for day in range(2, 5):
        ingest(on_s3, write_london(tmp_path / f"{day}.csv", half_hours("M1", f"2013-01-{day:02d}", [0.25] * 48)))
    before = rows_of(on_s3)

    merged = compact_crowded(open_store(on_s3), 1)

    assert rows_of(on_s3) == before
    assert [one.files_before for one in merged if one.table == "readings"] == [3]
    assert len(open_store(on_s3).current()["readings"].files) == 1


def test_what_a_dead_writer_left_on_s3_stays_for_days_and_goes_with_upkeep(
    on_s3: LakeSettings, uploads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(on_s3, uploads[0])
    store = open_store(on_s3)
    with store.files.open_output_stream("readings/data/quantity=energy/2013-01/left-over.parquet") as stream:
        stream.write(b"PAR1")

    # It may be of a writer that was taken for dead and is not.
    ingest(on_s3, uploads[1])
    assert expire_snapshots(store, dt.timedelta(days=30)) == {"snapshots": 0, "files": 0}
    before = rows_of(on_s3)
    monkeypatch.setattr(S3Store, "orphans_stay", dt.timedelta(0))

    assert expire_snapshots(store, dt.timedelta(days=30)) == {"snapshots": 0, "files": 1}
    assert rows_of(on_s3) == before


def test_files_that_landed_on_s3_are_taken_in_once(on_s3: LakeSettings, uploads: list[Path], tmp_path: Path) -> None:
    store = boto3.client("s3")
    zipped = tmp_path / "late.zip"
    with ZipFile(zipped, "w") as archive:
        archive.write(uploads[2], "late.csv")
    for path, key in ((uploads[0], "2013/first.csv"), (zipped, "2013/late.zip"), (uploads[1], ".hidden/other.csv")):
        store.upload_file(str(path), BUCKET, f"landing/{key}")
    landing = f"s3://{BUCKET}/landing/"

    first = Pipeline(on_s3).ingest(IngestJob((landing,))).as_json()
    again = Pipeline(on_s3).ingest(IngestJob((landing,))).as_json()

    assert sorted(one["source_file"] for one in first["ingests"]) == [
        f"{landing}2013/first.csv",
        f"{landing}2013/late.zip!late.csv",
    ]
    assert first["rows_stored"] == 2 * 144 + 48
    assert (again["files"], again["skipped"], again["rows_read"]) == (0, 2, 0)


def test_an_object_that_is_named_is_taken_alone_whatever_begins_like_it(
    on_s3: LakeSettings, uploads: list[Path]
) -> None:
    store = boto3.client("s3")
    for path, key in zip(uploads, ("day.csv", "day.csv.csv", "day/late.csv"), strict=True):
        store.upload_file(str(path), BUCKET, f"landing/{key}")

    def taken(address: str) -> list[str]:
        return [file.name.removeprefix(f"s3://{BUCKET}/landing") for file in find_objects(address, Path())]

    assert taken(f"s3://{BUCKET}/landing/day.csv") == ["/day.csv"]
    assert taken(f"s3://{BUCKET}/landing/day") == ["/day/late.csv"]
    assert taken(f"s3://{BUCKET}") == ["/day.csv", "/day.csv.csv", "/day/late.csv"]


def test_a_worker_reads_in_the_region_that_the_driver_was_told(
    uploads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("s3").upload_file(str(uploads[0]), BUCKET, "landing/day.csv")
    monkeypatch.setenv("METERLAKE_ATHENA_REGION", "eu-west-2")
    (landed,) = find_objects(f"s3://{BUCKET}/landing/day.csv", Path())
    file = RawFile.of(0, landed)

    # A worker is another machine: it has none of the driver's settings.
    for name in ("METERLAKE_ATHENA_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    files, path = files_at(file.location, file.region, file.endpoint)

    assert (files.region, path) == ("eu-west-2", f"{BUCKET}/landing/day.csv")
    with local_copy(FileSlice(0, file)) as copy:
        assert copy.read_bytes() == uploads[0].read_bytes()


def test_an_empty_landing_zone_is_named(on_s3: LakeSettings) -> None:
    with pytest.raises(BadParameter, match="s3://meter-bucket/nothing/"):
        Pipeline(on_s3).ingest(IngestJob((f"s3://{BUCKET}/nothing/",)))


def test_a_model_is_kept_on_s3_and_two_trainings_never_share_a_version(on_s3: LakeSettings, tmp_path: Path) -> None:
    artefacts = artefacts_of(on_s3)
    (tmp_path / "model" / "inner").mkdir(parents=True)
    (tmp_path / "model" / "inner" / "weights.json").write_text("[1]")

    place = artefacts.claim("homes", 1)
    assert place == "artefacts/homes/1"
    assert artefacts.claim("homes", 1) is None
    artefacts.keep(tmp_path / "model", place)

    assert (artefacts_of(on_s3).open(place) / "inner" / "weights.json").read_text() == "[1]"
    artefacts.drop(place)
    assert artefacts.claim("homes", 1) == place


def test_upkeep_on_s3_is_athena_s_own(on_s3: LakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    # The emulator takes any SQL and runs none: this holds the statements, not what Athena does with them.
    ran: list[str] = []
    monkeypatch.setattr("awswrangler.athena.start_query_execution", lambda sql, **_: ran.append(sql))

    optimize_tables(on_s3)
    vacuum_tables(on_s3, dt.timedelta(days=2))

    assert ran[0] == "OPTIMIZE readings REWRITE DATA USING BIN_PACK"
    assert ran[len(TABLES) : len(TABLES) + 2] == [
        "ALTER TABLE readings SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='172800')",
        "VACUUM readings",
    ]
    assert len(ran) == 3 * len(TABLES)


@pytest.mark.parametrize("command", ["compact", "expire"])
def test_upkeep_on_s3_waits_for_who_writes(on_s3: LakeSettings, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    ran: list[str] = []
    monkeypatch.setattr("awswrangler.athena.start_query_execution", lambda sql, **_: ran.append(sql))
    monkeypatch.setenv("METERLAKE_LAKE", on_s3.lake)
    monkeypatch.setenv("METERLAKE_LOCK_SECONDS", "0")

    with open_store(on_s3).lock():
        refused = CliRunner().invoke(meterlake, [command])
    assert refused.exit_code != 0 and ran == []

    assert CliRunner().invoke(meterlake, [command]).exit_code == 0
    assert ran


def test_a_lake_that_is_not_there_is_named(on_s3: LakeSettings) -> None:
    with pytest.raises(NoLake, match="s3://meter-bucket/lakes/one"):
        open_store(on_s3).current()


def test_two_writers_on_s3_take_turns_and_lose_nothing(on_s3: LakeSettings, uploads: list[Path]) -> None:
    reports: list[dict[str, Any]] = []
    writers = [threading.Thread(target=lambda one=one: reports.append(ingest(on_s3, one))) for one in uploads[:2]]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    tables = rows_of(on_s3)
    assert sum(report["rows_read"] for report in reports) == 290 + 48
    assert len(tables["readings"]) + len(tables["superseded"]) + len(tables["quarantine"]) == 290 + 48 - sum(
        report["duplicates"] for report in reports
    )


class TestTheLock:
    def lock(self, **seconds: float) -> S3Lock:
        return S3Lock(boto3.client("s3"), f"s3://{BUCKET}/lock", **seconds)

    def test_is_refused_to_a_second_writer_who_is_told_who_holds_it(self) -> None:
        with self.lock().held(0), pytest.raises(LakeBusy, match="process"), self.lock().held(0):
            pass

    def test_is_free_after_the_block_even_if_it_failed(self) -> None:
        with pytest.raises(ZeroDivisionError), self.lock().held(0):
            raise ZeroDivisionError
        with self.lock().held(0):
            pass

    def test_of_a_dead_holder_is_taken_over_when_it_has_gone_stale(self) -> None:
        boto3.client("s3").put_object(Bucket=BUCKET, Key="lock", Body=b"elsewhere process 1 0")
        with self.lock(renew_seconds=0.2, stale_seconds=0.5).held(10):
            pass

    def test_of_a_living_holder_is_never_taken_over(self) -> None:
        with (
            self.lock(renew_seconds=0.1, stale_seconds=1.0).held(0),
            pytest.raises(LakeBusy),
            self.lock(renew_seconds=0.1, stale_seconds=1.0).held(2.5),
        ):
            pass
