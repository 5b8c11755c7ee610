"""`make demo`: the main job on generated data, each step a command that you can type yourself.

Enters: nothing. Leaves: `.demo/` with a landing folder and a lake, and on the terminal what each command said.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import click

DEMO = Path(".demo")
COMMANDS = (
    ("Raw files land: 60 meters for 120 days, with the quirks of real files", "meterlake sample --meters 60 --days 120 --start 2013-01-01 --seed 1 --out .demo/landing"),
    ("They are cleaned, partitioned and published; every row is accounted for", "meterlake ingest .demo/landing"),
    ("Once more changes nothing: content that is known is skipped", "meterlake ingest .demo/landing"),
    ("What the lake holds now", "meterlake status"),
    ("What was set aside, and why", "meterlake quality --by reason --limit 8"),
    ("What one home used, month by month", "meterlake consumption MAC000002 --by month"),
    ("Which meters behaved oddly: the whole fleet scored at once", "meterlake detect"),
    ("The worst days first", "meterlake anomalies --limit 5"),
    ("Where the power was out, told from readings that only got lost", "meterlake outages --cause power_cut"),
    ("How reliable supply was", "meterlake reliability --site *"),
    ("What every meter will use in the next week, hour by hour, by the model that ships: nothing to train", "meterlake forecast"),
    ("One of them as a picture", "meterlake plot forecast MAC000002 --out .demo/forecast.png"),
    ("Anything else, in SQL", "meterlake query \"SELECT segment, count(DISTINCT meter_id) AS meters, round(avg(energy_kwh), 2) AS daily_kwh FROM consumption_daily JOIN meters USING (meter_id) WHERE quantity = 'energy' GROUP BY segment ORDER BY daily_kwh DESC\""),
    ("Whether the lake is whole", "meterlake doctor"),
)  # fmt: skip
ROUTES = (
    "/forecast/MAC000002?data_start=2013-03-01&data_end=2013-05-01",
    "/consumption/daily/2013/MAC000002",
    "/v1/meters/MAC000002/consumption?interval=P1M&start=2013-01-01T00:00:00Z&end=2013-05-01T00:00:00Z",
)


def main() -> None:
    """Run every step; stop at the first that fails."""
    started = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    os.environ["METERLAKE_LAKE"] = str(DEMO / "lake")
    for meaning, command in COMMANDS:
        _announce(meaning, command)
        subprocess.run(shlex.split(command), check=True)
    with serving() as address:
        for route in ROUTES:
            _announce("The same over REST", f"curl '{address}{route}'")
            with urlopen(address + route, timeout=10) as answer:
                text = answer.read().decode()
            click.echo(text if len(text) < 500 else f"{text[:500]}…")
    click.secho(
        f"\nDone in {time.monotonic() - started:.0f} s. The lake is in {DEMO}/lake; look around with:", bold=True
    )
    click.echo(f"  METERLAKE_LAKE={DEMO}/lake .venv/bin/meterlake --help")


def _announce(meaning: str, command: str) -> None:
    click.secho(f"\n# {meaning}", fg="green", bold=True)
    click.secho(f"$ {command}", bold=True)
    sys.stdout.flush()


@contextmanager
def serving(command: Sequence[str] = ("meterlake",), **place: Any) -> Iterator[str]:
    """Serve the lake on a free port of this machine for as long as the block runs; yield the address.

    Args:
        command: What starts Meterlake.
        place: The process's folder and environment, as `subprocess.Popen` takes them.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([*command, "serve", "--port", str(port)], stderr=subprocess.DEVNULL, **place)
    try:
        for _ in range(300):
            try:
                urlopen(address + "/v1/health", timeout=5).close()
                break
            except (URLError, ConnectionError):
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
