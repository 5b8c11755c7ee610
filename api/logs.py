"""One JSON line a request on standard error, and the correlation ids that tie an answer to its line."""

from __future__ import annotations

import datetime as dt
import re
import sys
import traceback
from collections.abc import Callable, Collection
from random import getrandbits
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

_HIDDEN = "..."
_LONGEST = 100
_LENGTH_OF_A_SECRET = 16
_NAME_OF_A_SECRET = re.compile("key|token|secret|pass|auth|credential", re.IGNORECASE)
_READABLE = ":/,*. "
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._\-]{8,128}")


def correlation_id_of(given: bytes | None) -> str:
    """Return the caller's correlation id where it is well formed, else a new one."""
    if given is not None and _WELL_FORMED.fullmatch(given):
        return given.decode("ascii")
    # No secret hangs on it, so the cheap generator will do.
    return f"{getrandbits(128):032x}"


def write_to_stderr(line: bytes) -> None:
    """Write a whole line to standard error."""
    sys.stderr.buffer.write(line)
    sys.stderr.buffer.flush()


def logged_query(query: bytes, known: Collection[str]) -> str:
    """Return a query as it may be written down: what stands under a name that no route knows could be a secret."""
    if not query:
        return ""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    shown = [
        (name[:_LONGEST], value if name in known or _is_harmless(name, value) else _HIDDEN) for name, value in pairs
    ]
    return urlencode(shown, safe=_READABLE)


def _is_harmless(name: str, value: str) -> bool:
    return len(value) < _LENGTH_OF_A_SECRET and not _NAME_OF_A_SECRET.search(name)


class RequestLog:
    """Writes log lines; switched off, it writes only what went wrong."""

    def __init__(self, *, is_on: bool, write: Callable[[bytes], None] = write_to_stderr) -> None:
        self._is_on = is_on
        self._write = write

    def request(self, *, correlation_id: str, error: BaseException | None = None, **facts: Any) -> None:
        """Write the line of one finished request; an unexpected error with all of its traceback."""
        if error is None and not self._is_on:
            return
        line = {"level": "info" if error is None else "error", "correlation_id": correlation_id, **facts}
        if error is not None:
            line["error"] = "".join(traceback.format_exception(error))
        self._line(line)

    def complain(self, text: str) -> None:
        """Write what somebody should mend, whether requests are logged or not."""
        self._line({"level": "error", "message": text})

    def _line(self, facts: dict[str, Any]) -> None:
        line = {"at": dt.datetime.now(dt.UTC), **facts}
        self._write(orjson.dumps(line, default=repr, option=orjson.OPT_APPEND_NEWLINE))
