"""The shapes of the outage routes' JSON bodies, for the OpenAPI description alone; see meterlake.api.description.documents."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from meterlake.api.description.documents import Paged
from meterlake.lake.codes.causes import Cause
from meterlake.outage.words.heeding import Act


class PublishedOutageItem(BaseModel):
    """A meter without power, or in error, in one interval."""

    meter_id: str
    reading_date_time: str = Field(description="UTC.", examples=["2013-01-03 09:30:00.000"])
    date_str: str = Field(examples=["20130103"])
    lat: float | None
    long: float | None


class PublishedOutagesBody(BaseModel):
    """Meters without power or in error, as published."""

    items: list[PublishedOutageItem] = Field(alias="Items")


class PointGeometry(BaseModel):
    """The middle of an outage's meters: longitude, latitude, WGS 84."""

    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2)


class OutageProperties(BaseModel):
    """What is known of an outage."""

    cause: Cause
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = Field(description="Null while it lasts.")
    meters: int
    customer_minutes: float | None = Field(description="Null where the meters had power.")
    confidence: float
    evidence: dict[str, Any]
    site_id: str | None
    transformer_id: str | None
    radius_m: float | None


class OutageFeature(BaseModel):
    """One outage as a GeoJSON feature (RFC 7946)."""

    type: Literal["Feature"]
    id: str
    geometry: PointGeometry | None
    properties: OutageProperties


class FeatureLink(BaseModel):
    """A link as OGC API - Features has it."""

    href: str
    rel: str
    type: str


class OutagesBody(Paged):
    """A page of outages as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[OutageFeature]
    number_matched: int = Field(alias="numberMatched")
    number_returned: int = Field(alias="numberReturned")
    links: list[FeatureLink]


class ReliabilityItem(BaseModel):
    """One place in one period; of the columns that name them there are the two that were asked for."""

    site_id: str | None = Field(default=None, description="`*` is all together; null are customers of no known site.")
    building_id: str | None = None
    transformer_id: str | None = None
    feeder_id: str | None = None
    substation_id: str | None = None
    district_id: str | None = None
    local_date: dt.date | None = None
    month_start: dt.date | None = None
    quarter_start: dt.date | None = None
    year_start: dt.date | None = None
    last_month_start: dt.date | None = Field(default=None, description="The month with which the twelve end.")
    customers_served: float = Field(description="The mean over the period's days.")
    customers_interrupted: int = Field(description="Sustained interruptions; who was interrupted twice counts twice.")
    customer_minutes: float
    planned_customer_minutes: float
    saidi_minutes: float
    saifi: float
    caidi_minutes: float | None
    distinct_customers_interrupted: int
    ctaidi_minutes: float | None
    caifi: float | None
    asai: float
    maifi: float
    maifi_e: float
    cemi: float
    cemsmi: float
    celid_s: float
    celid_t: float
    major_event_days: int
    t_med_minutes: float | None = Field(description="Null where fewer than two days with interruptions came before.")
    t_med_history_days: int = Field(
        description="Of how many days the threshold is made; the standard wants five years."
    )
    is_provisional: bool = Field(description="Whether readings that are still to come may change the row.")


class ReliabilityBody(Paged):
    """Reliability indices after IEEE Std 1366."""

    unit: str
    interval: str
    time_zone: str
    standard: str
    cemi_interruptions: int
    celid_s_hours: float
    celid_t_hours: float
    reliability: list[ReliabilityItem]


class RecordItem(BaseModel):
    """A recorded outage beside what was found of it, or an outage that was not recorded."""

    outcome: Literal["found", "missed", "not_recorded", "no_meters"]
    record_id: str | None
    outage_ids: str | None = Field(description="The outages that were found, blanks between.")
    recorded_started_at: dt.datetime | None
    found_started_at: dt.datetime | None
    start_minutes_apart: float | None = Field(description="Above 0 where it was found to begin later than recorded.")
    recorded_ended_at: dt.datetime | None
    found_ended_at: dt.datetime | None
    end_minutes_apart: float | None
    recorded_customers: int | None = Field(description="As recorded, else those served at its places.")
    found_customers: int
    recorded_customer_minutes: float | None
    found_customer_minutes: float
    reason: str | None = Field(description="What it came of, in the words of the record.")


class OutageRecordsBody(Paged):
    """What an outage management system recorded, beside what the meters say."""

    unit: str
    time_zone: str
    outage_records: list[RecordItem]


class FiledDifferenceItem(BaseModel):
    """An index that is not any more what was filed."""

    filing_id: str
    filed_at: dt.datetime
    filed_by: str
    period: str
    period_start: dt.date
    kind: str = Field(description="What the place is.")
    place_id: str | None = Field(description="`*` is all together; null are customers of no known place.")
    index: str
    filed: float | None
    now: float | None
    difference: float | None


class FilingDifferencesBody(Paged):
    """What differs from what was filed."""

    unit: str
    time_zone: str
    filing_differences: list[FiledDifferenceItem]


class OutageWordItem(BaseModel):
    """What a person said of an outage."""

    word_id: str
    said_at: dt.datetime
    said_by: str
    act: Act
    outage_id: str
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    reason: str | None = None
    meters: str | None = Field(
        default=None, description="Of a split, the meters that make an outage of their own, as JSON."
    )
    taken_back: str | None = Field(default=None, description="Of a take_back, the word.")
    note: str | None = None


class OutageWordsBody(BaseModel):
    """All that was said of an outage."""

    time_zone: str
    words: list[OutageWordItem]


class SaidBody(BaseModel):
    """What is to be said of an outage."""

    model_config = ConfigDict(extra="forbid")

    act: Act
    started_at: AwareDatetime | None = Field(default=None, description="Of a correction, when it began.")
    ended_at: AwareDatetime | None = Field(default=None, description="Of a correction, when it ended.")
    reason: str | None = Field(default=None, description="What it came of: one of METERLAKE_OUTAGE_REASONS.")
    into: str | None = Field(default=None, description="Of a merge, the outage that it is part of.")
    meters: list[str] = Field(default=[], description="Of a split, those that make an outage of their own.")
    word_id: str | None = Field(default=None, description="Of a take_back, the word.")
    note: str | None = None


class KeptWordBody(BaseModel):
    """The word that was kept; the next run of outages heeds it."""

    word_id: str
    said_by: str
