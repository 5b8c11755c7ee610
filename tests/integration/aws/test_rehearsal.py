"""The first days of an account, played: the stack's own outputs, environment and arguments, the deployed definition of *ingest*,
each entry file started as a program of its own with its role's credentials, and every call held against the role's policy.

S3, Glue, SQS, SNS and the interpreter of states are the emulator's. Two things are not as they are there. After the script's start
DuckDB does Spark's part (test_spark_on_s3.py runs the same script with Spark on s3://, without roles). And the API's answers are
Trino's, asked as Athena is, where `make engines` has brought it; elsewhere DuckDB's. What else nobody witnesses here stands in
docs/how-to/deploy.md.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

from cloudformation.template_reading import FOLDER, read_template
from meterlake.api.gateway import create_handler
from meterlake.api.settings import ApiSettings
from meterlake.lake.aws.athena_lake import AthenaLake
from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.engine_choice import open_engine
from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings
from tests.athena_answers import TrinoAnswers
from tests.athena_stand_in import AthenaStandIn
from tests.emulated_jobs import EmulatedMachines, definition_of, run_what_is_started
from tests.emulated_roles import Account
from tests.emulated_stack import STACK, deployed, emulated_account
from tests.engines.presence import are_here
from tests.gateway_events import rest_event
from tests.london_days import one_day
from tests.policy_reading import allows, listed
from tests.recorded_calls import RecordedCalls

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")]

ROOT = FOLDER.parent
JANUARY_2 = dt.date(2013, 1, 2)
# What the emulator, which makes neither, calls the database and the workgroup; and what they are called in an account.
NAMES = {"LakeDatabase": "meterlake_test_1a2b3c4d", "Workgroup": STACK}
# The script with DuckDB in Spark's place.
ON_DUCKDB = """
import runpy, sys
from meterlake.etl.glue_jobs import session, spark_pipeline
from meterlake.etl.pipeline import Pipeline
session.open_session = lambda **_: None
spark_pipeline.SparkPipeline = lambda _: Pipeline()
script, *arguments = sys.argv[1:]
sys.argv = [script, "--local", "local[1]", *arguments]
runpy.run_path(script, run_name="__main__")
"""
PLANNING = "import json, sys, meterlake.etl.plan_ingest as p; print(json.dumps(p.handler(json.load(sys.stdin))))"


class Rehearsal:
    """A deployed stack whose parts run."""

    def __init__(self, address: str, outputs: dict[str, str], calls: RecordedCalls) -> None:
        self.account, self.outputs, self.calls = Account(address, outputs), outputs, calls
        self.address = address
        self.resources = read_template(FOLDER / "etl.yaml")
        self.machines = EmulatedMachines()
        self._store = boto3.client("s3")
        boto3.client("glue").create_database(DatabaseInput={"Name": NAMES["LakeDatabase"]})
        functions = {one["FunctionName"]: one for one in boto3.client("lambda").list_functions()["Functions"]}
        (plan,) = (one for name, one in functions.items() if "PlanFunction" in name)
        self.plan_environment = {name: str(value) for name, value in plan["Environment"]["Variables"].items()}
        self.machines.handlers[plan["FunctionName"]] = self.plan
        self.notices = boto3.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
        arn = "arn:aws:sqs:us-east-1:123456789012:notices"
        boto3.client("sns").subscribe(TopicArn=outputs["NoticeTopicArn"], Protocol="sqs", Endpoint=arn)
        definition = definition_of(
            "ingest",
            {
                "PlanFunctionArn": plan["FunctionArn"],
                "IngestJobName": self.machines.add_job("ingest", self.run_ingest),
                "StageJobName": self.machines.add_job("stage", self.run_stage),
                "LandingFormat": "auto",
                "NoticeTopicArn": outputs["NoticeTopicArn"],
            },
        )
        # The emulator that runs machines is another than the one that the stack made its machine in.
        role = "arn:aws:iam::123456789012:role/machine"
        made = boto3.client("stepfunctions").create_state_machine(
            name=f"{STACK}-ingest", definition=definition, roleArn=role
        )
        assert made["stateMachineArn"] == outputs["IngestMachineArn"]

    def plan(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        answer = self._start([sys.executable, "-c", PLANNING], "PlanRole", self.plan_environment, json.dumps(event))
        found: dict[str, Any] = json.loads(answer)
        return found

    def run_ingest(self, arguments: dict[str, str]) -> None:
        script = str(ROOT / "etl" / "glue_jobs" / "ingest.py")
        given = {**self._arguments("IngestJob"), **arguments}
        words = [word for name, value in given.items() for word in (name, value)]
        self._start([sys.executable, "-c", ON_DUCKDB, script, *words], "JobRole")

    def run_stage(self, arguments: dict[str, str]) -> None:
        given = {**self._arguments("StageJob"), **arguments}
        words = [word for name, value in given.items() for word in (name, value)]
        self._start([sys.executable, str(ROOT / "cli" / "run_stage.py"), *words], "JobRole")

    def _arguments(self, job: str) -> dict[str, str]:
        """Return a job's default arguments from the template, with what they refer to filled in."""
        template, outputs = self.resources, self.outputs
        known = {
            **{f"{name}BucketName": outputs[f"{name}BucketName"] for name in ("Lake", "Work", "Landing")},
            "NamePrefix": STACK,
            "NoOfMeters": "1-50000",
            "TimeZone": "Europe/London",
            "DatabaseName": NAMES["LakeDatabase"],
            "WorkgroupName": NAMES["Workgroup"],
            "AWS::Region": "us-east-1",
            "JobModules": "none",
        }

        def filled(value: Any) -> str:
            match value:
                case {"Ref": name}:
                    return known[name]
                case {"Fn::Sub": text}:
                    for name, meant in known.items():
                        text = text.replace(f"${{{name}}}", meant)
                    return str(text)
                case {"Fn::FindInMap": [mapping, key, name]}:
                    return str(template["Mappings"][mapping][filled(key)][name])
            return str(value)

        defaults = template["Resources"][job]["Properties"]["DefaultArguments"]
        return {name: filled(value) for name, value in defaults.items()}

    def _start(self, command: list[str], role: str, environment: dict[str, str] | None = None, given: str = "") -> str:
        """Start a program with a role's credentials and nothing else of ours in its environment; return what it says."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION")}
        credentials = self.calls.know(role, self.account.credentials_of("Etl", role))
        ended = subprocess.run(
            command,
            input=given,
            env={**kept, **credentials, "PYTHONPATH": str(ROOT), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(ended.stderr[-3000:])
        return ended.stdout

    def upload(self, key: str, text: str, *, times: int = 1) -> None:
        """Put an object into the landing bucket; EventBridge tells the queue, now and then twice."""
        self._store.put_object(Bucket=self.outputs["LandingBucketName"], Key=key, Body=text.encode())
        detail = {"bucket": {"name": self.outputs["LandingBucketName"]}, "object": {"key": key, "size": len(text)}}
        for _ in range(times):
            boto3.client("sqs").send_message(
                QueueUrl=self.plan_environment["METERLAKE_PLAN_QUEUE"], MessageBody=json.dumps({"detail": detail})
            )

    def run(self, given: dict[str, Any]) -> None:
        ended = self.machines.run(self.outputs["IngestMachineArn"], given, seconds=300)
        assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))

    def told(self) -> list[str]:
        found = boto3.client("sqs").receive_message(QueueUrl=self.notices, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"])["Message"] for one in found]

    def answer(self, target: str) -> Any:
        settings = LakeSettings(lake=self._arguments("IngestJob")["--METERLAKE_LAKE"], threads=1)
        with self._asked(settings) as lake:
            answered = create_handler(lake, ApiSettings(request_log=False))(rest_event(target), None)
        assert answered["statusCode"] == 200, answered
        return json.loads(answered["body"])

    @contextmanager
    def _asked(self, settings: LakeSettings) -> Iterator[Lake]:
        """Open the lake that the API asks: Athena with Trino behind it, or this machine's engine where there is none."""
        if not are_here():
            yield open_engine(settings)
            return
        from tests.engines.trino_server import glue_in_trino

        # The workgroup of the templates is one that the emulator did not make.
        athena = AthenaSettings(database=NAMES["LakeDatabase"], region="us-east-1", poll_seconds=0.01)
        with glue_in_trino(self.address, region="us-east-1", schema=athena.database) as connection:
            stand_in = AthenaStandIn(self.address, TrinoAnswers(connection))
            yield AthenaLake(settings, athena, stand_in.session())

    def policies(self, role: str) -> list[dict[str, Any]]:
        text = json.dumps(self.account.policies("Etl", role))
        for here, there in NAMES.items():
            text = text.replace(here, there)
        found: list[dict[str, Any]] = json.loads(text)
        return found


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    calls = RecordedCalls()
    with emulated_account() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("METERLAKE_ATHENA_DATABASE", NAMES["LakeDatabase"])
        patch.setenv("METERLAKE_ATHENA_REGION", "us-east-1")
        outputs = deployed(tmp_path_factory.mktemp("packages"), TimeZone="Europe/London")
        patch.setenv("MOTO_PORT", address.rsplit(":", 1)[1])  # where its machines look for the other services
        calls.listen(patch)
        body = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
        urlopen(Request(f"{address}/moto-api/config", body, {"Content-Type": "application/json"})).close()
        played = Rehearsal(address, outputs, calls)
        run_what_is_started(played.machines, patch)
        yield played


