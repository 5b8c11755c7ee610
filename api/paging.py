"""Pages after a key: `limit` rows, and an opaque `next` that says after which key the following page begins.

Where the following page is, is said as a reference of a query alone, `?limit=2&next=…` (RFC 3986, 4.2): it holds behind
whatever prefix a proxy or a stage puts before the path, and whatever the path holds. A `next` carries a checksum over itself and the question it belongs to, so that a changed one, or one from
another question, is refused instead of giving a wrong page. It is no secret: it only names a row's key.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
import pyarrow as pa
from fastapi import Depends, Request

from meterlake.api.canonical_request import CanonicalRequest, canonical_request
from meterlake.api.parameters.shared_parameters import EXAMPLES, Limit, Next
from meterlake.api.settings import ApiSettings
from meterlake.lake.errors import BadParameter

_BEHIND_ALL = "\U0010ffff"
_CHECKSUM_BYTES = 8
_PAGE_PARAMETERS = ("limit", "next")


@dataclass(frozen=True)
class NextPage:
    """Where the page after this one is: the token, and the reference that holds it."""

    token: str
    url: str


@dataclass(frozen=True)
class Page:
    """One page that a request asks for.

    Attributes:
        rows: How many rows it holds at most.
        after: The key of the row before it, a value a key column; empty for the first page.
        question: Path and parameters that the page belongs to, without limit and next.
    """

    rows: int
    after: tuple[Any, ...]
    question: CanonicalRequest

    @property
    def rows_to_ask(self) -> int:
        """One row more than the page holds, which tells whether there is another page."""
        return self.rows + 1

    def cut(self, asked: pa.Table) -> pa.Table:
        """Return the page's rows out of those asked for."""
        return asked.slice(0, self.rows)

    def following(self, asked: pa.Table, *key: str) -> NextPage | None:
        """Return where the following page is, or None if this is the last.

        Args:
            asked: The rows that were asked for, the page's and at most one more.
            *key: The columns that name a row.
        """
        if asked.num_rows <= self.rows:
            return None
        last = asked.slice(self.rows - 1, 1).select(list(key)).to_pylist()[0]
        return self._after(tuple(last[name] for name in key))

    def following_key(self, keys: Sequence[tuple[Any, ...]]) -> NextPage | None:
        """Return where the following page is, or None if this is the last.

        Args:
            keys: The keys of the rows that were asked for, the page's and at most one more.
        """
        return self._after(keys[self.rows - 1]) if len(keys) > self.rows else None

    def cut_by(self, rows: pa.Table, *key: str) -> tuple[pa.Table, NextPage | None]:
        """Return the page's rows out of all, and where the following page is.

        Args:
            rows: All rows, in the order of their keys.
            *key: The columns that name a row.
        """
        columns = (rows[name].to_pylist() for name in key)
        keys = [tuple(_written(part) for part in parts) for parts in zip(*columns, strict=True)]
        first = bisect_right(keys, tuple(self.after)) if self.after else 0
        return rows.slice(first, self.rows), self.following_key(keys[first : first + self.rows_to_ask])

    def _after(self, key: tuple[Any, ...]) -> NextPage:
        token = _seal(orjson.dumps(key), self.question)
        return NextPage(token, f"?{urlencode([*self.question.parameters, ('limit', self.rows), ('next', token)])}")


async def page_of(request: Request, limit: Limit = None, next: Next = None) -> Page:
    """Read `limit` and `next` from a request.

    Raises:
        BadParameter: If the limit is too large or the token is not one of this question's.
    """
    settings: ApiSettings = request.app.state.settings
    rows = settings.page_rows if limit is None else limit
    if rows > settings.largest_page_rows:
        raise BadParameter("limit", limit, f"at most {settings.largest_page_rows} rows a page", EXAMPLES["limit"])
    asked = canonical_request(request)
    own = tuple(pair for pair in asked.parameters if pair[0] not in _PAGE_PARAMETERS)
    question = CanonicalRequest(asked.path, own)
    after = () if next is None else tuple(orjson.loads(_unseal(next, question)))
    return Page(rows, after, question)


# What a route declares that answers page by page.
AskedPage = Annotated[Page, Depends(page_of)]


def _written(part: Any) -> Any:
    """Return a part of a key as a token holds it; what is not known comes last."""
    if part is None:
        return _BEHIND_ALL
    return part.isoformat() if isinstance(part, dt.date) else part


def _seal(payload: bytes, question: CanonicalRequest) -> str:
    return base64.urlsafe_b64encode(_checksum(payload, question) + payload).decode().rstrip("=")


def _unseal(token: str, question: CanonicalRequest) -> bytes:
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    checksum, payload = sealed[:_CHECKSUM_BYTES], sealed[_CHECKSUM_BYTES:]
    # The second look refuses other spellings of the same bytes.
    if checksum != _checksum(payload, question) or _seal(payload, question) != token:
        raise BadParameter("next", token, "next as the page before gave it, with the same parameters", EXAMPLES["next"])
    return payload


def _checksum(payload: bytes, question: CanonicalRequest) -> bytes:
    return blake2b(payload + question.key.encode(), digest_size=_CHECKSUM_BYTES, person=b"meterlake-page").digest()
