"""deploy.py and teardown.py from end to end against the emulator: what they ask for, in which order, and what they leave.

The emulator's CloudFormation completes what it does not know, so that these tests are evidence for the scripts' flow
alone; see tests/emulated_stack.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from moto.sagemaker.models import sagemaker_backends

from cloudformation.deploy import deploy
from cloudformation.model_removal import remove_models
from cloudformation.stack_changes import Stack, StackFailed
from cloudformation.teardown import Teardown, TeardownReport, teardown
from tests.emulated_stack import STACK, built_packages, deployed, emulated_account

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")


@pytest.fixture(scope="module")
def first_outputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with emulated_account():
        yield deployed(tmp_path_factory.mktemp("packages"))


def our_buckets() -> list[str]:
    return [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"] if one["Name"].startswith(STACK)]


def test_the_outputs_name_what_a_person_needs_next(first_outputs: dict[str, str]) -> None:
    wanted = {"ApiUrl", "ApiKeyId", "LandingBucketName", "LakeBucketName", "IngestMachineArn", "WorkgroupName"}

    assert wanted <= set(first_outputs)
    assert first_outputs["ApiUrl"].startswith("https://")


def test_the_same_tree_again_uploads_nothing_and_changes_nothing(
    first_outputs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployed(tmp_path) == first_outputs

    told = capsys.readouterr().err
    assert "0 of 16 artefacts were new" in told
    assert "nothing has changed" in told


def test_the_artefacts_bucket_is_encrypted_and_private(first_outputs: dict[str, str]) -> None:
    store = boto3.client("s3")
    (name,) = [name for name in our_buckets() if "-artefacts-" in name]

    access = store.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    encryption = store.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]

    assert set(access.values()) == {True}
    assert encryption[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert "aws:SecureTransport" in store.get_bucket_policy(Bucket=name)["Policy"]


def test_a_change_that_cloudformation_refuses_is_told_with_its_reason() -> None:
    class Refusing:
        """CloudFormation, as far as a refused change set goes."""

        def describe_stacks(self, StackName: str) -> None:  # noqa: N803
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")

        def create_change_set(self, **_: object) -> None: ...

        def delete_change_set(self, **_: object) -> None: ...

        def describe_change_set(self, **_: object) -> dict[str, str]:
            return {"Status": "FAILED", "StatusReason": "Parameters: [RemoteAccessCIDR] must have values"}

    with pytest.raises(StackFailed, match="RemoteAccessCIDR"):
        Stack(Refusing(), STACK, lambda text: None).apply("https://…", "…", {})


def test_a_dry_run_needs_no_account_and_touches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)

    ran = CliRunner().invoke(deploy, ["a-lake", "NoOfMeters=50001-and-more", "--dry-run"])

    assert ran.exit_code == 0, ran.output
    assert "create or update the stack a-lake" in ran.output
    assert "NoOfMeters=50001-and-more" in ran.output
    assert "warehouse.yaml" not in ran.output
    assert ran.output.rstrip().endswith("nothing was built, uploaded or changed")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["A-Lake"], "lower-case letter"),
        (["a-lake", "NoOfMeters=7"], "one of 1-50000, 50001-and-more"),
        (["a-lake", "RemoteAccessCIDR=0.0.0.0/0"], "RemoteAccessCIDR"),
        (["a-lake", "IncludeRedshift=yes"], "RemoteAccessCIDR=…; it has no default"),
        (["a-lake", "CreateLandingZoneS3Bucket=no"], "LandingZoneS3BucketName=…"),
        (["a-lake", "Colour=red"], "no NAME=VALUE of a known name"),
        (["a-lake", "RequestsADay=0"], "a number from 1"),
    ],
)
def test_a_mistake_is_told_before_aws_is_asked(arguments: list[str], said: str) -> None:
    ran = CliRunner().invoke(deploy, [*arguments, "--dry-run"])

    assert ran.exit_code == 1
    assert said in ran.output


def test_a_password_is_shown_to_nobody() -> None:
    given = ["IncludeRedshift=yes", "RemoteAccessCIDR=10.1.0.0/16", "MasterUserPassword=Sesame-Open-1"]

    ran = CliRunner().invoke(deploy, ["a-lake", *given, "--dry-run"])

    assert "MasterUserPassword=(hidden)" in ran.output and "Sesame" not in ran.output
    assert "warehouse.yaml" in ran.output


def test_packages_that_were_not_built_are_missed_by_name(tmp_path: Path) -> None:
    with emulated_account():
        ran = CliRunner().invoke(deploy, ["a-lake", "--built", str(tmp_path)])

    assert ran.exit_code == 1 and "is not there; leave out --built" in ran.output


def test_nothing_is_deleted_without_a_yes() -> None:
    ran = CliRunner().invoke(teardown, ["a-lake"], input="n\n")

    assert ran.exit_code == 1 and "Aborted" in ran.output


def test_teardown_keeps_the_data_and_says_so(tmp_path: Path) -> None:
    with emulated_account():
        outputs = deployed(tmp_path)
        store = boto3.client("s3")
        for name in ("LakeBucketName", "LandingBucketName", "WorkBucketName"):
            store.put_object(Bucket=outputs[name], Key="a", Body=b"1")
            store.put_object(Bucket=outputs[name], Key="a", Body=b"2")  # A second version of it.

        report = Teardown(STACK, None, 0.01).run(delete_data=False)

        kept = {outputs["LakeBucketName"], outputs["LandingBucketName"]}
        assert set(our_buckets()) == kept
        assert {f"bucket {name}" for name in kept} < set(report.left)
        assert Stack(boto3.client("cloudformation"), STACK, lambda text: None).describe() is None


def test_schedules_are_switched_off_before_runs_are_stopped_and_others_are_left(tmp_path: Path) -> None:
    with emulated_account():
        deployed(tmp_path)
        scheduler = boto3.client("scheduler")
        target = {"Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:any", "RoleArn": "arn:aws:iam::1:role/any"}
        for name in (f"{STACK}-Etl-UploadSchedule", f"other-{STACK}-schedule"):
            scheduler.create_schedule(
                Name=name, ScheduleExpression="rate(5 minutes)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
            )

        Teardown(STACK, None, 0.01).run(delete_data=False)

        states = {one["Name"]: one["State"] for one in scheduler.list_schedules()["Schedules"]}
        assert states[f"{STACK}-Etl-UploadSchedule"] == "DISABLED"
        assert states[f"other-{STACK}-schedule"] == "ENABLED"


def test_an_endpoint_that_is_being_changed_is_deleted_when_that_is_over() -> None:
    with emulated_account():
        client, name = boto3.client("sagemaker"), f"{STACK}-forecast"
        client.create_model(ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/model")
        variant = {
            "VariantName": "live",
            "ModelName": "model",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
        client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        client.create_endpoint(EndpointName=name, EndpointConfigName=name)
        endpoint = next(iter(sagemaker_backends["123456789012"]["us-east-1"].endpoints.values()))
        endpoint.endpoint_status = "Updating"
        said: list[str] = []

        def say(text: str) -> None:
            said.append(text)
            endpoint.endpoint_status = "InService"

        remove_models(client, name_prefix=f"{STACK}-", package_group="", say=say, poll_seconds=0.01)

        assert said[:2] == [f"endpoint {name} is Updating; waiting", f"deleting endpoint {name}"]
        assert client.list_endpoints()["Endpoints"] == []


def test_teardown_with_its_data_leaves_no_bucket(tmp_path: Path) -> None:
    with emulated_account():
        outputs = deployed(built_packages(tmp_path))
        boto3.client("glue").create_database(DatabaseInput={"Name": outputs["DatabaseName"]})
        boto3.client("s3").put_object(Bucket=outputs["LakeBucketName"], Key="lake/a", Body=b"1")
        sagemaker = boto3.client("sagemaker")
        for name in (f"{STACK}-model", f"other-{STACK}-model"):
            sagemaker.create_model(ModelName=name, ExecutionRoleArn="arn:aws:iam::123456789012:role/model")

        report = Teardown(STACK, None, 0.01).run(delete_data=True)

        assert our_buckets() == []
        assert [one["ModelName"] for one in sagemaker.list_models()["Models"]] == [f"other-{STACK}-model"]
        assert f"model {STACK}-model" in report.removed
        assert [one for one in report.left if one.startswith("bucket")] == []


def test_teardown_of_what_is_not_there_does_nothing() -> None:
    with emulated_account():
        assert Teardown("never-made", None, 0.01).run(delete_data=True) == TeardownReport()
