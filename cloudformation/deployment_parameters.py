"""The stack's parameters as a person gives them, checked against the root template before AWS is asked.

Enters: texts NAME=VALUE. Leaves: what CloudFormation takes. A mistake costs seconds here, and minutes there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Nobody: the machine itself. Taken where no warehouse is made and no one needs to reach it.
_NOBODY_CIDR = "127.0.0.1/32"
# Names in SageMaker hold 63 characters, and a run's name is among them.
_STACK_NAME = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,19}")


class BadDeployment(ValueError):
    """What was asked for cannot be deployed."""


def check_stack_name(name: str) -> str:
    """Return a stack's name.

    Raises:
        BadDeployment: If other names cannot be made of it.
    """
    if not _STACK_NAME.fullmatch(name):
        raise BadDeployment(
            f"The stack's name is {name!r}; give a lower-case letter and up to 19 lower-case letters, digits and single"
            " hyphens, such as meterlake-test: the names of databases and models begin with it."
        )
    return name


def parse_parameters(texts: Iterable[str], declared: Mapping[str, Any], generated: Iterable[str]) -> dict[str, str]:
    """Return the parameters that a person gives.

    Args:
        texts: NAME=VALUE, one a text.
        declared: The root template's section Parameters.
        generated: Names of those that deploy sets itself.

    Raises:
        BadDeployment: If a name is not known or a value is not allowed.
    """
    given: dict[str, str] = {}
    own = set(declared) - set(generated)
    for text in texts:
        name, is_pair, value = text.partition("=")
        if not is_pair or name not in own:
            raise BadDeployment(f"{text!r} is no NAME=VALUE of a known name. Known: {', '.join(sorted(own))}.")
        _check_value(name, value, declared[name])
        given[name] = value
    return given


def complete_parameters(given: Mapping[str, str], declared: Mapping[str, Any], *, is_new: bool) -> dict[str, str]:
    """Return the given parameters with those that have no default and follow from the others.

    Raises:
        BadDeployment: If one that is needed is missing.
    """
    complete = dict(given)
    has_warehouse = given.get("IncludeRedshift", declared["IncludeRedshift"]["Default"]) == "yes"
    if is_new and has_warehouse:
        for name in ("RemoteAccessCIDR", "MasterUserPassword"):
            if not given.get(name):
                raise BadDeployment(f"With IncludeRedshift=yes give {name}=…; it has no default.")
    if is_new:
        complete.setdefault("RemoteAccessCIDR", _NOBODY_CIDR)
    makes_bucket = given.get("CreateLandingZoneS3Bucket", "yes") == "yes"
    if is_new and not makes_bucket and not given.get("LandingZoneS3BucketName"):
        raise BadDeployment("With CreateLandingZoneS3Bucket=no say which bucket: LandingZoneS3BucketName=….")
    return complete


def _check_value(name: str, value: str, declaration: Mapping[str, Any]) -> None:
    allowed = [str(one) for one in declaration.get("AllowedValues", ())]
    if allowed and value not in allowed:
        raise BadDeployment(f"{name} is {value!r}; it is one of {', '.join(allowed)}.")
    shown = "the value given" if declaration.get("NoEcho") else repr(value)
    pattern = declaration.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        raise BadDeployment(f"{name} is {shown}, which is not as {pattern} says. {declaration.get('Description', '')}")
    if declaration["Type"] == "Number":
        low, high = declaration.get("MinValue", float("-inf")), declaration.get("MaxValue", float("inf"))
        try:
            is_within = low <= float(value) <= high
        except ValueError:
            is_within = False
        if not is_within:
            raise BadDeployment(f"{name} is {value!r}; it is a number from {low} to {high}.")
