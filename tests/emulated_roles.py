"""The roles that the emulator made from the deployed templates: their policies, and their own credentials."""

from __future__ import annotations

import ast
import json
from typing import Any
from urllib.request import Request, urlopen

import boto3


class Account:
    """The deployed stack, its roles and who may what."""

    def __init__(self, address: str, outputs: dict[str, str]) -> None:
        self._address = address
        self.outputs = outputs
        names = [one["RoleName"] for one in boto3.client("iam").list_roles()["Roles"]]
        # Logical names repeat among the nested stacks: Etl-ScheduleRole, Forecasting-ScheduleRole.
        self._roles = {(name.split("-")[2], name.split("-")[4]): name for name in names}
        _put_policies_as_json(names)
        self.lake, self.landing, self.work = (outputs[f"{which}BucketName"] for which in ("Lake", "Landing", "Work"))

    def policies(self, stack: str, role: str) -> list[dict[str, Any]]:
        client, name = boto3.client("iam"), self._roles[stack, role]
        listed = client.list_role_policies(RoleName=name)["PolicyNames"]
        found: list[dict[str, Any]] = [
            client.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in listed
        ]
        return found

    def credentials_of(self, stack: str, role: str) -> dict[str, str]:
        """Return a role's own credentials, as the environment holds them."""
        arn = f"arn:aws:iam::123456789012:role/{self._roles[stack, role]}"
        given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    def store_of(self, stack: str, role: str) -> Any:
        """Return S3 with a role's own credentials."""
        return boto3.client("s3", **{name.lower(): value for name, value in self.credentials_of(stack, role).items()})

    def enforced(self, is_enforced: bool) -> None:
        count = b"0" if is_enforced else b"inf"
        plain = {"Content-Type": "text/plain"}
        urlopen(Request(f"{self._address}/moto-api/reset-auth", data=count, headers=plain, method="POST")).close()


def _put_policies_as_json(roles: list[str]) -> None:
    """Put each policy anew: the emulator keeps those of templates as Python prints them, and cannot read them then."""
    client = boto3.client("iam")
    for role in roles:
        for name in client.list_role_policies(RoleName=role)["PolicyNames"]:
            document = client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            policy = ast.literal_eval(document) if isinstance(document, str) else document
            # What AWS::NoValue takes away, the emulator leaves as nothing.
            policy["Statement"] = [statement for statement in policy["Statement"] if statement]
            client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))
