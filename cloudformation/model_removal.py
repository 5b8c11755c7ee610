"""Removes what forecasting runs made outside of the stack: endpoints, their configurations, models, packages.

Enters: a SageMaker client and what the names begin with. Leaves: nothing of these; training and transform jobs, which run
to their end or were stopped, stay in SageMaker's list as history and cost nothing.
"""

from __future__ import annotations

import time
from typing import Any

from cloudformation.stack_changes import Say

# While an endpoint is one of these, it cannot be deleted.
_CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack")


def remove_models(
    client: Any, *, name_prefix: str, package_group: str, say: Say, poll_seconds: float = 5.0
) -> list[str]:
    """Delete all endpoints, configurations, models and packages of a stack; return what was deleted.

    Args:
        client: SageMaker's.
        name_prefix: The stack's name and a hyphen.
        package_group: The model package group; empty for none.
        say: Told of each.
        poll_seconds: How often an endpoint that is being changed is looked at.
    """
    deletions = {
        "endpoint": (client.delete_endpoint, "EndpointName"),
        "endpoint configuration": (client.delete_endpoint_config, "EndpointConfigName"),
        "model": (client.delete_model, "ModelName"),
    }
    removed = []
    for kind, name in _found(client, name_prefix):
        if kind == "endpoint":
            _wait_until_settled(client, name, say, poll_seconds)
        say(f"deleting {kind} {name}")
        delete, field = deletions[kind]
        delete(**{field: name})
        removed.append(f"{kind} {name}")
    for arn in _packages(client, package_group):
        say(f"deleting model package {arn.rsplit(':', 1)[-1]}")
        client.delete_model_package(ModelPackageName=arn)
        removed.append(f"model package {arn}")
    return removed


def _wait_until_settled(client: Any, endpoint: str, say: Say, poll_seconds: float) -> None:
    while (status := client.describe_endpoint(EndpointName=endpoint)["EndpointStatus"]) in _CHANGING:
        say(f"endpoint {endpoint} is {status}; waiting")
        time.sleep(poll_seconds)


def _found(client: Any, prefix: str) -> list[tuple[str, str]]:
    """Endpoints first: a configuration in use cannot go."""
    kinds = (
        ("endpoint", "list_endpoints", "Endpoints", "EndpointName"),
        ("endpoint configuration", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
        ("model", "list_models", "Models", "ModelName"),
    )
    # `NameContains` finds names that hold the prefix anywhere: another stack's must stay.
    return [
        (kind, one[field])
        for kind, operation, section, field in kinds
        for page in client.get_paginator(operation).paginate(NameContains=prefix)
        for one in page[section]
        if one[field].startswith(prefix)
    ]


def _packages(client: Any, group: str) -> list[str]:
    if not group:
        return []
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    return [one["ModelPackageArn"] for page in pages for one in page["ModelPackageSummaryList"]]
