"""The shapes of the JSON bodies, for the OpenAPI description alone.

Nothing is validated against them on the way out; the tests hold every route to them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from meterlake.lake.codes.verdicts import Verdict


class Paged(BaseModel):
    """What every paged body ends with."""

    next: str | None = Field(description="Give it as `next` to get the following page; null on the last.")
    next_url: str | None = Field(
        description="A reference to the following page, to be resolved against this one's address; null on the last."
    )


class Series(Paged):
    """What every body of values says of them."""

    meter_id: str
    quantity: str = Field(examples=["energy"])
    unit: str = Field(examples=["kWh"])
    interval: str | None = Field(description="ISO 8601 duration of each value; null where values are as stored.")
    time_zone: str = Field(description="The IANA zone in which times are written.", examples=["Europe/London"])
    start: AwareDatetime
    end: AwareDatetime


class ReadingItem(BaseModel):
    """One value over [interval_start, interval_end)."""

    interval_start: AwareDatetime
    interval_end: AwareDatetime
    value: float | None
    quality: Literal["actual", "estimated", "edited", "suspect"] | None = None
    reading_type: str | None = None
    ingest_id: str | None = None
    intervals_present: int | None = Field(
        default=None, description="Readings in the interval, where they are added up."
    )
    intervals_expected: int | None = Field(
        default=None, description="Those, and as many more as the minutes without any hold."
    )


class ReadingsBody(Series):
    """Readings of one meter."""

    readings: list[ReadingItem]


class ConsumptionItem(BaseModel):
    """What was used in one period, and how much of it was measured."""

    interval_start: AwareDatetime
    interval_end: AwareDatetime
    value: float | None
    intervals_present: int | None
    intervals_expected: int | None
    kind: Literal["period", "span"] | None = Field(
        default=None, description="A `span` is one reading that no period holds whole; it is counted in none."
    )
    time_of_use: str | None = Field(
        default=None, description="With `times`: the name of the time; null of readings that are longer than one."
    )
    last_year_value: float | None = Field(
        default=None, description="With `last_year`: of the same period a year before."
    )
    last_year_missing_share: float | None = Field(default=None, description="Of that period.")
    minimum: float | None = Field(default=None, description="The lowest value, of what is averaged.")
    maximum: float | None = Field(default=None, description="The highest value, of what is averaged.")
    minutes_present: int | None = None
    minutes_expected: int | None = None
    estimated_share: float | None = Field(default=None, description="Of the expected minutes, as are the other shares.")
    edited_share: float | None = None
    suspect_share: float | None = None
    missing_share: float | None = None


class ConsumptionBody(Series):
    """Consumption of one meter."""

    period: str | None = Field(default=None, description="The kind of period, where `period` asked for one.")

    period_time_zone: str = Field(description="The zone whose days, weeks and months these are: the meter's.")
    consumption: list[ConsumptionItem]


class DemandItem(BaseModel):
    """The most, the least and the base of a period; powers are means of windows that were measured whole."""

    interval_start: AwareDatetime
    interval_end: AwareDatetime
    maximum: float
    maximum_at: AwareDatetime = Field(
        description="When the window of the maximum began; the first where several are alike."
    )
    minimum: float
    minimum_at: AwareDatetime
    mean: float
    base_load: float = Field(description="The median of each day's lowest window.")
    load_factor: float | None = Field(
        description="The mean over the maximum; null where the maximum is not above zero."
    )
    window_minutes: int
    windows_present: int
    windows_expected: int


class DemandBody(Paged):
    """The demand of one meter."""

    meter_id: str
    quantity: str
    unit: str = Field(description="Of the powers.")
    period: str
    time_zone: str
    period_time_zone: str = Field(description="The zone whose days these are: the meter's.")
    demand: list[DemandItem]


class ChangeItem(BaseModel):
    """A period whose value is another one now."""

    meter_id: str
    interval_start: AwareDatetime
    interval_end: AwareDatetime
    kind: Literal["period", "span"]
    before: float | None = Field(description="Null where there was no reading then.")
    now: float | None = Field(description="Null where there is none now.")
    difference: float
    ingests: str = Field(description="The ids of the ingests that changed it, with commas between them.")


class ChangesBody(Paged):
    """What answers given at an earlier time would be now."""

    quantity: str
    unit: str
    period: str
    since: AwareDatetime = Field(description="When they were given.")
    time_zone: str
    changes: list[ChangeItem]


class GroupItem(BaseModel):
    """What the meters of a group used in a period."""

    group: str | None = Field(description="Null of the meters whose group is not known; `all` where by is fleet.")
    period_start: dt.date = Field(description="The first day, of each meter's own clock.")
    period_end: dt.date = Field(description="The day behind the last.")
    kind: Literal["period", "span"] = Field(
        description="A `span` is what no period holds whole; it is counted in none."
    )
    value: float | None = Field(description="Null where no meter of the group sent anything.")
    meters: int = Field(description="Meters that sent something.")
    meters_expected: int = Field(description="Meters that should have: from their first reading on.")
    intervals_present: int
    intervals_expected: int | None
    minutes_present: int | None
    minutes_expected: int | None
    estimated_share: float | None = Field(description="Of the expected minutes, as are the other shares.")
    edited_share: float | None
    suspect_share: float | None
    missing_share: float | None


class GroupsBody(Paged):
    """What groups of meters used over periods."""

    by: str
    quantity: str
    unit: str
    period: str
    groups: list[GroupItem]


class PeakItem(BaseModel):
    """The most that the meters of a group draw together in a period."""

    group: str = Field(description="`all` where by is fleet.")
    interval_start: AwareDatetime
    interval_end: AwareDatetime
    maximum: float = Field(description="The highest mean power of a window of all of them together.")
    maximum_at: AwareDatetime = Field(description="When that window began.")
    meters: int = Field(description="Meters that were measured then.")
    meters_expected: int = Field(description="Meters of which the period has a window.")
    own_maxima: float = Field(description="The sum of what each of them draws in its own highest window.")
    diversity: float | None = Field(description="own_maxima over maximum; null where nothing was drawn.")
    window_minutes: int


class PeaksBody(Paged):
    """When groups of meters draw the most together."""

    by: str
    quantity: str
    unit: str = Field(description="Of the powers.")
    period: str
    peaks: list[PeakItem]


class MeterItem(BaseModel):
    """One meter and what is known of it."""

    meter_id: str
    site_id: str | None
    building_id: str | None
    transformer_id: str | None
    time_zone: str | None
    latitude: float | None
    longitude: float | None
    tariff: str | None
    segment: str | None
    commissioned_at: AwareDatetime | None
    service_point_id: str | None = Field(
        description="The customer's connection, which stays where a meter is exchanged."
    )
    feeder_id: str | None
    substation_id: str | None
    district_id: str | None
    multiplier: float | None = Field(
        description="What its values are multiplied by, beside the ratios of its transformers."
    )
    ct_ratio: float | None
    vt_ratio: float | None
    highest_kw: float | None


class MeterSpell(BaseModel):
    """What was known of a meter on some days."""

    valid_from: dt.date | None = Field(description="The first day; null where that has always held.")
    valid_until: dt.date | None = Field(description="The day behind the last; null where no end is known.")
    site_id: str | None
    building_id: str | None
    transformer_id: str | None
    latitude: float | None
    longitude: float | None
    tariff: str | None
    segment: str | None
    service_point_id: str | None
    feeder_id: str | None
    substation_id: str | None
    district_id: str | None
    multiplier: float | None = Field(
        description="What its values are multiplied by, beside the ratios of its transformers."
    )
    ct_ratio: float | None
    vt_ratio: float | None
    highest_kw: float | None


class MetersBody(Paged):
    """A page of meters."""

    meters: list[MeterItem]


class MeterQuantity(BaseModel):
    """One quantity that a meter gives, and from when to when."""

    quantity: str
    unit: str
    first_date: dt.date
    last_date: dt.date
    days_with_readings: int


class MeterBody(MeterItem):
    """One meter with what it measures, and what was known of it before where that changed."""

    quantities: list[MeterQuantity]
    spells: list[MeterSpell] = Field(description="In order; empty where what is known has always held.")


class QualityItem(BaseModel):
    """A row of the quality answer; which members it has depends on the request."""

    meter_id: str | None = None
    local_date: dt.date | None = None
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    days_with_readings: int | None = None
    days_missing: int | None = None
    meters: int | None = Field(default=None, description="Those that sent something on the day.")
    meters_expected: int | None = Field(default=None, description="Those that sent something until then.")
    intervals_present: int | None = None
    intervals_expected: int | None = Field(
        default=None,
        description="Null where nothing was sent, which says no length, or in sums from before minutes were counted.",
    )
    minutes_present: int | None = None
    minutes_expected: int | None = None
    completeness_fraction: float | None = Field(default=None, description="Minutes present of those expected.")
    reason: str | None = None
    source_file: str | None = None
    quarantined_rows: int | None = None
    interval_start: AwareDatetime | None = None
    interval_end: AwareDatetime | None = None
    duration_minutes: float | None = None


class QualityBody(Paged):
    """How complete the readings are, or what was set aside."""

    by: Literal["meter", "day", "reason", "gap"]
    meter_id: str | None = Field(default=None, description="Whose gaps these are.")
    quantity: str | None = Field(default=None, description="What was measured; absent for quarantined rows.")
    unit: str
    interval: str | None
    time_zone: str | None
    quality: list[QualityItem]


class Score(BaseModel):
    """What a detector says of one day."""

    consumption_kwh: float | None
    expected_kwh: float | None = Field(description="Of the part of the day that was measured.")
    lower_kwh: float | None
    upper_kwh: float | None
    anomaly: int = Field(
        ge=-1, le=1, description="1 above what is expected, -1 below, 0 neither; of a rule, that it holds."
    )
    importance: float
    severity: float = Field(description="How far from expected, and from all that the meter did at other times.")
    verdict: Verdict


class AnomalyItem(Score):
    """One day of one meter."""

    interval_start: AwareDatetime
    interval_end: AwareDatetime


class AnomaliesBody(Paged):
    """What a detector says of one meter's days."""

    meter_id: str
    detector: str
    unit: str
    interval: str
    time_zone: str
    start: AwareDatetime
    end: AwareDatetime
    anomalies: list[AnomalyItem]


