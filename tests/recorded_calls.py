"""Every call that reaches the emulated AWS, with whose it is: the action and the resources that IAM would be asked for.

Enters: requests over HTTP, signed with a role's own credentials, whichever library sent them. Leaves: calls that can be held
against the role's policy. Conditions, and what AWS does on a caller's behalf (keys, logs), are not seen here.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

_HERE = "us-east-1:123456789012"
_SERVICES = {"AWSGlue": "glue", "AmazonSQS": "sqs", "AWSStepFunctions": "states", "AmazonAthena": "athena"}
# The action that IAM asks for where it is not the call's own name.
_ASKED_AS = {"sqs:DeleteMessageBatch": "sqs:DeleteMessage"}


@dataclass(frozen=True)
class Call:
    """One call: who made it, what IAM calls it, and on what."""

    who: str
    action: str
    resource: str


class RecordedCalls:
    """The calls of those whose credentials are known.

    Attributes:
        made: Each once.
    """

    def __init__(self) -> None:
        self.made: set[Call] = set()
        self._names: dict[str, str] = {}

    def know(self, name: str, credentials: dict[str, str]) -> dict[str, str]:
        """Record what is called with these credentials under a name; return them."""
        self._names[credentials["AWS_ACCESS_KEY_ID"]] = name
        return credentials

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Stand at the emulator's door for as long as the patch lasts."""
        answer = DomainDispatcherApplication.__call__

        def note_and_answer(application: Any, request: dict[str, Any], start: Callable[..., Any]) -> Any:
            self._note(request)
            return answer(application, request, start)

        patch.setattr(DomainDispatcherApplication, "__call__", note_and_answer)

    def _note(self, request: dict[str, Any]) -> None:
        signed = re.search(r"Credential=(\w+)/\d+/[\w-]+/(\w+)/", request.get("HTTP_AUTHORIZATION", ""))
        if not signed or signed[1] not in self._names:
            return
        body = request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0)) if _has_body(request) else b""
        if body:
            request["wsgi.input"] = io.BytesIO(body)
        name = self._names[signed[1]]
        asked = _of_s3(request, body) if signed[2] == "s3" else _of_json(request, body)
        self.made.update(Call(name, action, resource) for action, resource in asked)


def _has_body(request: dict[str, Any]) -> bool:
    """Say whether a call's body says what it is about; that of an upload does not."""
    return request["REQUEST_METHOD"] == "POST"


def _of_s3(request: dict[str, Any], body: bytes) -> Iterable[tuple[str, str]]:
    bucket, _, key = unquote(request["PATH_INFO"]).lstrip("/").partition("/")
    given = parse_qs(request.get("QUERY_STRING", ""), keep_blank_values=True)
    method = request["REQUEST_METHOD"]
    if method == "POST" and "delete" in given:
        keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
        return [("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{one}") for one in keys]
    if not key:
        action = "s3:GetBucketLocation" if "location" in given else "s3:ListBucket"
        return [(action, f"arn:aws:s3:::{bucket}")]
    action = {"GET": "GetObject", "HEAD": "GetObject", "DELETE": "DeleteObject"}.get(method, "PutObject")
    if method == "DELETE" and "uploadId" in given:
        action = "AbortMultipartUpload"
    return [(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key}")]


def _of_json(request: dict[str, Any], body: bytes) -> Iterable[tuple[str, str]]:
    target, _, name = request.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    service = _SERVICES[target.partition("_")[0]]
    action, given = f"{service}:{name}", json.loads(body)
    action = _ASKED_AS.get(action, action)
    if service == "glue":
        return [(action, f"arn:aws:glue:{_HERE}:{place}") for place in _in_glue(name, given)]
    if service == "sqs":
        return [(action, f"arn:aws:sqs:{_HERE}:{given['QueueUrl'].rsplit('/', 1)[1]}")]
    return [(action, given.get("stateMachineArn") or f"arn:aws:athena:{_HERE}:workgroup/{given.get('WorkGroup')}")]


def _in_glue(name: str, given: dict[str, Any]) -> list[str]:
    """Return what Glue asks for: a table's catalogue and database with it."""
    database = given.get("DatabaseName") or given.get("Name", "")
    places = ["catalog", f"database/{database}"]
    table = given.get("TableInput", given).get("Name")
    if "Table" in name:
        places.append(f"table/{database}/{'*' if name == 'GetTables' else table}")
    return places
