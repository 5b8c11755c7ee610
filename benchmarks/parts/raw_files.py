"""Raw London files of any size for the benchmarks: real readings where they are, generated ones elsewhere."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

from benchmarks.parts.figures import say
from meterlake.sample_data.landing_folder import write_landing_folder
from meterlake.sample_data.options import SampleOptions

REAL_WRITER = Path("../shared/data/lcl/write_raw.py")
ROWS_A_COPY = 6_660_678


def write_raw(folder: Path, rows: int, *, files: int, until: str = "2014-01-01", since: str = "2013-01-01") -> str:
    """Write about this many rows of raw London files; return what they are made of."""
    if REAL_WRITER.exists():
        copies = max(1, round(rows / ROWS_A_COPY))
        meters = 398 if rows >= ROWS_A_COPY else max(1, round(398 * rows / ROWS_A_COPY))
        say(f"writing {copies} copies of {meters} real meters, {since} to {until}")
        command = [sys.executable, str(REAL_WRITER), "--out", str(folder), "--copies", str(copies)]
        command += ["--meters", str(meters), "--files", str(files), "--start", since, "--end", until]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return "real London readings, repeated under new ids"
    days = (dt.date.fromisoformat(until) - dt.date.fromisoformat(since)).days
    meters = max(1, round(rows / 48 / days))
    say(f"generating {meters} meters, {since} to {until}")
    options = SampleOptions(
        meters=meters, days=days, start=dt.date.fromisoformat(since), seed=1, out=folder, files=files
    )
    write_landing_folder(options)
    return "generated readings"
