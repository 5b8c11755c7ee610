"""One writer at a time on S3: an object that only one can make, and that its holder keeps fresh.

S3 makes an object only where none is if it is asked so (If-None-Match), and replaces it only where it is still the one
that was seen (If-Match). A holder renews its object while it works; an object that was not renewed for a while is of
a holder that died, and the next writer takes it over. Each waits by its own clock, so that no two clocks are compared.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from meterlake.lake.errors import LakeBusy
from meterlake.lake.locations import bucket_and_key

_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "404")


class S3Lock:
    """A lock at one address of S3.

    Args:
        s3: A client.
        address: s3://bucket/key of the lock's object.
        renew_seconds: How often a holder renews.
        stale_seconds: After how long without a renewal a holder is taken for dead.
    """

    def __init__(self, s3: Any, address: str, *, renew_seconds: float = 15.0, stale_seconds: float = 60.0) -> None:
        self._s3 = s3
        self._place = dict(zip(("Bucket", "Key"), bucket_and_key(address), strict=True))
        self._address = address
        self._renew_seconds = renew_seconds
        self._stale_seconds = stale_seconds
        self._me = f"{socket.gethostname()} process {os.getpid()} {uuid.uuid4().hex[:8]}"

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """Hold the lock for a block.

        Raises:
            LakeBusy: If another still holds it after `wait_seconds`.
        """
        tag = self._take(wait_seconds)
        done = threading.Event()
        tags = [tag]
        renewing = threading.Thread(target=self._renew, args=(tags, done), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()
            if self._seen_tag() == tags[-1]:
                self._s3.delete_object(**self._place)

    def _take(self, wait_seconds: float) -> str:
        started = time.monotonic()
        seen, seen_since = "", started
        while True:
            tag = self._put(IfNoneMatch="*")
            if tag:
                return tag
            now, found = time.monotonic(), self._seen_tag()
            if found != seen:
                seen, seen_since = found, now
            elif found and now - seen_since >= self._stale_seconds:
                tag = self._put(IfMatch=found)
                if tag:
                    return tag
            if now - started >= wait_seconds:
                raise LakeBusy(self._address, now - started, self._holder())
            time.sleep(min(1.0, self._renew_seconds / 4))

    def _renew(self, tags: list[str], done: threading.Event) -> None:
        while not done.wait(self._renew_seconds):
            tag = self._put(IfMatch=tags[-1])
            if (
                not tag
            ):  # Another took the lock for dead: its commit and ours cannot both succeed, Iceberg sees to that.
                return
            tags.append(tag)

    def _put(self, **condition: str) -> str:
        """Write the object under a condition; return its tag, empty where the condition does not hold."""
        body = f"{self._me} {time.time_ns()}".encode()
        return self._tag_by(self._s3.put_object, Body=body, **condition)

    def _seen_tag(self) -> str:
        return self._tag_by(self._s3.head_object)

    def _tag_by(self, call: Callable[..., Any], **given: Any) -> str:
        try:
            return str(call(**self._place, **given)["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return ""
            raise

    def _holder(self) -> str:
        try:
            text = self._s3.get_object(**self._place)["Body"].read().decode("utf-8", "replace")
        except ClientError:
            return "another process"
        return str(text.rpartition(" ")[0])