class FleetAnomalyItem(Score):
    """One anomaly of the fleet, with where the meter stands."""

    meter_id: str
    local_date: dt.date
    detail: str | None
    latitude: float | None
    longitude: float | None
    site_id: str | None


class FleetAnomaliesBody(Paged):
    """A page of the fleet's anomalies, the worst first."""

    detector: str
    unit: str
    interval: str
    time_zone: str
    ranked_by: Literal["importance", "severity"]
    anomalies: list[FleetAnomalyItem]


class ForecastItem(BaseModel):
    """What a meter will use in one interval: the mean and nine quantiles."""

    interval_start: AwareDatetime
    interval_end: AwareDatetime
    mean_kwh: float
    p10_kwh: float
    p20_kwh: float
    p30_kwh: float
    p40_kwh: float
    p50_kwh: float
    p60_kwh: float
    p70_kwh: float
    p80_kwh: float
    p90_kwh: float


class ForecastsBody(BaseModel):
    """One forecast of one meter."""

    next: str | None = Field(default=None, description="Null: a forecast is one page.")
    next_url: str | None = Field(default=None, description="Null: a forecast is one page.")

    meter_id: str
    unit: str
    interval: str = Field(examples=["PT1H"])
    time_zone: str
    issued_at: AwareDatetime = Field(description="The end of the history that the forecast knew.")
    model_name: str
    model_version: int
    horizon_intervals: int
    source: Literal["stored", "model"] = Field(description="From the forecasts table, or made for this request.")
    flag: Literal["ok", "short_history", "no_history"] = Field(description="How much of the meter the model knew.")
    forecasts: list[ForecastItem]


