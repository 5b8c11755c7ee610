"""The rows that this room writes and reads, a type a table: each field is a column of lake/tables.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from meterlake.lake.tables import OUTAGE_METERS, OUTAGES, PLANNED_OUTAGES, Table


@dataclass(frozen=True, kw_only=True)
class LakeRow:
    """A row of a table; two are equal where all of their columns are."""

    table: ClassVar[Table]

    started_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class OutageRow(LakeRow):
    """A row of outages."""

    table = OUTAGES

    outage_id: str
    cause: str
    ended_at: dt.datetime | None
    meters: int
    customer_minutes: float | None
    confidence: float
    evidence: str
    site_id: str | None
    transformer_id: str | None
    latitude: float | None
    longitude: float | None
    radius_m: float | None


@dataclass(frozen=True, kw_only=True)
class OutageMeterRow(LakeRow):
    """A row of outage_meters."""

    table = OUTAGE_METERS

    outage_id: str
    meter_id: str
    ended_at: dt.datetime | None
    first_lost_at: dt.datetime | None
    interval_minutes: float
    intervals_lost: int
    codes: str | None


@dataclass(frozen=True, kw_only=True)
class PlannedOutageRow(LakeRow):
    """A row of planned_outages."""

    table = PLANNED_OUTAGES

    planned_id: str
    ended_at: dt.datetime
    meter_id: str | None
    building_id: str | None
    transformer_id: str | None
    site_id: str | None
    note: str | None
