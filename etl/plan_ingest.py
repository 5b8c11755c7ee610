"""Decides what one run of the state machine *ingest* takes in: landed objects become batches of even size.

Enters: what a run is about: the queue of uploads, which it drains round by round; uploads as S3 reports them
(EventBridge's events, alone, in a list or in SQS messages); a prefix to take in whole; or the night, in which whatever landed of
late and is not in the lake is taken in. Leaves: a list of addresses a batch (meterlake.etl.landing.batch_list), how many there are,
and what the round before refused. The plan itself is etl/landing/batch_plan.py; `handler` is the Lambda shell about it. It imports nothing
but boto3, the settings and what says which names are read, so that it fits into the API's package.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.etl.landing.batch_list import BatchList, report_of
from meterlake.etl.landing.batch_plan import LandedObject, plan_batches
from meterlake.etl.landing.upload_queue import Message, UploadQueue
from meterlake.lake.aws.s3_client import s3_client
from meterlake.lake.locations import bucket_and_key
from meterlake.lake.settings import MeterlakeSettings

_MEGABYTE = 1_000_000
# Of one round; what waits behind them is the next round's.
_MOST_UPLOADS = 5_000
# A state machine remembers 25,000 events; the next run goes on.
_MOST_ROUNDS = 50
# A notice is a letter and no archive; the reports name them all.
_MOST_NAMED, _MOST_TOLD = 20, 400


class PlanSettings(MeterlakeSettings):
    """Settings of the plan; each is the environment variable METERLAKE_PLAN_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_PLAN_")

    work: str = Field(default="", pattern=r"^(s3://.+)?$", description="Where lists go, as s3://bucket/prefix.")
    batch_mb: int = Field(default=2000, ge=1, description="Raw megabytes that one ingest job takes at once.")
    with_weather: bool = Field(default=True, description="Whether weather files are taken in.")
    queue: str = Field(default="", description="The address of the queue in which uploads wait.")
    landing: str = Field(default="", description="The landing bucket's name, for what is looked for at night.")
    nightly_days: int = Field(default=15, ge=1, description="How long ago what is looked for at night may have landed.")


def read_landed(event: Any) -> list[LandedObject]:
    """Return the objects that an event names: a list, one event of EventBridge, or SQS messages that hold such events.

    Raises:
        ValueError: If it is none of these.
    """
    if isinstance(event, list):
        return [LandedObject(str(one["bucket"]), str(one["key"]), int(one["size"])) for one in event]
    if isinstance(event, dict) and "Records" in event:
        return [one for record in event["Records"] for one in read_landed(json.loads(record["body"]))]
    if isinstance(event, dict) and "detail" in event:
        detail = event["detail"]
        return [LandedObject(detail["bucket"]["name"], detail["object"]["key"], int(detail["object"].get("size", 0)))]
    raise ValueError(
        "The input names nothing that landed. Give a list of {bucket, key, size}, an event of S3, "
        '{"Bucket": …, "Prefix": …}, or {"Nightly": true}.'
    )


def handler(event: dict[str, Any], context: object = None) -> dict[str, Any]:
    """Plan a round of a run, as Lambda and the state machine call it.

    Args:
        event: `run`, the execution's name; `machine`, the state machine's ARN; `landed`, the execution's input, or what a
            round hands to the next.
        context: Lambda's; not looked at.

    Returns:
        `is_work`, `left_out`, and `batches`: of each the address of its `list`, its `files` and `bytes`; `judges`, whether days
        are to be judged when no work is left; `refused`, what the round before could not take in.
    """
    import boto3

    settings, store = PlanSettings(), s3_client()
    queue = UploadQueue(boto3.client("sqs"), settings.queue) if settings.queue else None
    asked = event["landed"] if isinstance(event["landed"], dict) else {}
    is_night, number = bool(asked.get("Nightly")), int(asked.get("Round", 0))
    folder = f"{settings.work}/{event['run']}"
    found, messages = _what_landed(event, number, settings, store, queue)
    # Nearly all of what is looked for at night is in the lake and is passed over, so that one job is enough for it.
    batch_bytes = float("inf") if is_night and not number else settings.batch_mb * _MEGABYTE
    plan = plan_batches(found, batch_bytes=batch_bytes, with_weather=settings.with_weather)
    batches = []
    for place, batch in enumerate(plan.batches, start=1):
        written = BatchList(tuple(one.address for one in batch)).write(store, f"{folder}/{number}", place)
        size_bytes = sum(one.size_bytes for one in batch)
        batches.append({"list": written, "files": len(batch), "bytes": size_bytes})
    if queue:
        queue.forget(messages)
    return {
        "run": event["run"],
        "round": number,
        "is_night": is_night,
        "is_work": bool(batches),
        "judges": is_night or number > 0,
        "left_out": plan.left_out,
        "batches": batches,
        "refused": _refused_before(store, f"{folder}/{number - 1}/") if number else _told([]),
    }


def _what_landed(
    event: dict[str, Any], number: int, settings: PlanSettings, store: Any, queue: UploadQueue | None
) -> tuple[Iterable[LandedObject], list[Message]]:
    """Return what a round is about, and the messages that said so."""
    landed = event["landed"]
    asked = landed if isinstance(landed, dict) else {}
    if asked.get("Queued"):
        is_over = number >= _MOST_ROUNDS or (number == 0 and _another_runs(event))
        return ([], []) if queue is None or is_over else _read_messages(queue.take(_MOST_UPLOADS))
    if asked.get("Nightly"):
        return _landed_lately(store, settings), []
    if "Bucket" in asked:
        return _listed(store, asked["Bucket"], asked.get("Prefix", "")), []
    return read_landed(landed), []


def _another_runs(event: dict[str, Any]) -> bool:
    """Say whether another run is under way: it drains the queue, and one more would only wait for it."""
    import boto3

    running = boto3.client("stepfunctions").list_executions(
        stateMachineArn=event["machine"], statusFilter="RUNNING", maxResults=2
    )
    return any(one["name"] != event["run"] for one in running["executions"])


def _read_messages(messages: Iterable[Message]) -> tuple[list[LandedObject], list[Message]]:
    """Return what messages name, and those that could be read; one that nobody can read stays in the queue."""
    found: list[LandedObject] = []
    read = []
    for message in messages:
        try:
            found += read_landed(json.loads(message.body))
        except (ValueError, KeyError, TypeError):
            continue
        read.append(message)
    return found, read


def _landed_lately(store: Any, settings: PlanSettings) -> Iterator[LandedObject]:
    oldest = dt.datetime.now(dt.UTC) - dt.timedelta(days=settings.nightly_days)
    return _listed(store, settings.landing, "", oldest) if settings.landing else iter(())


def _listed(store: Any, bucket: str, prefix: str, oldest: dt.datetime | None = None) -> Iterator[LandedObject]:
    for page in store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", ()):
            if oldest is None or one["LastModified"] >= oldest:
                yield LandedObject(bucket, one["Key"], one["Size"])


def _refused_before(store: Any, folder: str) -> dict[str, Any]:
    """Return the files that a round's jobs refused, as their reports say."""
    bucket, prefix = bucket_and_key(folder)
    refused = []
    for one in _listed(store, bucket, prefix):
        if one.key.endswith(report_of("")):
            report = json.loads(store.get_object(Bucket=bucket, Key=one.key)["Body"].read())
            refused += [f"{file['file']}: {file['why']}" for file in report["refused"]]
    return _told(refused)


def _told(refused: list[str]) -> dict[str, Any]:
    return {"files": len(refused), "text": "\n".join(one[:_MOST_TOLD] for one in refused[:_MOST_NAMED])}
