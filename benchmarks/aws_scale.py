"""A million meters with quarter-hours for three years, worked out step by step beside the limit of each service.

    python -m benchmarks.aws_scale

Nothing is asked of AWS. What the templates and the code say (batches, workers, time limits, rows a file) is read from them; rates
and prices are those of benchmarks/aws_cost.py. Two ways: each day as it comes, and all three years as one backfill of a
landing prefix. Prints the table of docs/how-to/run_on_aws.md; last, one JSON line, in which `within_limits` says
whether every step is.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from benchmarks.aws_cost import (
    ANOMALY_METERS_A_SECOND,
    GLUE_DPU_HOUR,
    LAKE_BYTES_A_READING,
    RAW_BYTES_A_READING,
    SPARK_PLANS_MINUTES,
    SPARK_READINGS_A_SECOND_A_DPU,
    START_MINUTES,
)
from benchmarks.parts.figures import print_figures
from cloudformation.template_reading import DEFINITIONS, FOLDER, read_template
from meterlake.etl.landing.batch_plan import LandedObject, plan_batches
from meterlake.lake.tables import FULL_FILE_ROWS

METERS, INTERVALS_A_DAY, DAYS = 1_000_000, 96, 3 * 365
READINGS_A_DAY = METERS * INTERVALS_A_DAY
METERS_A_FILE = 10_000  # a guess of how a head-end writes
DPU_OF = {"G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8}
# A batch in the state machine: what a list's address and two numbers take, and the events of its iteration.
STATE_BYTES_A_BATCH, EVENTS_A_BATCH = 250, 10
OBJECTS_A_LISTING, LISTING_SECONDS = 1_000, 0.2
MANIFEST_BYTES_A_FILE, SNAPSHOT_BYTES = 1_000, 1_000
MOST_STATE_BYTES, MOST_EVENTS = 256 * 1024, 25_000


@dataclass(frozen=True)
class Step:
    """A figure of one way: a day as it comes (a), or the backfill (b), with the limit that it must keep below."""

    what: str
    day: float
    backfill: float
    limit: float | None = None
    of: str = ""

    @property
    def is_within(self) -> bool:
        """Whether both ways keep to the limit."""
        return self.limit is None or max(self.day, self.backfill) <= self.limit


def steps() -> list[Step]:
    """Work out each step."""
    etl = read_template(FOLDER / "etl.yaml")
    workers = etl["Mappings"]["Workers"]["50001-and-more"]
    ingest_dpu = DPU_OF[workers["IngestType"]] * workers["IngestCount"]
    stage_dpu = 2 * DPU_OF[workers["StageType"]]
    resources = etl["Resources"]
    batch_mb = read_template(FOLDER / "root.yaml")["Parameters"]["BatchMb"]["Default"]
    [machine] = [json.loads(path.read_text()) for path in DEFINITIONS if path.name == "ingest.asl.json"]

    files = METERS // METERS_A_FILE
    day, backfill = (
        _batches(files * days, READINGS_A_DAY * RAW_BYTES_A_READING // files, batch_mb) for days in (1, DAYS)
    )
    largest = [max(sizes) / RAW_BYTES_A_READING for sizes in (day, backfill)]
    hours_a_batch = [_ingest_hours(rows, ingest_dpu) for rows in largest]
    hours = [sum(_ingest_hours(size / RAW_BYTES_A_READING, ingest_dpu) for size in sizes) for sizes in (day, backfill)]
    stage_hours = START_MINUTES / 60 + METERS / ANOMALY_METERS_A_SECOND / 3600
    data_files = [
        math.ceil(READINGS_A_DAY / FULL_FILE_ROWS),
        math.ceil(30 * READINGS_A_DAY / FULL_FILE_ROWS) * DAYS / 30,
    ]
    job_minutes = next(one["Properties"]["Timeout"] for one in resources.values() if one["Type"] == "AWS::Glue::Job")
    plan_seconds = next(
        one["Properties"]["Timeout"] for one in resources.values() if one["Type"] == "AWS::Lambda::Function"
    )
    return [
        Step("readings, millions", READINGS_A_DAY / 1e6, READINGS_A_DAY * DAYS / 1e6),
        Step("raw, GB", sum(day) / 1e9, sum(backfill) / 1e9),
        Step("in the lake, GB", READINGS_A_DAY * LAKE_BYTES_A_READING / 1e9, READINGS_A_DAY * DAYS * LAKE_BYTES_A_READING / 1e9),
        Step("files that land", files, files * DAYS),
        Step("seconds to list and plan them", *(math.ceil(count / OBJECTS_A_LISTING) * LISTING_SECONDS for count in (files, files * DAYS)), plan_seconds, "the plan's Lambda"),
        Step("batches, a commit each", len(day), len(backfill)),
        Step("kB that a state hands on", *(len(sizes) * STATE_BYTES_A_BATCH / 1e3 for sizes in (day, backfill)), MOST_STATE_BYTES / 1e3, "Step Functions"),
        Step("events that an execution remembers", *(50 + len(sizes) * EVENTS_A_BATCH for sizes in (day, backfill)), MOST_EVENTS, "Step Functions"),
        Step("hours of the longest batch", *hours_a_batch, job_minutes / 60, "the job's time limit"),
        Step("hours to take all in", *hours, machine["TimeoutSeconds"] / 3600, "the execution's time limit"),
        Step("files of readings", *data_files),
        Step("MB of manifests that a commit may write anew", *(count * MANIFEST_BYTES_A_FILE / 1e6 for count in data_files)),
        Step("hours of anomalies, then of outages, each", stage_hours, stage_hours, 4, "the stage's time limit"),
        Step("dollars to take all in", *(one * ingest_dpu * GLUE_DPU_HOUR for one in hours)),
        Step("dollars of anomalies and outages", *(2 * stage_hours * stage_dpu * GLUE_DPU_HOUR,) * 2),
    ]  # fmt: skip


def _batches(files: int, bytes_a_file: int, batch_mb: float) -> list[int]:
    """Return the bytes of each batch, as the plan itself makes them."""
    landed = (LandedObject("bucket", f"{number:09}.csv", bytes_a_file) for number in range(files))
    plan = plan_batches(landed, batch_bytes=batch_mb * 1e6)
    return [sum(one.size_bytes for one in batch) for batch in plan.batches]


def _ingest_hours(rows: float, dpu: int) -> float:
    return (START_MINUTES + SPARK_PLANS_MINUTES) / 60 + rows / (SPARK_READINGS_A_SECOND_A_DPU * dpu) / 3600


def main() -> None:
    """Print the table."""
    worked_out = steps()
    print("| | a day | three years at once | limit |\n|---|---:|---:|---|")
    for step in worked_out:
        limit = "" if step.limit is None else f"{step.limit:,.0f}, {step.of}"
        print(f"| {step.what} | {_short(step.day)} | {_short(step.backfill)} | {limit} |")
    print_figures(
        {
            "within_limits": all(step.is_within for step in worked_out),
            "steps": {step.what: [step.day, step.backfill, step.limit] for step in worked_out},
        }
    )


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 10 or figure == int(figure) else f"{figure:,.2g}"


if __name__ == "__main__":
    main()
