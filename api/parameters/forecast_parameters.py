"""The parameters of a forecast: which model says it, as of when, and which of its intervals are shown."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from meterlake.api.parameters.shared_parameters import EXAMPLES, OptionalEnd, OptionalStart, TimeZoneName
from meterlake.api.parameters.time_parameters import TimeRange, parse_range, parse_time, parse_zone
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.lake.errors import BadParameter

_MODEL_NAME = re.compile(r"([A-Za-z0-9_-]{1,100})(?::(\d{1,9}))?", re.ASCII)

IssuedAt = Annotated[
    str | None,
    Query(
        description="The end of the history that is used: an RFC 3339 time with its offset, at the start of an "
        "interval. Absent: the newest.",
        examples=[EXAMPLES["issued_at"]],
    ),
]
EndpointName = Annotated[
    str | None,
    Query(
        description="The model to ask: a name, or a name and version with a colon between. Absent: the newest approved.",
        examples=["household"],
        max_length=120,
    ),
]


@dataclass(frozen=True)
class ForecastAsked:
    """What is asked of a forecast.

    Attributes:
        issued_at: Where it begins; None for the newest.
        shown: The range in which the intervals begin that are shown.
        model: The model's name, or name:version; None for the one in service.
        tz: The zone that times are shown in; None for that of the meters.
    """

    issued_at: dt.datetime | None
    shown: TimeRange
    model: str | None
    tz: str | None

    def record(self, store: ModelStore) -> ModelRecord:
        """Return the model that is to say it.

        Raises:
            BadParameter: If the name cannot be one, or none of the model's intervals begins at issued_at.
            UnknownModel: If there is no such model.
            NoModel: If none is approved.
        """
        record, moment = chosen_model(store, self.model, None, parameter="model"), self.issued_at
        if moment is not None:
            minutes = moment.hour * 60 + moment.minute
            if moment.second or moment.microsecond or minutes % record.interval_minutes:
                expected = f"the start of an interval of {record.interval_minutes} minutes"
                raise BadParameter("issued_at", moment.isoformat(), expected, EXAMPLES["issued_at"])
        return record

    def zone(self, own: str) -> ZoneInfo:
        """Return the zone that times are shown in, the meters' own where none is named."""
        return parse_zone(self.tz, own)


async def _forecast_asked(
    issued_at: IssuedAt = None,
    model: EndpointName = None,
    start: OptionalStart = None,
    end: OptionalEnd = None,
    tz: TimeZoneName = None,
) -> ForecastAsked:
    """Read what is asked; what is wrong is refused before anything is asked of the lake.

    Raises:
        BadParameter: If it cannot be read.
    """
    parse_zone(tz, "UTC")
    moment = None if issued_at is None else parse_time("issued_at", issued_at)
    return ForecastAsked(moment, parse_range(start, end), model, tz)


# What a route declares that answers with a forecast.
AskedForecast = Annotated[ForecastAsked, Depends(_forecast_asked)]


def chosen_model(store: ModelStore, wanted: str | None, interval_minutes: int | None, *, parameter: str) -> ModelRecord:
    """Return the model that a request names in a parameter, else the one in service.

    Raises:
        BadParameter: If the name cannot be one, or the model has other intervals than the route answers with.
        UnknownModel: If there is no such model.
        NoModel: If none is approved.
    """
    if wanted is None:
        return store.in_service(None, interval_minutes)
    match = _MODEL_NAME.fullmatch(wanted)
    if match is None:
        raise BadParameter(parameter, wanted, "a name, or a name:version", "household")
    name, version = match.groups()
    record = store.in_service(name) if version is None else store.record(name, int(version))
    if interval_minutes not in (None, record.interval_minutes):
        expected = f"a model of intervals of {interval_minutes} minutes; this one has {record.interval_minutes}"
        raise BadParameter(parameter, wanted, expected, "household")
    return record
