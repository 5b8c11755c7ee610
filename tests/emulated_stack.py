"""The whole stack, deployed by cloudformation/deploy.py onto the emulator, for tests of what deploy and its roles do.

The emulator (moto) makes real buckets, roles, topics and queues of its own from the templates, and says "complete" to every
resource that it does not know: that a stack stands here is no evidence that it would in an account.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto.cloudformation import parsing
from moto.cloudformation.models import ChangeSet
from moto.cloudformation.models import Stack as NestedStack
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from cloudformation.deploy import deploy_stack
from cloudformation.template_reading import ROOT_TEMPLATE, read_template
from tests.athena_stand_in import emulated_aws

STACK = "meterlake-test"
ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def emulated_account() -> Iterator[str]:
    """Run the emulator, with what it lacks for a stack of stacks, and give its address.

    Bucket policies are set aside: they refuse what does not come over TLS, and the emulator speaks plain HTTP. And stacks
    hand on their outputs, which the emulator forgets where stacks are nested or made by a change set. A policy to retain but for
    a first creation that fails is one that it does not know.
    """
    with emulated_aws() as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL)
        patch.setattr(NestedStack, "get_cfn_attribute", _output_of, raising=False)
        patch.setattr(ChangeSet, "apply", _apply_with_outputs(ChangeSet.apply))
        patch.setattr(parsing, "clean_json", _with_whole_attributes(parsing.clean_json))
        patch.setattr(parsing.ResourceMap, "delete", _keeping_what_was_made(parsing.ResourceMap.delete))
        yield address


def _output_of(stack: NestedStack, attribute: str) -> str:
    output = stack.output_map[attribute.removeprefix("Outputs.")]
    return "" if output is None else str(output.value)  # The emulator has no outputs that are empty.


def _apply_with_outputs(apply: Callable[[ChangeSet], None]) -> Callable[[ChangeSet], None]:
    def apply_and_read(change_set: ChangeSet) -> None:
        apply(change_set)
        stack = change_set.stack
        stack.output_map = parsing.OutputMap(stack.resource_map, change_set.template_dict, stack.stack_id)

    return apply_and_read


def _keeping_what_was_made(delete: Callable[[parsing.ResourceMap], None]) -> Callable[[parsing.ResourceMap], None]:
    def keep_and_delete(resources: parsing.ResourceMap) -> None:
        for resource in resources._resource_json_map.values():
            if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
                resource["DeletionPolicy"] = "Retain"
        delete(resources)

    return keep_and_delete


def _with_whole_attributes(clean_json: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Put Outputs.Name, which the emulator takes apart at its dot, together again; name what it does not make."""

    def clean(value: Any, resources: Any) -> Any:
        if isinstance(value, dict) and len(value.get("Fn::GetAtt", ())) == 3:
            resource, *attribute = value["Fn::GetAtt"]
            value = {"Fn::GetAtt": [resource, ".".join(attribute)]}
        cleaned = clean_json(value, resources)
        if cleaned is None and isinstance(value, dict) and value.get("Ref", "AWS::NoValue") != "AWS::NoValue":
            return value["Ref"]
        return cleaned

    return clean


def built_packages(folder: Path) -> Path:
    """Write small packages where deploy looks for built ones; the emulator starts neither."""
    (folder / "wheels").mkdir(parents=True, exist_ok=True)
    for name in ("lambda.zip", "wheels/meterlake-0.2.0-py3-none-any.whl"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr(
                zipfile.ZipInfo("meterlake/etl/plan_ingest.py"), (ROOT / "etl" / "plan_ingest.py").read_bytes()
            )
    return folder


def deployed(folder: Path, **given: str) -> dict[str, str]:
    """Deploy the stack with parameters; return its outputs."""
    declared = read_template(ROOT_TEMPLATE)["Parameters"]
    return deploy_stack(STACK, given, declared, None, built_packages(folder), poll_seconds=0.01)