@pytest.fixture(scope="module")
def played(rehearsal: Rehearsal) -> Rehearsal:
    """Two uploads, one told twice; then a late day, a restated one, a text that is none and a file that broke; then a night."""
    rehearsal.upload("2013/a.csv", one_day("MAC1", JANUARY_2, 0.25), times=2)
    rehearsal.upload("2013/b.csv", one_day("MAC2", JANUARY_2, 0.5))
    rehearsal.run({"Queued": True})
    rehearsal.upload("2013/late.csv", one_day("MAC1", dt.date(2012, 12, 31), 0.75))
    rehearsal.upload("2013/restated.csv", one_day("MAC2", JANUARY_2, 0.125))
    rehearsal.upload("readme.txt", "Dear reader")
    rehearsal.upload("broken.parquet", "PAR1 and no more")
    rehearsal.run({"Queued": True})
    rehearsal.run({"Nightly": True})
    return rehearsal


def test_what_was_uploaded_is_answered(played: Rehearsal) -> None:
    settings = LakeSettings(lake=played._arguments("IngestJob")["--METERLAKE_LAKE"], threads=1)
    lake = open_engine(settings)

    counted = lake.select("SELECT count(*) AS readings, sum(value) AS kwh FROM readings").to_pylist()

    # 48 half-hours of 0.25 and of 0.75 of the first meter, and of 0.125 of the second, whose 0.5 no longer stand.
    assert counted == [{"readings": 144, "kwh": 54.0}]
    assert lake.select("SELECT count(*) AS n FROM superseded").to_pylist() == [{"n": 48}]
    assert lake.select("SELECT count(*) AS n FROM ingests").to_pylist() == [{"n": 4}]
    daily = played.answer("/consumption/daily/2013/MAC000002".replace("MAC000002", "MAC2"))
    assert ["MAC2", "20130102", 6.0] in daily