class GroupForecastBody(BaseModel):
    """One forecast of a group of meters."""

    next: str | None = Field(default=None, description="Null: a forecast is one page.")
    next_url: str | None = Field(default=None, description="Null: a forecast is one page.")

    by: str
    group: str
    unit: str
    interval: str = Field(examples=["PT1H"])
    time_zone: str = Field(description="That of most of the meters, unless another is asked for.")
    issued_at: AwareDatetime = Field(description="The end of the history that the forecast knew.")
    model_name: str
    model_version: int
    horizon_intervals: int
    flag: Literal["ok", "short_history", "no_history"] = Field(description="How much of the group the model knew.")
    meters: int = Field(description="How many meters the forecast is of.")
    stopped: list[str] = Field(description="Meters of the group that have sent nothing for weeks; it is not of them.")
    forecasts: list[ForecastItem]


class ModelItem(BaseModel):
    """One model: what it is, and how it was judged."""

    name: str
    version: int
    status: Literal["PendingApproval", "Approved", "Rejected"]
    forecaster: str
    interval: str
    horizon_intervals: int
    metrics: dict[str, Any]
    parameters: dict[str, Any] = {}
    trained_on: dict[str, Any]
    created_at: AwareDatetime
    decided_at: AwareDatetime | None = None
    notes: str | None = None


