"""A server that is S3 in all but its address (versitygw over a folder), started once a run of tests.

Enters: nothing. Leaves: its address, and for a block a bucket of its own behind METERLAKE_S3_ENDPOINT. Unlike the emulator it is a
program of its own that many use at once, and honours If-None-Match and If-Match as S3 does.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from meterlake.lake.aws.s3_client import s3_client
from tests.engines.presence import ENGINES
from tests.engines.run_servers import served


def _command(port: int, folder: Path) -> list[str]:
    objects, beside = folder / "objects", folder / "beside"
    for one in (objects, beside):
        one.mkdir(exist_ok=True)
    given = ["--port", f"127.0.0.1:{port}", "--access", "testing", "--secret", "testing", "--quiet"]
    # What an object is said to be lies beside it: not every file system keeps attributes.
    return [str(ENGINES / "bin" / "versitygw"), *given, "posix", "--sidecar", str(beside), str(objects)]


def _is_up(port: int) -> bool:
    try:
        urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except HTTPError:
        return True  # It answers that nobody signed.
    except (URLError, ConnectionError, TimeoutError):
        return False
    return True


@contextmanager
def bucket_on_a_server() -> Iterator[str]:
    """Make a bucket, have all settings made in the block name its server, and give the bucket's address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METERLAKE_S3_ENDPOINT", f"http://127.0.0.1:{served('s3', _command, _is_up)}")
        bucket = f"lake-{uuid.uuid4().hex[:12]}"
        s3_client().create_bucket(Bucket=bucket)
        yield f"s3://{bucket}"
