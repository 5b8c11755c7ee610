"""The state machine *ingest* from its deployed definition: uploads in S3 become readings, anomalies and outages of a lake.

The interpreter, S3, SNS and SQS are the emulator's, the plan is the real handler, the stages are what the Glue script calls.
The ingest job's script is started on what it is given, but its Spark over S3 does not run here: in its place the same
transformation runs on DuckDB over the same objects (tests/integration/ingest/test_spark_parity.py compares the two row for row).
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from meterlake.cli import run_stage
from meterlake.etl.glue_jobs import ingest as ingest_script
from meterlake.etl.glue_jobs import session, spark_pipeline
from meterlake.etl.pipeline import Pipeline
from meterlake.etl.plan_ingest import handler as plan_ingest
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.emulated_jobs import EmulatedMachines, emulated_machines
from tests.london_days import one_day

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
        self._notices = queue
        self.uploads = boto3.client("sqs").create_queue(QueueName="uploads")["QueueUrl"]
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

    def announce(self, *uploads: dict[str, Any]) -> None:
        """Put uploads into the queue as EventBridge does."""
        for one in uploads:
            detail = {"bucket": {"name": one["bucket"]}, "object": {"key": one["key"], "size": one["size"]}}
            boto3.client("sqs").send_message(QueueUrl=self.uploads, MessageBody=json.dumps({"detail": detail}))

    def waiting(self) -> list[str]:
        """Return the messages that wait, seen or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counted = boto3.client("sqs").get_queue_attributes(QueueUrl=self.uploads, AttributeNames=names)["Attributes"]
        return [name for name in names for _ in range(int(counted[name]))]

    def run(self, given: Any) -> dict[str, Any]:
        return self.machines.run(self.machine, given)

    def run_ingest(self, arguments: dict[str, str]) -> None:
        words = [word for pair in arguments.items() for word in pair]
        settings = ["--METERLAKE_LAKE", self.lake.lake, "--METERLAKE_THREADS", "1"]
        ingest_script.main(["ingest.py", "--local", "local[1]", *settings, *words])

    def run_stage(self, arguments: dict[str, str]) -> None:
        settings = ["--METERLAKE_LAKE", self.lake.lake, "--METERLAKE_THREADS", "1"]
        run_stage.main([*settings, *(word for pair in arguments.items() for word in pair)])

    def notices(self) -> list[dict[str, str]]:
        """Return the notices that arrived, as (subject, message)."""
        found = boto3.client("sqs").receive_message(QueueUrl=self._notices, MaxNumberOfMessages=10).get("Messages", [])
        return [{key: json.loads(one["Body"])[key] for key in ("Subject", "Message")} for one in found]

    def count(self, table: str) -> int:
        return int(DuckDBLake(self.lake).select(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"])


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingest]:
    monkeypatch.setenv("METERLAKE_PLAN_WORK", f"s3://{WORK}/runs/ingest")
    monkeypatch.setenv("METERLAKE_PLAN_LANDING", LANDING)
    monkeypatch.setattr(session, "open_session", lambda **_: None)
    monkeypatch.setattr(spark_pipeline, "SparkPipeline", lambda _: Pipeline())
    # The stages' settings go into the environment, as in a job; they are taken out again.
    for name in ("METERLAKE_LAKE", "METERLAKE_THREADS"):
        monkeypatch.setenv(name, "")
    with emulated_machines() as machines:
        made = Ingest(machines, tmp_path)
        monkeypatch.setenv("METERLAKE_PLAN_QUEUE", made.uploads)
        yield made


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


def stages_of(ingest: Ingest) -> list[str]:
    return [arguments.get("--stage", name) for name, arguments in ingest.machines.job_runs]


def test_one_run_drains_the_queue_and_then_judges_the_days(ingest: Ingest) -> None:
    first, late = (ingest.upload(f"{name}.csv", one_day(name, dt.date(2013, 1, 2), 0.25)) for name in ("MAC1", "MAC2"))
    ingest.announce(first, first)

    def lands_meanwhile(arguments: dict[str, str]) -> None:
        ingest.machines.jobs["ingest"] = ingest.run_ingest
        ingest.announce(late)
        ingest.run_ingest(arguments)

    ingest.machines.jobs["ingest"] = lands_meanwhile

    assert ingest.run({"Queued": True})["status"] == "SUCCEEDED"

    assert stages_of(ingest) == ["ingest", "ingest", "anomalies", "outages"]
    assert (ingest.count("ingests"), ingest.waiting()) == (2, [])


def test_where_nothing_waits_nothing_is_started(ingest: Ingest) -> None:
    assert ingest.run({"Queued": True})["status"] == "SUCCEEDED"

    assert ingest.machines.job_runs == []


def test_while_a_run_drains_the_queue_another_leaves_it_alone(ingest: Ingest) -> None:
    upload = ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))
    ingest.announce(upload)
    has_begun, may_end = threading.Event(), threading.Event()

    def takes_long(arguments: dict[str, str]) -> None:
        has_begun.set()
        assert may_end.wait(60)
        ingest.run_ingest(arguments)

    ingest.machines.jobs["ingest"] = takes_long
    with ThreadPoolExecutor(1) as first:
        running = first.submit(ingest.run, {"Queued": True})
        assert has_begun.wait(60)
        ingest.announce(upload)

        second = ingest.run({"Queued": True})

        assert (second["status"], len(ingest.waiting())) == ("SUCCEEDED", 1)
        may_end.set()
        assert running.result()["status"] == "SUCCEEDED"
    assert ingest.waiting() == []