class ModelsBody(BaseModel):
    """All models."""

    unit: str
    time_zone: str
    models: list[ModelItem]


class IngestItem(BaseModel):
    """One file taken in, with its accounts."""

    ingest_id: str
    source_file: str
    content_hash: str | None
    format: str | None
    rows_read: int
    rows_stored: int
    duplicates: int
    superseded: int
    quarantined: int
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    source_bytes: int | None
    superseded_by_itself: int | None = Field(
        description="Of the superseded, rows that a later row of the same file replaced; many of them should make one look."
    )
    assumed: str | None = Field(default=None, description="What was assumed of the file, because nobody said it.")
    covered: int = Field(
        description="Of the rows stored, those that lie under better or newer values now, whole or in part."
    )


class IngestsBody(Paged):
    """A page of ingests, the newest first."""

    unit: str = Field(examples=["rows"])
    time_zone: str
    ingests: list[IngestItem]


class HealthBody(BaseModel):
    """What the lake holds."""

    status: Literal["ok"]
    version: str = Field(description="Changes exactly when a table of the lake changes.")
    newest_reading_end: AwareDatetime | None = Field(description="When the newest reading of all meters ends.")
    rows: dict[str, int] = Field(description="Rows a table.")


class ProblemBody(BaseModel):
    """A problem after RFC 9457."""

    type: str = Field(description="Stable; see the table of problems.")
    title: str
    status: int
    detail: str
    instance: str
    correlation_id: str
    parameter: str | None = Field(default=None, description="The parameter that is at fault.")
    found: str | None = Field(default=None, description="What was found in it; null where it is missing.")
    expected: str | None = None
    example: str | None = Field(default=None, description="A good value.")
    did_you_mean: str | None = Field(default=None, description="The nearest of the names that are taken.")
    known: list[str] | None = Field(default=None, description="The parameters that the route knows.")
    errors: list[dict[str, Any]] | None = Field(default=None, description="All parameters at fault.")
    offered: list[str] | None = Field(default=None, description="The media types that the route writes.")
    found_days: float | None = Field(default=None, description="The width of the range that was asked for.")
    limit_days: int | None = Field(default=None, description="The widest range that may be.")
    limit_requests_per_minute: int | None = None
    retry_after_seconds: float | None = Field(default=None, description="As in Retry-After.")
