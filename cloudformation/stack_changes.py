"""One stack, created, changed or deleted, with what happens told as it happens.

Enters: a template's address and parameters. Leaves: a stack in its new state, or an error with CloudFormation's own
reasons. Changes go through a change set, so that nothing begins before CloudFormation has understood all of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Say = Callable[[str], None]

_NOTHING = ("didn't contain changes", "No updates are to be performed")
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class StackFailed(RuntimeError):
    """CloudFormation did not do what was asked."""


class Stack:
    """A stack of an account, there or not yet."""

    def __init__(self, client: Any, name: str, say: Say, *, poll_seconds: float = 5.0) -> None:
        self._client = client
        self.name = name
        self._say = say
        self._poll_seconds = poll_seconds

    def describe(self) -> dict[str, Any] | None:
        """Return what CloudFormation says of the stack; None where there is none."""
        try:
            found: dict[str, Any] = self._client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return found

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs by name."""
        found = self.describe() or {}
        return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}

    def apply(self, template_url: str, template: str, parameters: Mapping[str, str]) -> bool:
        """Create or update the stack, and wait; return whether anything had to change.

        Args:
            template_url: Where the template lies.
            template: The same template's text.
            parameters: New values; those that are not named stay.

        Raises:
            StackFailed: If the stack cannot be changed, or the change failed and was taken back.
        """
        found = self.describe()
        is_new = found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS"
        if found and found["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            raise StackFailed(
                f"{self.name} is in {found['StackStatus']}: make teardown STACK={self.name}, then deploy."
            )
        if found and not is_new and self._is_as_wanted(found, template, parameters):
            return False
        kept = [] if is_new or found is None else [one["ParameterKey"] for one in found.get("Parameters", ())]
        wanted: list[dict[str, Any]] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ]
        wanted += [{"ParameterKey": name, "UsePreviousValue": True} for name in kept if name not in parameters]
        change_set = f"deploy-{int(time.time())}"
        self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=change_set,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            TemplateURL=template_url,
            Parameters=wanted,
            Capabilities=_CAPABILITIES,
            IncludeNestedStacks=True,
        )
        if not self._is_change(change_set):
            return False
        before = self._event_ids()
        self._client.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        self._wait("CREATE_COMPLETE" if is_new else "UPDATE_COMPLETE", before)
        return True

    def delete(self) -> None:
        """Delete the stack and wait.

        Raises:
            StackFailed: If something of it stayed.
        """
        found = self.describe()
        if found is None:
            return
        before = self._event_ids()
        # By its id a stack can still be asked for when it is gone.
        gone = Stack(self._client, found["StackId"], self._say, poll_seconds=self._poll_seconds)
        self._client.delete_stack(StackName=self.name)
        gone._wait("DELETE_COMPLETE", before)

    def _is_as_wanted(self, found: Mapping[str, Any], template: str, parameters: Mapping[str, str]) -> bool:
        """Whether the stack stands as it should, without asking for a change set.

        A hidden value reads as asterisks, so whoever gives one always gets a change set.
        """
        has = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", ())}
        is_whole = found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        return (
            is_whole
            and all(has.get(name) == value for name, value in parameters.items())
            and self._client.get_template(StackName=self.name, TemplateStage="Original")["TemplateBody"] == template
        )

    def _is_change(self, change_set: str) -> bool:
        names = {"StackName": self.name, "ChangeSetName": change_set}
        while True:
            found = self._client.describe_change_set(**names)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
            time.sleep(self._poll_seconds)
        reason = found.get("StatusReason", "")
        if found["Status"] == "CREATE_COMPLETE":
            return True
        self._client.delete_change_set(**names)
        if any(text in reason for text in _NOTHING):
            return False
        raise StackFailed(f"CloudFormation refuses the change: {reason}")

    def _wait(self, wanted: str, seen: set[str]) -> None:
        while True:
            found = self.describe()
            self._tell_events(seen)
            status = found["StackStatus"] if found else "DELETE_COMPLETE"
            if status == wanted:
                return
            if not status.endswith("_IN_PROGRESS"):
                reason = (found or {}).get("StackStatusReason", "its events above say why")
                raise StackFailed(f"{self.name} ended in {status}: {reason}")
            time.sleep(self._poll_seconds)

    def _events(self) -> list[dict[str, Any]]:
        try:
            events: list[dict[str, Any]] = self._client.describe_stack_events(StackName=self.name)["StackEvents"]
        except ClientError:  # A stack of which only a change set was made has none, and in the end it is gone.
            return []
        return events

    def _event_ids(self) -> set[str]:
        return {one["EventId"] for one in self._events()}

    def _tell_events(self, seen: set[str]) -> None:
        for one in reversed(self._events()):
            if one["EventId"] not in seen:
                seen.add(one["EventId"])
                reason = f"  {one['ResourceStatusReason']}" if one.get("ResourceStatusReason") else ""
                self._say(f"  {one.get('ResourceStatus', ''):<22} {one['LogicalResourceId']}{reason}")
