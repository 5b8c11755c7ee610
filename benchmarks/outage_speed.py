"""How fast a year of a whole fleet is judged, and whether the time grows as the readings do.

Run `python benchmarks/outage_speed.py [--meters N]` from the project's root. It builds lakes of a quarter of the meters and
of all of them, 365 days of half-hours each, and takes the time from opening the lake to committed outages; then again with
nothing new. Linearity is the time a reading in the large lake over that in the small one: 1 is linear. `day_over_year` is the time of
a day's run over a lake that holds the year before it, over that of the day alone. The last line is one JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import tempfile
import time
from typing import Any

from benchmarks.parts.figures import peak_memory, print_figures, say
from benchmarks.parts.outage_lake import YEAR, build_outage_lake
from meterlake.lake.settings import LakeSettings
from meterlake.outage.outage_run import OutageRun

FLOORS = {"seconds": 60, "day_over_year": 1.2}
_FLEET_METERS = 5566


def main() -> None:
    """Judge both lakes and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=_FLEET_METERS)
    options = parser.parse_args()
    small, large = _judge(max(options.meters // 4, 1)), _judge(options.meters)
    ratio = (large["seconds"] / large["readings"]) / (small["seconds"] / small["readings"])
    figures = {"linearity_ratio": round(ratio, 3), "quarter": small, **_days_run(max(options.meters // 4, 1))}
    print_figures({"benchmark": "outage_speed", **large, **figures, "floors": FLOORS})


def _judge(meters: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        settings = LakeSettings(lake=folder, memory_gb=3.0)
        readings = build_outage_lake(settings, meters)
        say(f"{meters} meters, {readings:,} readings built")
        with peak_memory() as peak:
            began, processor = time.perf_counter(), time.process_time()
            report = OutageRun(settings, progress=say).find()
            seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - processor
        began = time.perf_counter()
        again = OutageRun(settings).find()
        again_seconds = time.perf_counter() - began
        assert not again.is_written, "a second run over the same lake wrote something"
    return {
        "meters": meters,
        "readings": readings,
        "outages": report.by_cause,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "again_seconds": round(again_seconds, 2),
        "peak_memory_gb": round(peak["gigabytes"], 2),
    }


def _days_run(meters: int) -> dict[str, float]:
    """Return how long the year's last day takes, over a lake that holds the year before it and alone."""
    before, last = range(YEAR.stop - 1), range(YEAR.stop - 1, YEAR.stop)
    seconds = {}
    for name, days in (("day_seconds", None), ("day_over_year_seconds", before)):
        with tempfile.TemporaryDirectory() as folder:
            settings = LakeSettings(lake=folder, memory_gb=3.0)
            if days is not None:
                build_outage_lake(settings, meters, days=days)
                OutageRun(settings).find()
            build_outage_lake(settings, meters, days=last, goes_on=days is not None)
            began = time.perf_counter()
            OutageRun(settings).find()
            seconds[name] = round(time.perf_counter() - began, 2)
    return seconds | {"day_over_year": round(seconds["day_over_year_seconds"] / seconds["day_seconds"], 2)}


if __name__ == "__main__":
    main()