def test_a_message_that_nobody_can_read_stays_for_the_queue_of_the_lost(ingest: Ingest) -> None:
    boto3.client("sqs").send_message(QueueUrl=ingest.uploads, MessageBody="no JSON")
    ingest.announce(ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25)))

    assert ingest.run({"Queued": True})["status"] == "SUCCEEDED"

    assert (ingest.count("readings"), len(ingest.waiting())) == (48, 1)


def test_a_refused_and_a_broken_file_are_told_and_the_others_are_taken_in(ingest: Ingest) -> None:
    good = ingest.upload("good.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))
    ingest.announce(
        good, ingest.upload("readme.txt", "Dear reader"), ingest.upload("broken.parquet", "PAR1 and no more")
    )
    ingest.announce({"bucket": LANDING, "key": "gone.csv", "size": 10})

    assert ingest.run({"Queued": True})["status"] == "SUCCEEDED"

    assert stages_of(ingest) == ["ingest", "anomalies", "outages"]
    assert ingest.count("readings") == 48
    (notice,) = ingest.notices()
    assert notice["Subject"] == "Meterlake: files were refused"
    assert "3 files" in notice["Message"]
    assert all(name in notice["Message"] for name in ("readme.txt", "broken.parquet", "gone.csv"))


def test_a_batch_that_fails_is_told_and_the_next_is_taken_in(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_PLAN_BATCH_MB", "1")
    ingest.announce(
        *(
            ingest.upload(f"{meter}.csv", one_day(meter, dt.date(2013, 1, 2), 0.25) + " " * 600_000)
            for meter in ("MAC1", "MAC2")
        )
    )

    def fails_on_the_first(arguments: dict[str, str]) -> None:
        if arguments["--landing"].endswith("batch-00001.list"):
            raise OSError("no room left")
        ingest.run_ingest(arguments)

    ingest.machines.jobs["ingest"] = fails_on_the_first

    assert ingest.run({"Queued": True})["status"] == "SUCCEEDED"

    # The first is tried once again.
    assert stages_of(ingest) == ["ingest", "ingest", "ingest", "anomalies", "outages"]
    assert ingest.count("readings") == 48
    (notice,) = ingest.notices()
    assert notice["Subject"] == "Meterlake: a batch was not taken in" and "batch-00001.list" in notice["Message"]


def test_at_night_what_was_missed_is_taken_in_and_the_lake_is_kept_in_bounds(ingest: Ingest) -> None:
    ingest.run([ingest.upload("a.csv", one_day("MAC1", dt.date(2013, 1, 2), 0.25))])
    ingest.upload("missed.csv", one_day("MAC2", dt.date(2013, 1, 2), 0.25))
    ingest.machines.job_runs.clear()

    assert ingest.run({"Nightly": True})["status"] == "SUCCEEDED"

    assert stages_of(ingest) == ["ingest", "anomalies", "outages", "upkeep"]
    assert (ingest.count("readings"), ingest.count("ingests")) == (96, 2)


def test_at_night_the_days_are_judged_where_nothing_ever_landed(ingest: Ingest) -> None:
    assert ingest.run({"Nightly": True})["status"] == "SUCCEEDED"

    assert stages_of(ingest) == ["anomalies", "outages", "upkeep"]


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
    # Once, and once again; outages are not begun.
    stages = [arguments["--stage"] for name, arguments in ingest.machines.job_runs if name == "stage"]
    assert stages == ["anomalies"] * 2
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
