"""What every template promises: published parameters, least rights, nothing public, no name that stops a second stack."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from cloudformation.deploy import GENERATED
from cloudformation.template_reading import NESTED_TEMPLATES, ROOT_TEMPLATE, read_template
from tests.policy_reading import listed

TEMPLATES = {path.stem: read_template(path) for path in (ROOT_TEMPLATE, *NESTED_TEMPLATES)}
PUBLISHED = (
    "LandingzoneTransformer",
    "CreateLandingZoneS3Bucket",
    "LandingZoneS3BucketName",
    "NoOfMeters",
    "WithWeather",
    "IncludeRedshift",
    "MasterUsername",
    "MasterUserPassword",
    "ClusterName",
    "DBName",
    "RedshiftPort",
    "VPCCIDR",
    "PrivateSubnet1ACIDR",
    "PrivateSubnet2ACIDR",
    "RemoteAccessCIDR",
)
# Actions that AWS ties to no resource, by the service's own documentation.
ONLY_WITHOUT_RESOURCE = re.compile(
    r"xray:.+|logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)"
    r"|cloudwatch:PutMetricData|ecr:GetAuthorizationToken"
)
# Names that AWS asks for; each begins with the stack's own.
NAMED = {"WorkGroup": "Name", "SecurityConfiguration": "Name", "ModelPackageGroup": "ModelPackageGroupName"} | {
    "RestApi": "Name", "LogGroup": "LogGroupName", "Cluster": "ClusterIdentifier"
}  # fmt: skip


def resources(kind: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield each resource of a type: its name, itself, its template."""
    for template in TEMPLATES.values():
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind:
                yield name, resource, template


def role_statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role, _ in resources("AWS::IAM::Role"):
        for policy in role["Properties"].get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement if "Effect" in statement else statement["Fn::If"][1]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_parameter_stands_in_the_root_by_its_name(name: str) -> None:
    assert name in TEMPLATES["root"]["Parameters"]


def test_the_fleets_size_is_one_of_the_two_published_values() -> None:
    assert TEMPLATES["root"]["Parameters"]["NoOfMeters"]["AllowedValues"] == ["1-50000", "50001-and-more"]
    assert set(TEMPLATES["etl"]["Mappings"]["Workers"]) == {"1-50000", "50001-and-more"}


def test_an_engine_gets_no_more_than_two_fifths_of_the_machine_that_it_shares_with_spark() -> None:
    machine_gb = {"G.1X": 16, "G.2X": 32, "G.4X": 64}

    for size in TEMPLATES["etl"]["Mappings"]["Workers"].values():
        for job in ("Ingest", "Stage"):
            assert float(size[f"{job}MemoryGb"]) <= 0.4 * machine_gb[size[f"{job}Type"]]


def test_a_condition_of_grants_stands_beside_grants_alone() -> None:
    conditioned = [one for _, one in role_statements() if "kms:GrantIsForAWSResource" in str(one.get("Condition"))]

    assert conditioned and all(listed(one["Action"]) == ["kms:CreateGrant"] for one in conditioned)


def _services(statement: dict[str, Any]) -> Any:
    return statement["Principal"].get("Service", []) if isinstance(statement["Principal"], dict) else []


