"""Uploads that wait in a queue: a run takes all that there are, and forgets them when they are planned.

Enters: messages of SQS, each an event of S3. Leaves: their bodies. A message that is not forgotten comes again, and one that
nobody can read goes where the queue sends what failed often: to the queue of the lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# The most that SQS hands out, or forgets, at once.
_AT_ONCE = 10


@dataclass(frozen=True)
class Message:
    """One message: what it says, and what it is forgotten by."""

    body: str
    receipt: str


class UploadQueue:
    """One queue.

    Args:
        client: SQS.
        url: The queue's.
    """

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def take(self, most: int) -> Iterator[Message]:
        """Yield what waits, until nothing does or there is enough."""
        taken = 0
        while taken < most:
            found = self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=1)
            messages = found.get("Messages", ())
            if not messages:
                return
            taken += len(messages)
            yield from (Message(one["Body"], one["ReceiptHandle"]) for one in messages)

    def forget(self, messages: Iterable[Message]) -> None:
        """Take messages out of the queue; one that stays, for whatever reason, is planned again, which changes nothing."""
        waiting = list(messages)
        for start in range(0, len(waiting), _AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt}
                for number, one in enumerate(waiting[start : start + _AT_ONCE])
            ]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
