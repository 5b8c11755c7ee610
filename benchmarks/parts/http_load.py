"""A cheap load generator: raw HTTP/1.1 over kept-alive connections, each sending when its answer is complete.

Run in a process of its own: a JSON job a line on standard input, a JSON result a line on standard output. It
reads no more of an answer than its status and its length, so that the two cores are left to the server.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import cast

import uvloop

_PATIENCE_SECONDS = 60


class Connection(asyncio.Protocol):
    """One connection that asks again as soon as it was answered."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.requests = requests
        self.until = until
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.missing_bytes = -1
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first request."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its base class
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Count an answer's bytes until it is complete."""
        if self.missing_bytes < 0:
            self.received += data
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            status = int(self.received[9:12])
            self.statuses[status] += 1
            self.missing_bytes = _body_bytes(bytes(self.received[:end]).lower(), status) + end + 4 - len(self.received)
        else:
            self.missing_bytes -= len(data)
        if self.missing_bytes == 0:
            self._finish_answer()

    def connection_lost(self, error: Exception | None) -> None:
        """End the run, however it came."""
        if not self.done.done():
            self.done.set_result(None)

    def _ask(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(next(self.requests))

    def _finish_answer(self) -> None:
        now = time.perf_counter()
        self.seconds.append(now - self.sent_at)
        self.received.clear()
        self.missing_bytes = -1
        if now < self.until:
            self._ask()
        else:
            self.transport.close()


def _body_bytes(head: bytes, status: int) -> int:
    if status == 304:
        return 0
    at = head.index(b"content-length:") + len(b"content-length:")
    return int(head[at : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else len(head)])


async def run(job: dict[str, object]) -> dict[str, object]:
    """Ask the job's targets in turn on all of its connections, for its time."""
    targets, headers = list(job["targets"]), str(job.get("headers", ""))  # type: ignore[call-overload]

    def requests() -> Iterator[bytes]:
        for target in itertools.cycle(targets):
            yield f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{headers}\r\n".encode()

    loop, source, began = asyncio.get_running_loop(), requests(), time.perf_counter()
    until = began + float(str(job["seconds"]))
    connections = [
        (await loop.create_connection(lambda: Connection(source, until), "127.0.0.1", int(str(job["port"]))))[1]
        for _ in range(int(str(job["connections"])))
    ]
    await asyncio.wait_for(asyncio.gather(*(connection.done for connection in connections)), _PATIENCE_SECONDS)
    took = time.perf_counter() - began
    seconds = sorted(itertools.chain.from_iterable(connection.seconds for connection in connections))
    statuses: Counter[int] = sum((connection.statuses for connection in connections), Counter())
    return {
        "requests": len(seconds),
        "requests_per_s": len(seconds) / took,
        "p50_ms": seconds[len(seconds) // 2] * 1e3,
        "p99_ms": seconds[int(len(seconds) * 0.99)] * 1e3,
        "statuses": dict(statuses),
    }


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(uvloop.run(run(json.loads(line)))) + "\n")
        sys.stdout.flush()