def test_no_condition_keeps_events_from_the_topic() -> None:
    policy = TEMPLATES["storage"]["Resources"]["NoticeTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    of_events = [one for one in policy if "events.amazonaws.com" in listed(_services(one))]

    assert of_events and all("Condition" not in one for one in of_events)


def test_remote_access_has_no_default_and_the_world_is_refused() -> None:
    remote = TEMPLATES["root"]["Parameters"]["RemoteAccessCIDR"]

    assert "Default" not in remote
    assert not re.fullmatch(remote["AllowedPattern"], "0.0.0.0/0")
    assert not re.fullmatch(remote["AllowedPattern"], "10.0.0.0/7")
    assert re.fullmatch(remote["AllowedPattern"], "192.0.2.0/24")


def test_whatever_deploy_does_not_set_has_a_default_but_for_remote_access() -> None:
    parameters = TEMPLATES["root"]["Parameters"]

    assert [name for name in parameters if "Default" not in parameters[name]] == ["RemoteAccessCIDR", *GENERATED]


def test_no_template_writes_a_partition_a_region_or_an_account() -> None:
    for path in (ROOT_TEMPLATE, *NESTED_TEMPLATES):
        # Those who publish images, by their regions, are no accounts of ours.
        text = re.sub(r"(?m)^    [\w-]+: \{Account: \"\d+\"\}$", "", path.read_text())
        assert "arn:aws:" not in text and "arn:aws-cn:" not in text, path.name
        assert not re.search(r"\b(us|eu|ap|cn)-(east|west|north|south|central)\w*-\d\b", text), path.name
        assert not re.search(r"\b\d{12}\b", text), path.name


def test_the_publisher_of_images_is_known_in_every_region_with_sagemaker() -> None:
    published = TEMPLATES["forecasting"]["Mappings"]["Publisher"]
    regions = {
        region
        for partition in ("aws", "aws-cn", "aws-us-gov")
        for region in boto3.Session().get_available_regions("sagemaker", partition)
    }

    # The library that the accounts are from has none for New Zealand.
    assert regions - published.keys() <= {"ap-southeast-6"}
    accounts = {region: found["Account"] for region, found in published.items()}
    assert (accounts["us-east-1"], accounts["af-south-1"]) == ("763104351884", "626614931356")
    assert (accounts["cn-north-1"], accounts["us-gov-east-1"]) == ("727897471807", "446045086412")
    assert all(re.fullmatch(r"\d{12}", account) for account in accounts.values())


def test_a_star_as_resource_stands_only_where_aws_knows_no_resource() -> None:
    wide = [
        (name, action)
        for name, statement in role_statements()
        for action in listed(statement["Action"])
        if "*" in listed(statement["Resource"]) and not ONLY_WITHOUT_RESOURCE.fullmatch(action)
    ]

    assert wide == []


def test_no_role_has_a_star_as_action() -> None:
    assert [
        name for name, statement in role_statements() if any("*" in one for one in listed(statement["Action"]))
    ] == []


def test_a_role_is_passed_by_its_name_to_one_service() -> None:
    passed = [(name, one) for name, one in role_statements() if "iam:PassRole" in listed(one["Action"])]

    assert [name for name, _ in passed] == ["StepRole", "MachineRole"]
    for _, statement in passed:
        assert statement["Resource"] == {"Fn::GetAtt": ["ModelRole", "Arn"]}
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_the_only_policy_of_aws_is_the_gateways_for_its_logs() -> None:
    managed = [one["Fn::Sub"] for _, role, _ in resources("AWS::IAM::Role")
               for one in role["Properties"].get("ManagedPolicyArns", ())]  # fmt: skip

    assert [one.rsplit("/", 1)[1] for one in managed] == ["AmazonAPIGatewayPushToCloudWatchLogs"]


def test_every_bucket_is_private_encrypted_and_speaks_tls_alone() -> None:
    shut = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
    buckets = {name: bucket["Properties"] for name, bucket, _ in resources("AWS::S3::Bucket")}
    policies = {policy["Properties"]["Bucket"]["Ref"]: policy for _, policy, _ in resources("AWS::S3::BucketPolicy")}

    assert set(buckets) == set(policies) == {"AccessLogBucket", "LandingBucket", "LakeBucket", "WorkBucket"}
    for name, properties in buckets.items():
        assert {key for key, value in properties["PublicAccessBlockConfiguration"].items() if value is True} == shut
        assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert properties["LifecycleConfiguration"]["Rules"]
        assert "LoggingConfiguration" in properties or name == "AccessLogBucket"
        denied = policies[name]["Properties"]["PolicyDocument"]["Statement"][0]
        assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(denied["Resource"]) == 2


def test_what_is_kept_can_be_read_later_for_its_key_is_kept_too() -> None:
    kept = [name for name, one in TEMPLATES["storage"]["Resources"].items() if "DeletionPolicy" in one]

    assert kept == ["DataKey", "LandingBucket", "LakeBucket", "LakeDatabase"]
    # A first deployment that fails leaves nothing that would stand in the way of the second.
    assert {TEMPLATES["storage"]["Resources"][name]["DeletionPolicy"] for name in kept} == {"RetainExceptOnCreate"}


def test_names_that_aws_asks_for_begin_with_the_stacks_own() -> None:
    for template in TEMPLATES.values():
        for name, resource in template["Resources"].items():
            kind = resource["Type"].rsplit("::", 1)[1]
            for key, value in resource.get("Properties", {}).items():
                if key in ("Name", "BucketName", "FunctionName", "RoleName", "TableName") or key == NAMED.get(kind):
                    assert isinstance(value, dict), f"{name}.{key} is fixed: {value}"
                    if key == NAMED.get(kind):
                        assert "NamePrefix" in json.dumps(value), name


def test_every_function_writes_to_a_log_group_that_forgets() -> None:
    functions = list(resources("AWS::Lambda::Function"))

    assert [name for name, _, _ in functions] == ["ApiFunction", "PlanFunction", "StepFunction"]
    for _, function, template in functions:
        group = template["Resources"][function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["Type"] == "AWS::Logs::LogGroup"
    for name, group, _ in resources("AWS::Logs::LogGroup"):
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogDays"}, name


def test_every_alarm_speaks_to_the_topic() -> None:
    alarms = {name: alarm["Properties"] for name, alarm, _ in resources("AWS::CloudWatch::Alarm")}

    assert {"IngestFailed", "TrainFailed", "ForecastFailed", "ApiFails", "ApiThrottled", "EndpointFails"} <= set(alarms)
    assert all(one["AlarmActions"] == [{"Ref": "NoticeTopicArn"}] for one in alarms.values())


def test_keys_have_a_quota_and_only_health_needs_none() -> None:
    ((_, plan, _),) = list(resources("AWS::ApiGateway::UsagePlan"))
    methods = {name: one["Properties"]["ApiKeyRequired"] for name, one, _ in resources("AWS::ApiGateway::Method")}

    assert {"Quota", "Throttle"} <= set(plan["Properties"])
    assert methods == {"AnyQuestion": True, "VersionedQuestion": True, "Health": False}


def test_handlers_stand_where_the_templates_say() -> None:
    handlers = {name: one["Properties"]["Handler"] for name, one, _ in resources("AWS::Lambda::Function")}

    for name in ("ApiFunction", "PlanFunction"):
        module, function = handlers[name].rsplit(".", 1)
        source = (ROOT_TEMPLATE.parents[1] / Path(*module.split("."))).with_suffix(".py").read_text()
        assert re.search(rf"^(def {function}\(|{function} =)", source, flags=re.MULTILINE)


def test_templates_pass_cfn_lint() -> None:
    lint = shutil.which("cfn-lint", path=str(Path(sys.executable).parent))
    assert lint, "cfn-lint is not installed; run: make setup"
    paths = [str(path) for path in (ROOT_TEMPLATE, *NESTED_TEMPLATES)]

    ran = subprocess.run([lint, *paths], capture_output=True, text=True)

    assert (ran.returncode, ran.stdout) == (0, "")
