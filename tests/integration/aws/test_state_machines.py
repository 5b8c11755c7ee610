"""The state machine *ingest* from its deployed definition: uploads in S3 become readings, anomalies and outages of a lake.

The interpreter, S3, SNS and SQS are the emulator's, the plan is the real handler, the stages are what the Glue script calls.
The ingest job's script is Spark over S3, which does not run here: in its place the same transformation runs on DuckDB over
the same objects, by the job's own arguments (tests/integration/ingest/test_spark_parity.py compares the two row for row).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from meterlake.cli import run_stage
from meterlake.etl.glue_jobs.job_arguments import ingest_job
from meterlake.etl.pipeline import Pipeline
from meterlake.etl.plan_ingest import handler as plan_ingest
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.emulated_jobs import EmulatedMachines, emulated_machines

LANDING, WORK = "landing-bucket", "work-bucket"


class Ingest:
    """The machine in an account of its own, with a lake in a folder."""

    def __init__(self, machines: EmulatedMachines, folder: Path) -> None:
        self.machines = machines
        self.lake = LakeSettings(lake=str(folder / "lake"), threads=1)
        self._store = boto3.client("s3")
        for bucket in (LANDING, WORK):
            self._store.create_bucket(Bucket=bucket)
        topic = boto3.client("sns").create_topic(Name="notices")["TopicArn"]
        queue = boto3.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
        address = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:notices"}
        boto3.client("sns").subscribe(**address)
        self._queue = queue
        self.machine = machines.create_machine(
            "ingest",
            {
                "PlanFunctionArn": machines.add_function("plan", plan_ingest),
                "IngestJobName": machines.add_job("ingest", self.run_ingest),
                "StageJobName": machines.add_job("stage", self.run_stage),
                "LandingFormat": "auto",
                "NoticeTopicArn": topic,
            },
        )

    def upload(self, key: str, text: str) -> dict[str, Any]:
        """Put an object; return the upload as the pipe hands it on."""
        self._store.put_object(Bucket=LANDING, Key=key, Body=text.encode())
        return {"bucket": LANDING, "key": key, "size": len(text)}

    def run(self, given: Any) -> dict[str, Any]:
        return self.machines.run(self.machine, given)

    def run_ingest(self, arguments: dict[str, str]) -> None:
        given = {name.removeprefix("--"): value for name, value in arguments.items()}
        Pipeline(self.lake).ingest(ingest_job(given))

    def run_stage(self, arguments: dict[str, str]) -> None:
        settings = ["--METERLAKE_LAKE", self.lake.lake, "--METERLAKE_THREADS", "1"]
        run_stage.main([*settings, *(word for pair in arguments.items() for word in pair)])

    def notices(self) -> list[dict[str, str]]:
        """Return the notices that arrived, as (subject, message)."""
        found = boto3.client("sqs").receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        return [{key: json.loads(one["Body"])[key] for key in ("Subject", "Message")} for one in found]

    def count(self, table: str) -> int:
        return int(DuckDBLake(self.lake).select(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"])


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingest]:
    monkeypatch.setenv("METERLAKE_PLAN_WORK", f"s3://{WORK}/runs/ingest")
    # The stages' settings go into the environment, as in a job; they are taken out again.
    for name in ("METERLAKE_LAKE", "METERLAKE_THREADS"):
        monkeypatch.setenv(name, "")
    with emulated_machines() as machines:
        yield Ingest(machines, tmp_path)


def one_day(meter: str, day: dt.date, kwh: float) -> str:
    """Return a meter's day of half-hours as London publishes it."""
    header = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
    times = (f"{day} {half // 2:02d}:{30 * (half % 2):02d}:00.0000000" for half in range(48))
    return header + "".join(f"{meter},Std,{time}, {kwh} ,ACORN-A,Affluent\n" for time in times)


