"""ETags from the lake's version, and a bounded store of finished answers for as long as that version stands.

An answer's bytes depend on what was asked for, on how it is made and by what settings, and on the tables that it was made from. All of
it goes into its ETag, the tables by name: so whoever brings one back has said which versions to look up, and a 304 needs
no query, not even after a restart. Which tables an answer asks follows from what stands in them; while none of
them has moved, a query would ask the same again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from meterlake.lake.tables import TABLES

_LARGEST_SHARE = 0.125
_OVERHEAD_BYTES = 1000
# Of the ETags in one If-None-Match; a client holds one or a few.
_MOST_ETAGS = 20
_MOST_SPELLINGS = 4096
_LONGEST_SPELLING = 1024

# A request as it was sent: path, query and what it accepts.
AsSent = tuple[str | bytes, ...]


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


def etag_of(tables: tuple[str, ...], version: str, question: str) -> str:
    """Return the ETag of the answer to a question, made from tables at a version."""
    names = ".".join(tables)
    text = "\0".join((names, version, question)).encode("utf-8", "replace")
    return f'"{blake2b(text, digest_size=16).hexdigest()}.{names}"'


def held_etag(if_none_match: str, question: str, version_of: Callable[..., str]) -> str | None:
    """Return which of the ETags that a caller holds stands for the answer as it would be now; None if none does.

    Args:
        if_none_match: The header (RFC 9110, 13.1.2: compared weakly).
        question: What is asked for, and what it is answered by.
        version_of: Gives the version of tables.
    """
    versions: dict[tuple[str, ...], str] = {}
    for etag in _etags_in(if_none_match)[:_MOST_ETAGS]:
        tables = tuple(etag.strip('"').split(".")[1:])
        if not TABLES.keys() >= set(tables) or not tables:
            continue
        if tables not in versions:
            versions[tables] = version_of(*tables)
        if etag_of(tables, versions[tables], question) == etag:
            return etag
    return None


def is_match(if_none_match: str, etag: str) -> bool:
    """Say whether an If-None-Match header names an ETag, or any at all."""
    return if_none_match.strip() == "*" or etag in _etags_in(if_none_match)


def _etags_in(if_none_match: str) -> list[str]:
    return [part.strip().removeprefix("W/") for part in if_none_match.split(",")]


class AnswerCache:
    """Finished answers, the least recently given dropped first once they take too much memory."""

    def __init__(self, largest_bytes: float) -> None:
        self._largest_bytes = largest_bytes
        self._answers: OrderedDict[str, StoredAnswer] = OrderedDict()
        self._questions: OrderedDict[AsSent, str] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, question: str) -> StoredAnswer | None:
        """Return the stored answer to a question, whatever its version."""
        answer = self._answers.get(question)
        if answer is not None:
            self._answers.move_to_end(question)
        return answer

    def get_as_sent(self, sent: AsSent) -> StoredAnswer | None:
        """Return the stored answer to a request that was sent in just these words before."""
        question = self._questions.get(sent)
        return None if question is None else self.get(question)

    def put(self, question: str, answer: StoredAnswer) -> None:
        """Store an answer, unless it alone would take an eighth of the memory."""
        if _size(question, answer) > self._largest_bytes * _LARGEST_SHARE:
            return
        before = self._answers.pop(question, None)
        if before is not None:
            self._bytes -= _size(question, before)
        self._answers[question] = answer
        self._bytes += _size(question, answer)
        while self._bytes > self._largest_bytes:
            oldest, dropped = self._answers.popitem(last=False)
            self._bytes -= _size(oldest, dropped)

    def remember(self, sent: AsSent, question: str) -> None:
        """Remember in which words a question was asked, so that the same words need not be understood again."""
        if sum(map(len, sent)) > _LONGEST_SPELLING:
            return
        self._questions[sent] = question
        if len(self._questions) > _MOST_SPELLINGS:
            self._questions.popitem(last=False)


def _size(question: str, answer: StoredAnswer) -> int:
    return len(answer.body) + len(question) + _OVERHEAD_BYTES
