"""ETags from the lake's version, and a bounded store of finished answers for as long as that version stands.

An answer's bytes depend on the request (path, query, Accept) and on the tables it was made from. Both go into
its ETag, so that a 304 needs no query; and a stored answer is given again only while its tables have not
moved.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

from meterlake.api.exchange import CacheKey

# Changes when the same request over the same tables is written differently.
_WRITING = b"1"
_LARGEST_SHARE = 0.125
_OVERHEAD_BYTES = 1000


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A finished answer.

    Attributes:
        tables: The tables that it was made from.
        version: Their version at that time.
        etag: Its ETag.
        headers: All of its headers, as ASGI sends them.
        body: Its bytes.
    """

    tables: tuple[str, ...]
    version: str
    etag: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


def etag_of(version: str, key: CacheKey) -> str:
    """Return the ETag of the answer to a request over tables at a version."""
    path, query, accept = key
    text = b"\0".join((_WRITING, version.encode(), path.encode("utf-8", "replace"), query, accept))
    return f'"{blake2b(text, digest_size=16).hexdigest()}"'


def is_match(if_none_match: str, etag: str) -> bool:
    """Say whether an If-None-Match header names an ETag (RFC 9110, 13.1.2: by weak comparison)."""
    return any(part.strip().removeprefix("W/") == etag for part in if_none_match.split(","))


class AnswerCache:
    """Finished answers, the least recently given dropped first once they take too much memory."""

    def __init__(self, largest_bytes: float) -> None:
        self._largest_bytes = largest_bytes
        self._answers: OrderedDict[CacheKey, StoredAnswer] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: CacheKey) -> StoredAnswer | None:
        """Return the stored answer to a request, whatever its version."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: CacheKey, answer: StoredAnswer) -> None:
        """Store an answer, unless it alone would take an eighth of the memory."""
        if _size(key, answer) > self._largest_bytes * _LARGEST_SHARE:
            return
        before = self._answers.pop(key, None)
        if before is not None:
            self._bytes -= _size(key, before)
        self._answers[key] = answer
        self._bytes += _size(key, answer)
        while self._bytes > self._largest_bytes:
            oldest, dropped = self._answers.popitem(last=False)
            self._bytes -= _size(oldest, dropped)


def _size(key: CacheKey, answer: StoredAnswer) -> int:
    return len(answer.body) + len(key[0]) + len(key[1]) + len(key[2]) + _OVERHEAD_BYTES
