"""The rows that this room writes and reads, a type a table: each field is a column of lake/tables.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from meterlake.lake.tables import INTERRUPTIONS, OUTAGE_METERS, OUTAGE_WORDS, OUTAGES, PLANNED_OUTAGES, SERVICES, Table


@dataclass(frozen=True, kw_only=True)
class LakeRow:
    """A row of a table; two are equal where all of their columns are."""

    table: ClassVar[Table]

    @property
    def partition(self) -> str:
        """The folder of its partition, the year of a time; empty where the table has none."""
        return "".join(str(getattr(self, one.column).year) for one in self.table.partitions)


@dataclass(frozen=True, kw_only=True)
class OutageRow(LakeRow):
    """A row of outages."""

    table = OUTAGES

    outage_id: str
    started_at: dt.datetime
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
class LosingRow(LakeRow):
    """A row that says what intervals a meter lost."""

    first_lost_at: dt.datetime | None
    interval_minutes: float
    intervals_lost: int
    codes: str | None


@dataclass(frozen=True, kw_only=True)
class OutageMeterRow(LosingRow):
    """A row of outage_meters."""

    table = OUTAGE_METERS

    outage_id: str
    meter_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class PlacedRow(LakeRow):
    """A row that says where a meter stood."""

    site_id: str | None
    building_id: str | None
    transformer_id: str | None
    feeder_id: str | None
    substation_id: str | None
    district_id: str | None


@dataclass(frozen=True, kw_only=True)
class InterruptionRow(PlacedRow, LosingRow):
    """A row of interruptions."""

    table = INTERRUPTIONS

    outage_id: str
    customer_id: str
    meter_id: str
    lost_at: dt.datetime
    returned_at: dt.datetime | None
    lost_known_by: str
    returned_known_by: str | None
    minutes_low: float
    minutes: float
    minutes_high: float
    duration: str
    also_possible: str | None
    planned_minutes: float


@dataclass(frozen=True, kw_only=True)
class ServiceRow(PlacedRow):
    """A row of services."""

    table = SERVICES

    customer_id: str
    meter_id: str
    served_from: dt.datetime
    served_until: dt.datetime | None
    time_zone: str | None


@dataclass(frozen=True, kw_only=True)
class PlannedOutageRow(LakeRow):
    """A row of planned_outages."""

    table = PLANNED_OUTAGES

    planned_id: str
    started_at: dt.datetime
    ended_at: dt.datetime
    meter_id: str | None
    building_id: str | None
    transformer_id: str | None
    site_id: str | None
    note: str | None
    customer_id: str | None
    feeder_id: str | None
    substation_id: str | None
    district_id: str | None


@dataclass(frozen=True, kw_only=True)
class OutageWordRow(LakeRow):
    """A row of outage_words."""

    table = OUTAGE_WORDS

    word_id: str
    said_at: dt.datetime
    said_by: str
    act: str
    outage_id: str
    meter_id: str
    lost_at: dt.datetime
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    reason: str | None = None
    other_meter_id: str | None = None
    other_lost_at: dt.datetime | None = None
    meters: str | None = None
    taken_back: str | None = None
    note: str | None = None
