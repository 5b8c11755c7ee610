"""Decides what one run of the state machine *ingest* takes in: landed objects become batches of even size.

Enters: uploads as S3 reports them (EventBridge's events, alone, in a list or in SQS messages), a prefix to take in
whole, or the word that it is night. Leaves: a list of addresses a batch (meterlake.etl.landing.batch_list), and how many
there are. The plan is a pure function; `handler` is the Lambda shell about it. It imports nothing but boto3, the settings
and what says which names are read, so that it fits into the API's package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.etl.landing.batch_list import BatchList, can_be_listed
from meterlake.etl.landing.raw_names import is_raw_name
from meterlake.lake.settings import MeterlakeSettings

_MEGABYTE = 1_000_000


class PlanSettings(MeterlakeSettings):
    """Settings of the plan; each is the environment variable METERLAKE_PLAN_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_PLAN_")

    work: str = Field(default="", pattern=r"^(s3://.+)?$", description="Where lists go, as s3://bucket/prefix.")
    batch_mb: int = Field(default=2000, ge=1, description="Raw megabytes that one ingest job takes at once.")
    with_weather: bool = Field(default=True, description="Whether weather files are taken in.")


@dataclass(frozen=True)
class LandedObject:
    """One object in the landing bucket."""

    bucket: str
    key: str
    size_bytes: int

    @property
    def address(self) -> str:
        """Return the object's address, s3://bucket/key."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Plan:
    """What a run takes in.

    Attributes:
        batches: Objects that are taken in together, in order.
        left_out: How many objects no format can be in, or are weather where none is wanted.
        is_work: Whether there is anything to do; at night there is, uploads or not.
    """

    batches: tuple[tuple[LandedObject, ...], ...]
    left_out: int
    is_work: bool


def plan_batches(
    landed: Iterable[LandedObject], *, batch_bytes: int, with_weather: bool = True, is_night: bool = False
) -> Plan:
    """Return what is taken in, in batches.

    Args:
        landed: What landed; an object that is named twice counts once.
        batch_bytes: The most raw bytes of a batch; a larger object is a batch of its own.
        with_weather: Whether weather files are wanted.
        is_night: Whether the stages after ingest are to run even where nothing landed.
    """
    once = {one.address: one for one in landed}
    wanted = sorted(
        (one for one in once.values() if _is_raw(one) and (with_weather or not _is_weather(one))),
        key=lambda one: one.address,
    )
    batches: list[list[LandedObject]] = []
    room_bytes = 0
    for one in wanted:
        if not batches or one.size_bytes > room_bytes:
            batches.append([])
            room_bytes = batch_bytes
        batches[-1].append(one)
        room_bytes -= one.size_bytes
    return Plan(tuple(map(tuple, batches)), len(once) - len(wanted), bool(wanted) or is_night)


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
    """Plan a run, as Lambda and the state machine call it.

    Args:
        event: `run`, the execution's name, and `landed`, the execution's input.
        context: Lambda's; not looked at.

    Returns:
        `is_work`, `left_out`, and `batches`: of each the address of its `list`, its `files` and `bytes`.
    """
    import boto3

    settings, store = PlanSettings(), boto3.client("s3")
    landed = event["landed"]
    is_night = isinstance(landed, dict) and bool(landed.get("Nightly"))
    if isinstance(landed, dict) and "Bucket" in landed:
        found: Iterable[LandedObject] = _listed(store, landed["Bucket"], landed.get("Prefix", ""))
    else:
        found = [] if is_night else read_landed(landed)
    plan = plan_batches(
        found, batch_bytes=settings.batch_mb * _MEGABYTE, with_weather=settings.with_weather, is_night=is_night
    )
    batches = []
    for number, batch in enumerate(plan.batches, start=1):
        written = BatchList(tuple(one.address for one in batch)).write(store, f"{settings.work}/{event['run']}", number)
        size_bytes = sum(one.size_bytes for one in batch)
        batches.append({"list": written, "files": len(batch), "bytes": size_bytes})
    return {"run": event["run"], "is_work": plan.is_work, "left_out": plan.left_out, "batches": batches}


def _listed(store: Any, bucket: str, prefix: str) -> Iterator[LandedObject]:
    for page in store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", ()):
            yield LandedObject(bucket, one["Key"], one["Size"])


def _is_raw(one: LandedObject) -> bool:
    return is_raw_name(PurePosixPath(one.key)) and one.size_bytes > 0 and can_be_listed(one.address)


def _is_weather(one: LandedObject) -> bool:
    return any(part.lower().startswith("weather") for part in PurePosixPath(one.key).parts)
