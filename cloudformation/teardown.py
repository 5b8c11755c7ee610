"""Takes the platform out of an AWS account.

    python -m cloudformation.teardown meterlake

Enters: a stack's name. Leaves: nothing that runs or asks for money by the hour. What was measured is kept unless
--delete-data is given: the landing bucket, the lake, its database and the key that they are encrypted with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import click
from botocore.exceptions import ClientError

from cloudformation.artefact_bucket import artefact_bucket_name, empty_bucket
from cloudformation.deployment_parameters import BadDeployment, check_stack_name
from cloudformation.model_removal import remove_models
from cloudformation.stack_changes import Stack, StackFailed

_MACHINES = ("IngestMachineArn", "TrainMachineArn", "ForecastMachineArn")
_PASSING = ("WorkBucketName", "AccessLogBucketName")
_KEY_DAYS = 7
# What an update must name again, or loses.
_OF_A_SCHEDULE = (
    "Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target",
)  # fmt: skip


@dataclass
class TeardownReport:
    """What was done, and what is left."""

    stopped_runs: int = 0
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@click.command()
@click.argument("stack")
@click.option("--region", help="The AWS region; as the AWS tools find it otherwise.")
@click.option("--delete-data", is_flag=True, help="Delete the landing bucket, the lake and their key too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--poll-seconds", default=5.0, hidden=True)
def teardown(stack: str, region: str | None, delete_data: bool, yes: bool, as_json: bool, poll_seconds: float) -> None:
    """Delete the stack STACK and what its runs made."""
    try:
        check_stack_name(stack)
        if not yes:
            what = "with ALL DATA, raw files and lake" if delete_data else "but for its data"
            click.confirm(f"Delete the stack {stack}, {what}?", abort=True, err=True)
        report = Teardown(stack, region, poll_seconds).run(delete_data=delete_data)
    except (BadDeployment, StackFailed) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.__dict__, indent=1))
        return
    for one in report.removed:
        click.echo(f"gone  {one}")
    for one in report.left:
        click.echo(f"left  {one}")


class Teardown:
    """One stack's way out of an account."""

    def __init__(self, name: str, region: str | None, poll_seconds: float = 5.0) -> None:
        import boto3

        self._session = boto3.Session(region_name=region)
        self._store = self._session.client("s3")
        self._name = name
        self._poll_seconds = poll_seconds
        self._stack = Stack(self._session.client("cloudformation"), name, _say, poll_seconds=poll_seconds)
        self.report = TeardownReport()

    def run(self, *, delete_data: bool) -> TeardownReport:
        """Delete, in the order in which nothing starts anew behind what was deleted."""
        found, outputs = self._stack.describe(), self._stack.outputs()
        if found is None:
            _say(f"There is no stack {self._name}; looking for its artefacts.")
        else:
            parameters = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", ())}
            self._switch_off_schedules()
            self._stop_runs(outputs)
            self._remove_models(outputs)
            self._delete_stack(outputs)
            self._see_to_data(outputs, parameters, delete_data)
            if parameters.get("SetApiGatewayLogRole") == "yes":
                self.report.left.append("the account's role for API Gateway's logs, which other APIs may use")
        self._delete_bucket(self._artefact_bucket())
        return self.report

    def _switch_off_schedules(self) -> None:
        """A schedule would start the next run while the last is being stopped."""
        scheduler = self._session.client("scheduler")
        for page in scheduler.get_paginator("list_schedules").paginate(NamePrefix=f"{self._name}-"):
            for one in page["Schedules"]:
                _say(f"switching off schedule {one['Name']}")
                found = scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])
                kept = {name: found[name] for name in _OF_A_SCHEDULE if name in found}
                scheduler.update_schedule(**kept, State="DISABLED")

    def _stop_runs(self, outputs: dict[str, str]) -> None:
        machines = self._session.client("stepfunctions")
        for arn in filter(None, map(outputs.get, _MACHINES)):
            for page in machines.get_paginator("list_executions").paginate(stateMachineArn=arn, statusFilter="RUNNING"):
                for run in page["executions"]:
                    _say(f"stopping run {run['name']}")
                    machines.stop_execution(executionArn=run["executionArn"], cause="The stack is torn down.")
                    self.report.stopped_runs += 1

    def _remove_models(self, outputs: dict[str, str]) -> None:
        self.report.removed += remove_models(
            self._session.client("sagemaker"),
            name_prefix=f"{self._name}-",
            package_group=outputs.get("ModelGroupName", ""),
            say=_say,
            poll_seconds=self._poll_seconds,
        )

    def _delete_stack(self, outputs: dict[str, str]) -> None:
        buckets = [outputs[name] for name in _PASSING if name in outputs]
        for attempt in range(2):
            for bucket in buckets:
                empty_bucket(self._store, bucket, _say)
            _say(f"deleting the stack {self._name}")
            try:
                self._stack.delete()
                break
            except StackFailed:
                # S3 delivers access logs hours late: one that came in between holds its bucket.
                if attempt:
                    raise
        self.report.removed.append(f"stack {self._name}")

    def _see_to_data(self, outputs: dict[str, str], parameters: dict[str, str], delete_data: bool) -> None:
        buckets = [outputs["LakeBucketName"]] if "LakeBucketName" in outputs else []
        if parameters.get("CreateLandingZoneS3Bucket") == "yes" and "LandingBucketName" in outputs:
            buckets.append(outputs["LandingBucketName"])
        database, key = outputs.get("DatabaseName"), outputs.get("DataKeyArn")
        if not delete_data:
            self.report.left += [f"bucket {name}" for name in buckets]
            self.report.left += [f"Glue database {database}"] if database else []
            self.report.left += [f"key {key}, without which the buckets cannot be read"] if key else []
            return
        for bucket in buckets:
            self._delete_bucket(bucket)
        if database:
            self._session.client("glue").delete_database(Name=database)
            self.report.removed.append(f"Glue database {database}")
        if key:
            self._session.client("kms").schedule_key_deletion(
                KeyId=key.rsplit("/", 1)[1], PendingWindowInDays=_KEY_DAYS
            )
            self.report.left.append(f"key {key}, which goes in {_KEY_DAYS} days")

    def _artefact_bucket(self) -> str:
        account = self._session.client("sts").get_caller_identity()["Account"]
        return artefact_bucket_name(self._name, account, self._session.region_name)

    def _delete_bucket(self, name: str) -> None:
        empty_bucket(self._store, name, _say)
        try:
            self._store.delete_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            return
        self.report.removed.append(f"bucket {name}")


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    teardown()
