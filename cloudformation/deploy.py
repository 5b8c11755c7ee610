"""Creates or updates the platform in an AWS account.

    python -m cloudformation.deploy meterlake NoOfMeters=1-50000 TimeZone=Europe/London

Enters: a stack's name and its parameters; credentials as the AWS tools find them. Leaves: a stack, its outputs on
stdout. Package, upload, change set, wait: each step says on stderr that it begins, and each may be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cloudformation.artefact_bucket import artefact_bucket_name, bucket_url, make_artefact_bucket, upload_artefacts
from cloudformation.artefacts import (
    DIST,
    Artefact,
    artefact_parameters,
    build_packages,
    gather_artefacts,
    root_template,
)
from cloudformation.deployment_parameters import (
    BadDeployment,
    check_stack_name,
    complete_parameters,
    parse_parameters,
)
from cloudformation.stack_changes import Stack, StackFailed
from cloudformation.template_reading import DEFINITIONS, NESTED_TEMPLATES, ROOT_TEMPLATE, read_template

GENERATED = (
    "ArtefactBucket",
    "PackageKey",
    "IngestScriptKey",
    "StageScriptKey",
    "SourceKey",
    "IngestDefinitionKey",
    "TrainDefinitionKey",
    "ForecastDefinitionKey",
    "JobModules",
)


@click.command()
@click.argument("stack")
@click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--region", help="The AWS region; as the AWS tools find it otherwise.")
@click.option(
    "--built",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder with lambda.zip and wheels/, such as dist after an earlier run; both are built anew otherwise.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done; ask AWS nothing and build nothing.")
@click.option("--json", "as_json", is_flag=True, help="The outputs as JSON.")
@click.option("--poll-seconds", default=5.0, hidden=True)
def deploy(
    stack: str,
    parameters: tuple[str, ...],
    region: str | None,
    built: Path | None,
    dry_run: bool,
    as_json: bool,
    poll_seconds: float,
) -> None:
    """Create the stack STACK, or bring it up to date with this tree."""
    declared = read_template(ROOT_TEMPLATE)["Parameters"]
    try:
        check_stack_name(stack)
        given = parse_parameters(parameters, declared, GENERATED)
        if dry_run:
            click.echo("\n".join(planned_steps(stack, complete_parameters(given, declared, is_new=True), built)))
            return
        outputs = deploy_stack(stack, given, declared, region, built, poll_seconds)
    except (BadDeployment, StackFailed, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(outputs, indent=1) if as_json else as_table(outputs))


def deploy_stack(
    name: str,
    given: Mapping[str, str],
    declared: Mapping[str, Any],
    region: str | None,
    built: Path | None,
    poll_seconds: float = 5.0,
) -> dict[str, str]:
    """Package, upload, apply; return the outputs."""
    import boto3

    session = boto3.Session(region_name=region)
    stack = Stack(session.client("cloudformation"), name, say, poll_seconds=poll_seconds)
    complete = complete_parameters(given, declared, is_new=stack.describe() is None)
    if built is None:
        say("building the Lambda package and the wheel")
        build_packages()
    artefacts = gather_artefacts(built or DIST)
    identity = session.client("sts").get_caller_identity()
    partition, account = identity["Arn"].split(":")[1], identity["Account"]
    bucket = artefact_bucket_name(name, account, session.region_name)
    store = session.client("s3")
    make_artefact_bucket(store, bucket, account=account, region=session.region_name, partition=partition, say=say)
    base = bucket_url(bucket, session.region_name, "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com")
    template = root_template(ROOT_TEMPLATE.read_text(), artefacts, base)
    root = Artefact("", ROOT_TEMPLATE.name, template.encode())
    uploaded = upload_artefacts(store, bucket, [*artefacts, root], say)
    say(f"{uploaded} of {len(artefacts) + 1} artefacts were new")
    wanted = {**complete, **artefact_parameters(bucket, artefacts)}
    has_changed = stack.apply(f"{base}/{root.key}", template, wanted)
    say(f"{name} is up to date" if has_changed else f"{name} was up to date: nothing has changed")
    _tell_events_switch(store, given)
    return stack.outputs()


def planned_steps(stack: str, parameters: Mapping[str, str], built: Path | None) -> list[str]:
    """Return what a deployment would do, in order."""
    shown = {name: "(hidden)" if "Password" in name else value for name, value in parameters.items()}
    steps = [
        f"take lambda.zip and wheels/ from {built}" if built else "build dist/lambda.zip and the wheel",
        f"make the bucket {artefact_bucket_name(stack, 'ACCOUNT', 'REGION')} if it is not there, encrypted and private",
        f"upload, where not there: the two packages, two job scripts, the containers' source, {len(DEFINITIONS)} state"
        f" machines, {len(NESTED_TEMPLATES) + 1} templates",
        f"create or update the stack {stack} through a change set, and wait",
    ]
    lines = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
    lines.append("parameters: " + ", ".join(f"{name}={value}" for name, value in sorted(shown.items())))
    lines.append("the others keep their defaults, or the values that the stack has")
    has_warehouse = parameters.get("IncludeRedshift") == "yes"
    for path in [ROOT_TEMPLATE, *NESTED_TEMPLATES]:
        if path.name not in ("network.yaml", "warehouse.yaml") or has_warehouse:
            lines.append(f"  {path.name}: {len(read_template(path)['Resources'])} resources")
    lines.append("nothing was built, uploaded or changed")
    return lines


def as_table(outputs: Mapping[str, str]) -> str:
    """Return outputs as lines of name and value."""
    width = max(map(len, outputs), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in sorted(outputs.items()))


def say(text: str) -> None:
    """Tell a person, on stderr."""
    click.echo(text, err=True)


def _tell_events_switch(store: Any, given: Mapping[str, str]) -> None:
    """Say how a bucket that was there already is made to speak, if it is silent; it is not ours to change."""
    bucket = given.get("LandingZoneS3BucketName")
    if bucket and "EventBridgeConfiguration" not in store.get_bucket_notification_configuration(Bucket=bucket):
        say(
            f"{bucket} does not send its events to EventBridge, so uploads start nothing. Switch that on in the bucket's"
            " properties, under Event notifications."
        )


if __name__ == "__main__":
    deploy()