def test_what_was_refused_was_told_and_stopped_nothing(played: Rehearsal) -> None:
    told = "\n".join(played.told())

    assert "readme.txt" in told and "broken.parquet" in told
    names = [arguments.get("--stage", name) for name, arguments in played.machines.job_runs]
    assert names == ["ingest", "anomalies", "outages"] * 3 + ["upkeep"]


@pytest.mark.parametrize("role", ["PlanRole", "JobRole"])
def test_every_call_is_one_that_its_role_may_make(played: Rehearsal, role: str) -> None:
    policies = played.policies(role)

    made = [call for call in played.calls.made if call.who == role]
    refused = sorted({(one.action, one.resource) for one in made if not allows(policies, one.action, one.resource)})

    assert made and refused == []


# What no call here is: AWS asks for it on a caller's behalf. Keys and logs are of every role.
_ON_BEHALF = {"kms:Decrypt", "kms:GenerateDataKey", "logs:CreateLogStream", "logs:PutLogEvents"}
UNCALLED: dict[str, set[str]] = {
    "PlanRole": _ON_BEHALF,
    # Glue's own logs and metrics; a large file's upload that breaks off; and Athena, which the stages of forecasts ask.
    "JobRole": _ON_BEHALF
    | {"logs:CreateLogGroup", "cloudwatch:PutMetricData", "s3:AbortMultipartUpload", "s3:GetBucketLocation"}
    | {"glue:GetDatabases", "glue:GetPartitions"}
    | {f"athena:{one}" for one in ("StartQueryExecution", "GetQueryExecution", "GetQueryResults", "StopQueryExecution")}
    | {"athena:GetWorkGroup"},
}


@pytest.mark.parametrize("role", ["PlanRole", "JobRole"])
def test_a_role_may_little_that_no_run_calls(played: Rehearsal, role: str) -> None:
    called = {call.action for call in played.calls.made if call.who == role}
    allowed = {
        action
        for policy in played.policies(role)
        for statement in listed(policy["Statement"])
        for action in listed(statement["Action"])
    }

    assert allowed - called == UNCALLED[role]
