"""Which actions on which resources a role's policies allow, by IAM's own rules.

Only Allow statements stand in roles here. Conditions narrow what is allowed and are read by the tests that name them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any


def listed(value: Any) -> list[Any]:
    """Return a value that may stand alone as a list."""
    return value if isinstance(value, list) else [value]


def allows(policies: list[dict[str, Any]], action: str, resource: str) -> bool:
    """Whether policies allow an action on a resource."""
    return any(
        statement["Effect"] == "Allow"
        and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        for policy in policies
        for statement in listed(policy["Statement"])
    )
