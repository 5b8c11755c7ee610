"""What Glue starts for every stage but ingest: a stage's name in, the same function as on a laptop, an exit code.

    python cli/run_stage.py --stage outages --METERLAKE_LAKE s3://bucket/lake

Enters: a job's arguments. Those named --METERLAKE_… are the settings and go into the environment before anything of ours
is imported; Glue's own are passed over. Leaves: the stage's report as one JSON line. The work is done on the job's first
machine: Spark has no part in it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

_SETTING = "--METERLAKE_"


class StageFailed(RuntimeError):
    """A stage ended, and what it says of itself is that something broke."""


def detect_anomalies(plan: str | None) -> dict[str, Any]:
    """Score what is new or changed, as `meterlake detect`."""
    from meterlake.anomaly.detection import DetectionRun

    _make_tables()
    report = DetectionRun(progress=_say).detect()
    broken = [one.detector for one in report.detectors if one.errors]
    if broken:
        raise StageFailed(f"Some meters could not be judged, because a rule broke: {', '.join(broken)}.")
    return report.as_json()


def find_outages(plan: str | None) -> dict[str, Any]:
    """Judge the outages anew, as `meterlake outages`."""
    from meterlake.outage.outage_run import OutageRun

    _make_tables()
    return OutageRun(progress=_say).find().as_json()


def keep_in_bounds(plan: str | None) -> dict[str, Any]:
    """Merge small files, forget old snapshots and remove what no table knows, as `meterlake compact` and `expire`."""
    import datetime as dt

    from meterlake.etl.settings import EtlSettings
    from meterlake.lake.engine_choice import open_store
    from meterlake.lake.writing.maintenance import compact_crowded, expire_snapshots

    _make_tables()
    store, settings = open_store(), EtlSettings()
    merged = compact_crowded(store, settings.compact_after_files)
    gone = expire_snapshots(store, dt.timedelta(hours=settings.keep_snapshots_hours))
    return {"merged_partitions": len(merged), **gone}


def _forecasting_stage(name: str) -> Callable[[str | None], dict[str, Any]]:
    def run(plan: str | None) -> dict[str, Any]:
        if plan is None:
            raise StageFailed(f"The stage {name} needs --plan s3://…/plan.json, which the plan step wrote.")
        from meterlake.forecasting.sagemaker.steps import run_stage

        return run_stage(name, plan)

    return run


STAGES: dict[str, Callable[[str | None], dict[str, Any]]] = {
    "anomalies": detect_anomalies,
    "outages": find_outages,
    "upkeep": keep_in_bounds,
} | {
    name: _forecasting_stage(name)
    for name in ("prepare_training", "evaluate", "record_model", "prepare_forecast", "store_forecast")
}


def take_settings(arguments: Sequence[str]) -> list[str]:
    """Put the settings among a job's arguments into the environment, and return the other arguments."""
    left: list[str] = []
    words = iter(arguments)
    for word in words:
        if not word.startswith(_SETTING):
            left.append(word)
            continue
        name, is_joined, value = word.removeprefix("--").partition("=")
        os.environ[name] = value if is_joined else next(words)
    return left


def main(arguments: Sequence[str]) -> int:
    """Run the stage that a job's arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True, choices=sorted(STAGES))
    parser.add_argument("--plan", help="The plan of a forecasting run, s3://…/plan.json.")
    chosen, _ = parser.parse_known_args(take_settings(arguments))
    report = STAGES[chosen.stage](chosen.plan)
    sys.stdout.write(json.dumps({"stage": chosen.stage, **report}, default=str) + "\n")
    return 0


def _make_tables() -> None:
    """Make the tables that a fresh stack does not have yet; with tables there it is one look."""
    from meterlake.lake.engine_choice import open_store

    open_store().create_tables()


def _say(stage: str) -> None:
    sys.stderr.write(f"{stage}\n")


# Glue runs the script as a program, and a SystemExit of 0 would be a failed run there.
if __name__ == "__main__":
    main(sys.argv[1:])
