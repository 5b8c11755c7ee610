"""Requests that no well-meaning client makes, made up from the API's own description by a seed.

Enters: the OpenAPI document, a key that is known to the server, a source of chance. Leaves: requests as bytes, with what
becomes of each: sent whole, broken off in the middle, or left before the answer.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_METHODS = ["GET"] * 14 + ["HEAD", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "PROPFIND"]
_GOOD = {
    "meter_id": "MAC000001",
    "aggregation": "daily",
    "year": "2013",
    "start": "2013-01-02T00:00:00Z",
    "end": "2013-03-01T00:00:00Z",
    "data_start": "2013-01-02",
    "data_end": "2014-01-01",
    "start_date_time": "2013-01-03 00:00:00.000",
    "end_date_time": "2013-01-04 00:00:00.000",
    "issued_at": "2014-01-01T00:00:00Z",
    "tz": "Europe/London",
    "limit": "5",
    "f": "csv",
    "bbox": "170,-10,-170,10",
    "quantity": "energy",
    "interval": "P1D",
    "detector": "fleet_band",
}
_HOSTILE = [
    "",
    " ",
    "\0",
    "'",
    "' OR 1=1 --",
    '"; DROP TABLE readings; --',
    "../../etc/passwd",
    "%2e%2e/",
    "%",
    "%zz",
    "a/b",
    "..",
    "\r\nx-injected: 1",
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
    "-1",
    "0",
    "1e309",
    "NaN",
    "inf",
    "9" * 400,
    "1_0",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2013-02-30T00:00:00Z",
    "1900-01-01",
    "2150-01-01",
    "P1W",
    "nope",
    "*",
    "é",
    "電表",
    "\udcff",
    "😀" * 40,
    "x" * 3000,
    "-180,-90,180,90",
    "-1000,-1000,1000,1000",
    "household:999999999",
    "0.1,0.5,0.9",
    "null",
    "true",
    "[]",
]
_HEADERS: list[tuple[str, list[str]]] = [
    ("accept", ["*/*", "text/csv", "application/vnd.apache.parquet", ";;;,,q=", "a/b;q=x", "*/*;q=0", "x" * 2000]),
    ("accept-encoding", ["gzip", "br", "gzip;q=0", "*", ",,,;"]),
    ("if-none-match", ["*", '"x"', 'W/"x.meters"', ",".join(['"0.meters"'] * 300), '"x.no_such_table"']),
    ("host", ["localhost", "127.0.0.1:1", "[::1]", "evil.example", "", "a b", "localhost, localhost"]),
    ("origin", ["null", "https://evil.example"]),
    ("x-forwarded-for", ["10.0.0.1", "x", ","]),
    ("x-correlation-id", ["short", "a" * 200, "good-correlation-id", "\x7f"]),
    ("range", ["bytes=0-1"]),
    ("expect", ["100-continue"]),
    ("upgrade", ["websocket"]),
    ("content-type", ["application/json", "multipart/form-data; boundary=x"]),
]
_RAW = [
    b"GARBAGE\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /v1/meters\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://evil.example/v1/meters HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nx: " + b"a" * 80_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 80_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n" * 40,
]


@dataclass(frozen=True)
class HostileRequest:
    """What is sent, and how far: whole, broken off (`half`), or with nobody left to hear the answer (`abandoned`)."""

    data: bytes
    way: str = "whole"


class RequestMaker:
    """Makes requests up; the same seed makes the same."""

    def __init__(self, document: dict[str, Any], key: str, chance: random.Random) -> None:
        self._routes = sorted(
            (path, item.get("get", {}).get("parameters", [])) for path, item in document["paths"].items()
        )
        self._names = sorted({one["name"] for _, parameters in self._routes for one in parameters})
        self._key = key
        self._chance = chance

    def make(self) -> HostileRequest:
        """Return the next request."""
        chance = self._chance
        if chance.random() < 0.06:
            return HostileRequest(chance.choice(_RAW))
        data = self._head() + self._body()
        way = chance.choices(["whole", "half", "abandoned"], [0.9, 0.04, 0.06])[0]
        return HostileRequest(data[: chance.randrange(1, len(data))] if way == "half" else data, way)

    def _head(self) -> bytes:
        chance = self._chance
        lines = [f"{chance.choice(_METHODS)} {self._target()} HTTP/1.1"]
        headers = [("Host", "localhost"), ("Connection", "close")]
        for name, values in chance.sample(_HEADERS, chance.randrange(4)):
            value = self._key if chance.random() < 0.02 else chance.choice(values)
            headers = [(name, value) if held.lower() == name else (held, old) for held, old in headers]
            headers += [(name, value)] * (name != "host")
        if chance.random() < 0.1:
            headers.append(("x-api-key", chance.choice([self._key, "wrong", ""])))
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers)]).encode("utf-8", "replace")

    def _body(self) -> bytes:
        if self._chance.random() < 0.9:
            return b"\r\n\r\n"
        body = self._chance.randbytes(self._chance.choice([0, 1, 100, 20_000]))
        return f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    def _target(self) -> str:
        chance = self._chance
        route, parameters = chance.choice(self._routes)
        for one in parameters:
            if one["in"] == "path":
                route = route.replace("{" + one["name"] + "}", self._escaped(self._value(one["name"])))
        wanted = [one for one in parameters if one["in"] == "query" and (one.get("required") or chance.random() < 0.3)]
        pairs = [(one["name"], self._value(one["name"])) for one in wanted if chance.random() < 0.97]
        if chance.random() < 0.15:
            pairs.append((chance.choice([*self._names, "x", "api_key", "limitt"]), self._value("limit")))
        return route + "?" * bool(pairs) + "&".join(f"{name}={self._escaped(value)}" for name, value in pairs)

    def _value(self, name: str) -> str:
        chance = self._chance
        if chance.random() < 0.01:
            return self._key
        return chance.choice(_HOSTILE) if chance.random() < 0.3 else _GOOD.get(name, chance.choice(_HOSTILE))

    def _escaped(self, value: str) -> str:
        ways: list[Callable[[str], str]] = [lambda text: quote(text, safe="", errors="replace")] * 9
        ways.append(lambda text: "".join(letter for letter in text if letter > " " and letter != "\x7f"))
        return self._chance.choice(ways)(value)
