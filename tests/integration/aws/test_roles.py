"""Each role may do what its code calls, and not the next thing.

The roles are those that the emulator made from the deployed templates. On S3 the emulator enforces their policies, resource
by resource, over real HTTP with the roles' own credentials. For other services it knows no resources, so there the
policies are read by IAM's rules (tests/policy_reading.py). What neither judges: conditions, bucket policies, the key's policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.emulated_roles import Account
from tests.emulated_stack import deployed, emulated_account
from tests.policy_reading import allows

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")

HERE = "us-east-1:123456789012"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with emulated_account() as address:
        outputs = deployed(tmp_path_factory.mktemp("packages"), WithEndpoint="yes")
        made = Account(address, outputs)
        store = boto3.client("s3")
        for bucket, key in (
            (made.lake, "lake/a"),
            (made.landing, "a.csv"),
            (made.work, "athena/a"),
            (made.work, "runs/ingest/r/1.report.json"),
            (made.work, "models/a"),
        ):
            store.put_object(Bucket=bucket, Key=key, Body=b"1")
        yield made


S3Call = Callable[[Any, Account], Any]
CALLS: dict[str, S3Call] = {
    "read the lake": lambda s3, at: s3.get_object(Bucket=at.lake, Key="lake/a"),
    "write the lake": lambda s3, at: s3.put_object(Bucket=at.lake, Key="lake/b", Body=b"1"),
    "delete in the lake": lambda s3, at: s3.delete_object(Bucket=at.lake, Key="lake/b"),
    "read raw files": lambda s3, at: s3.get_object(Bucket=at.landing, Key="a.csv"),
    "write raw files": lambda s3, at: s3.put_object(Bucket=at.landing, Key="b.csv", Body=b"1"),
    "list raw files": lambda s3, at: s3.list_objects_v2(Bucket=at.landing),
    "write results of queries": lambda s3, at: s3.put_object(Bucket=at.work, Key="athena/b", Body=b"1"),
    "read results of queries": lambda s3, at: s3.get_object(Bucket=at.work, Key="athena/a"),
    "write an ingest's lists": lambda s3, at: s3.put_object(Bucket=at.work, Key="runs/ingest/r/1.list", Body=b"1"),
    "read an ingest's reports": lambda s3, at: s3.get_object(Bucket=at.work, Key="runs/ingest/r/1.report.json"),
    "write a forecast's files": lambda s3, at: s3.put_object(Bucket=at.work, Key="runs/forecast/r/1", Body=b"1"),
    "read models": lambda s3, at: s3.get_object(Bucket=at.work, Key="models/a"),
    "write models": lambda s3, at: s3.put_object(Bucket=at.work, Key="models/m", Body=b"1"),
    "delete a bucket": lambda s3, at: s3.delete_bucket(Bucket=at.work),
}
MAY = {
    ("Api", "ApiRole"): {"read the lake", "write results of queries", "read results of queries"},
    ("Etl", "PlanRole"): {"list raw files", "write an ingest's lists", "read an ingest's reports"},
    ("Etl", "JobRole"): {
        "read the lake", "write the lake", "delete in the lake", "read raw files", "list raw files",
        "write results of queries", "read results of queries", "write an ingest's lists", "read an ingest's reports", "write a forecast's files",
        "read models",
    },
    ("Forecasting", "StepRole"): {
        "write an ingest's lists", "read an ingest's reports", "write a forecast's files", "write models", "read models",
    },
    ("Forecasting", "ModelRole"): {
        "write an ingest's lists", "read an ingest's reports", "write a forecast's files", "write models", "read models",
    },
}  # fmt: skip


@pytest.mark.parametrize(("stack", "role"), MAY, ids=lambda part: str(part))
def test_a_role_does_on_s3_what_its_code_does_and_nothing_else(account: Account, stack: str, role: str) -> None:
    store = account.store_of(stack, role)
    account.enforced(True)
    allowed = set()
    try:
        for name, call in CALLS.items():
            try:
                call(store, account)
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("AccessDenied", "403"):
                    raise
            else:
                allowed.add(name)
    finally:
        account.enforced(False)

    assert allowed == MAY[stack, role]


@pytest.mark.parametrize(
    ("stack", "role", "action", "resource", "is_allowed"),
    [
        ("Api", "ApiRole", "athena:StartQueryExecution", "arn:aws:athena:{here}:workgroup/{workgroup}", True),
        ("Api", "ApiRole", "athena:StartQueryExecution", "arn:aws:athena:{here}:workgroup/primary", False),
        ("Api", "ApiRole", "glue:GetTables", "arn:aws:glue:{here}:database/{database}", True),
        ("Api", "ApiRole", "glue:GetTables", "arn:aws:glue:{here}:database/other", False),
        ("Api", "ApiRole", "glue:GetDatabase", "arn:aws:glue:{here}:database/default", True),
        ("Api", "ApiRole", "glue:GetTables", "arn:aws:glue:{here}:database/default", False),
        ("Api", "ApiRole", "glue:UpdateTable", "arn:aws:glue:{here}:table/{database}/readings", False),
        ("Etl", "JobRole", "glue:UpdateTable", "arn:aws:glue:{here}:table/{database}/readings", True),
        ("Etl", "JobRole", "glue:UpdateTable", "arn:aws:glue:{here}:table/other/readings", False),
        ("Etl", "JobRole", "glue:GetDatabase", "arn:aws:glue:{here}:database/default", True),
        ("Etl", "JobRole", "glue:CreateDatabase", "arn:aws:glue:{here}:database/{database}", False),
        ("Etl", "JobRole", "glue:DeleteTable", "arn:aws:glue:{here}:table/{database}/readings", False),
        ("Etl", "JobRole", "glue:DeleteDatabase", "arn:aws:glue:{here}:database/{database}", False),
        ("Etl", "JobRole", "iam:PassRole", "arn:aws:iam::123456789012:role/any", False),
        ("Etl", "IngestRole", "sns:Publish", "{topic}", True),
        ("Etl", "IngestRole", "sns:Publish", "arn:aws:sns:{here}:other", False),
        ("Etl", "IngestRole", "glue:StartJobRun", "arn:aws:glue:{here}:job/other", False),
        ("Etl", "IngestRole", "states:StartExecution", "{ingest}", False),
        ("Etl", "PlanRole", "states:ListExecutions", "arn:aws:states:{here}:stateMachine:meterlake-test-ingest", True),
        ("Etl", "PlanRole", "states:StartExecution", "{ingest}", False),
        ("Etl", "ScheduleRole", "states:StartExecution", "{train}", False),
        ("Etl", "ScheduleRole", "states:StartExecution", "{ingest}", True),
        ("Etl", "ScheduleRole", "states:StopExecution", "{ingest}", False),
        ("Etl", "PlanRole", "glue:StartJobRun", "arn:aws:glue:{here}:job/any", False),
        ("Forecasting", "ScheduleRole", "states:StartExecution", "{forecast}", True),
        ("Forecasting", "ScheduleRole", "states:StartExecution", "{ingest}", False),
        ("Forecasting", "MachineRole", "sagemaker:CreateTrainingJob", "arn:aws:sagemaker:{here}:training-job/meterlake-test-a", True),
        ("Forecasting", "MachineRole", "sagemaker:CreateTrainingJob", "arn:aws:sagemaker:{here}:training-job/another-a", False),
        ("Forecasting", "MachineRole", "sagemaker:DeleteModel", "arn:aws:sagemaker:{here}:model/meterlake-test-a", False),
        ("Forecasting", "MachineRole", "iam:PassRole", "arn:aws:iam::123456789012:role/any", False),
        ("Forecasting", "StepRole", "sagemaker:UpdateEndpoint", "arn:aws:sagemaker:{here}:endpoint/meterlake-test-forecast", True),
        ("Forecasting", "StepRole", "sagemaker:UpdateEndpoint", "arn:aws:sagemaker:{here}:endpoint/another", False),
        ("Forecasting", "StepRole", "sagemaker:UpdateModelPackage", "arn:aws:sagemaker:{here}:model-package/meterlake-test-household/1", False),
        ("Forecasting", "StepRole", "sagemaker:DeleteEndpointConfig", "arn:aws:sagemaker:{here}:endpoint-config/meterlake-test-household-v1", True),
        ("Forecasting", "StepRole", "sagemaker:DeleteEndpointConfig", "arn:aws:sagemaker:{here}:endpoint-config/another", False),
        ("Forecasting", "StepRole", "glue:StartJobRun", "arn:aws:glue:{here}:job/other", False),
        ("Api", "ApiRole", "sagemaker:InvokeEndpoint", "arn:aws:sagemaker:{here}:endpoint/meterlake-test-forecast", True),
        ("Api", "ApiRole", "sagemaker:InvokeEndpoint", "arn:aws:sagemaker:{here}:endpoint/another", False),
        ("Forecasting", "ModelRole", "glue:GetTable", "arn:aws:glue:{here}:table/{database}/readings", False),
    ],
)  # fmt: skip
def test_a_role_may_call_its_own_resources_and_no_others(
    account: Account, stack: str, role: str, action: str, resource: str, is_allowed: bool
) -> None:
    names = {
        "here": HERE,
        "database": account.outputs["DatabaseName"],
        "workgroup": account.outputs["WorkgroupName"],
        "topic": account.outputs["NoticeTopicArn"],
        **{name: account.outputs[f"{name.capitalize()}MachineArn"] for name in ("ingest", "train", "forecast")},
    }

    assert allows(account.policies(stack, role), action, resource.format(**names)) is is_allowed