def test_uploads_become_readings_and_the_days_are_judged(ingest: Ingest) -> None:
    uploads = [
        ingest.upload(f"2013/{meter}.csv", one_day(meter, dt.date(2013, 1, 2), 0.25)) for meter in ("MAC1", "MAC2")
    ]

    ended = ingest.run([*uploads, uploads[0]])

    assert ended["status"] == "SUCCEEDED"
    names = [(name, arguments.get("--stage")) for name, arguments in ingest.machines.job_runs]
    assert names == [("ingest", None), ("stage", "anomalies"), ("stage", "outages")]
    # Two meters, 48 half-hours each; the object named twice counts once.
    assert (ingest.count("readings"), ingest.count("ingests")) == (96, 2)
    assert ingest.count("consumption_daily") == 2
    assert ingest.notices() == []


def test_the_same_uploads_again_change_nothing(ingest: Ingest) -> None:
    upload = ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))
    ingest.run([upload])

    assert ingest.run([upload])["status"] == "SUCCEEDED"

    assert (ingest.count("readings"), ingest.count("ingests")) == (48, 1)


def test_many_bytes_are_taken_in_batch_after_batch(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_PLAN_BATCH_MB", "1")
    for meter in ("MAC1", "MAC2"):
        ingest.upload(f"raw/{meter}.csv", one_day(meter, dt.date(2013, 1, 2), 0.25) + " " * 600_000)

    ended = ingest.run({"Bucket": LANDING, "Prefix": "raw/"})

    assert ended["status"] == "SUCCEEDED"
    lists = [arguments["--landing"] for name, arguments in ingest.machines.job_runs if name == "ingest"]
    assert [place.rsplit("/", 1)[1] for place in lists] == ["batch-00001.list", "batch-00002.list"]
    assert ingest.count("readings") == 96


def test_what_no_format_can_be_in_starts_no_job(ingest: Ingest) -> None:
    ended = ingest.run([ingest.upload("readme.pdf", "x"), ingest.upload("_tmp/part.csv", "x")])

    assert ended["status"] == "SUCCEEDED"
    assert ingest.machines.job_runs == []


def test_at_night_the_days_are_judged_without_an_upload(ingest: Ingest) -> None:
    ingest.run([ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))])
    ingest.machines.job_runs.clear()

    assert ingest.run({"Nightly": True})["status"] == "SUCCEEDED"

    assert [arguments["--stage"] for _, arguments in ingest.machines.job_runs] == ["anomalies", "outages"]


def test_a_stage_that_fails_once_is_tried_again(ingest: Ingest) -> None:
    upload = ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))
    failures = iter([OSError("the machine went away")])

    def fails_once(arguments: dict[str, str]) -> None:
        for failure in failures:
            raise failure
        ingest.run_ingest(arguments)

    ingest.machines.jobs["ingest"] = fails_once

    assert ingest.run([upload])["status"] == "SUCCEEDED"

    assert [name for name, _ in ingest.machines.job_runs].count("ingest") == 2
    assert ingest.count("readings") == 48
    assert ingest.notices() == []


def test_a_stage_that_keeps_failing_ends_the_run_and_a_notice_arrives(ingest: Ingest) -> None:
    upload = ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))

    def fails(arguments: dict[str, str]) -> None:
        raise OSError("no room left")

    ingest.machines.jobs["stage"] = fails

    ended = ingest.run([upload])

    assert ended["status"] == "FAILED"
    assert ended["error"] == "IngestFailed"
    # What Glue says of the job run; the emulator leaves its ErrorMessage out.
    assert '"--stage": "anomalies"' in ended["cause"]
    # Once, and twice again; outages are not begun.
    stages = [arguments["--stage"] for name, arguments in ingest.machines.job_runs if name == "stage"]
    assert stages == ["anomalies"] * 3
    (notice,) = ingest.notices()
    assert notice["Subject"] == "Meterlake: ingest failed"
    assert "States.TaskFailed" in notice["Message"] and "anomalies" in notice["Message"]
    # What was taken in before stays.
    assert ingest.count("readings") == 48


def test_an_input_that_names_nothing_is_reported(ingest: Ingest) -> None:
    ended = ingest.run({"hello": "world"})

    assert (ended["status"], ended["error"]) == ("FAILED", "IngestFailed")
    (notice,) = ingest.notices()
    assert "names nothing that landed" in notice["Message"]
