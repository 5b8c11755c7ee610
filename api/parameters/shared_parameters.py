"""The parameters that routes share, each declared once with its description and an example."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BeforeValidator, Field

from meterlake.api.canonical_request import ESCAPED_SLASH
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.metering.derived_quantities import DERIVED

# What a problem shows as a good value, and the OpenAPI description as an example.
EXAMPLES: dict[str, str] = {
    "meter_id": "MAC001595",
    "aggregation": "daily",
    "year": "2013",
    "start": "2013-01-02T00:00:00Z",
    "end": "2013-01-09T00:00:00Z",
    "tz": "Europe/London",
    "interval": "PT1H",
    "quantity": "energy",
    "limit": "1000",
    "next": "the value of next in the page before",
    "data_start": "2013-01-02",
    "data_end": "2013-02-01",
    "outlier_only": "1",
    "weather": "1",
    "detector": "fleet_band",
    "issued_at": "2013-10-01T00:00:00Z",
    "bbox": "-0.5,51.2,0.3,51.7",
    "start_date_time": "2013-01-03 00:00:00.000",
    "end_date_time": "2013-01-04 00:00:00.000",
    "error_code": "PWR_LOSS",
    "datetime": "2013-01-02T00:00:00Z/2013-01-09T00:00:00Z",
    "cause": "power_cut",
    "f": "csv",
    "by": "day",
    "period": "month",
    "boundaries": "2013-01-05,2013-02-07",
    "as_of": "2013-10-01T00:00:00Z",
    "since": "2013-10-01T00:00:00Z",
}

_DATE_TIME = {"format": "date-time"}
_START = "The first moment, inclusive: an RFC 3339 time with its offset. A time without offset is refused."
_END = "The moment at which the range ends, exclusive: an RFC 3339 time with its offset."

# No Path and no Query: a route has it as the one or the other, see meterlake.api.routes.meter_routes.
MeterId = Annotated[
    str,
    BeforeValidator(lambda text: text.replace(ESCAPED_SLASH, "/")),
    Field(description="The meter, as its owner names it.", examples=["MAC001595"], min_length=1),
]
_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def _plain_number(text: object) -> object:
    """Refuse what Python takes for a number and nobody writes: 2012.0, 1_0, +5."""
    if isinstance(text, str) and not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError("a whole number of up to nine digits")
    return text


Year = Annotated[
    int,
    BeforeValidator(_plain_number),
    Path(description="The year; for weeks the ISO 8601 week year.", examples=[2013], ge=1900, le=2200),
]
Period = Annotated[
    Literal["daily", "weekly", "monthly"], Path(description="Over what the energy is added up.", examples=["daily"])
]
Start = Annotated[str, Query(description=_START, examples=[EXAMPLES["start"]], json_schema_extra=_DATE_TIME)]
End = Annotated[str, Query(description=_END, examples=[EXAMPLES["end"]], json_schema_extra=_DATE_TIME)]
OptionalStart = Annotated[
    str | None,
    Query(description=f"{_START} Absent: from the first.", examples=[EXAMPLES["start"]], json_schema_extra=_DATE_TIME),
]
OptionalEnd = Annotated[
    str | None,
    Query(description=f"{_END} Absent: to the last.", examples=[EXAMPLES["end"]], json_schema_extra=_DATE_TIME),
]
TimeZoneName = Annotated[
    str | None,
    Query(
        alias="tz",
        description="The IANA zone in which times are written; an instant stays the same instant. Absent: the meter's.",
        examples=[EXAMPLES["tz"]],
    ),
]
QuantityName = Annotated[
    str,
    Query(
        description="What was measured.",
        examples=[EXAMPLES["quantity"]],
        json_schema_extra={"enum": list(QUANTITIES)},
    ),
]
TariffTimes = Annotated[
    str | None,
    Query(
        description="Apart by a tariff's times: name, months, days and hours of each, with semicolons between; the first that "
        "holds counts, and what none names is `other`.",
        examples=["peak,11-2,mon-fri,16:00-19:00;night,,,23:00-07:00;day"],
        min_length=1,
        max_length=2000,
    ),
]
HolidaysOf = Annotated[
    str | None,
    Query(
        description="Of times: whose public holidays are holidays, as an ISO 3166 code.", examples=["GB"], max_length=10
    ),
]
LastYear = Annotated[bool, Query(description="The same periods of the year before beside each.")]
AnsweredQuantityName = Annotated[
    str,
    Query(
        description="What was measured, or follows from it: net_energy, energy_rates, energy_multiplied, gas_energy_of_volume, "
        "and power_factor where none was measured.",
        examples=[EXAMPLES["quantity"]],
        json_schema_extra={"enum": list(dict.fromkeys((*QUANTITIES, *DERIVED)))},
    ),
]
AsOf = Annotated[
    str | None,
    Query(
        description="Answer as it would have been then: an RFC 3339 time with its offset, or the id of an ingest, which has come. "
        "An ingest that was taken back has never been.",
        examples=[EXAMPLES["as_of"]],
        min_length=1,
        max_length=100,
    ),
]
Limit = Annotated[int | None, BeforeValidator(_plain_number), Query(description="Rows a page.", examples=[1000], ge=1)]
# A page's token holds the last row's key, and ids may be long.
Next = Annotated[str | None, Query(description="Where to go on: `next` of the page before.", max_length=20_000)]
_REPRESENTATION = Query(description="The representation; it goes before the Accept header.", examples=["csv"])
Format = Annotated[Literal["json", "csv", "ndjson", "parquet"] | None, _REPRESENTATION]
ReadingsFormat = Annotated[Literal["json", "csv", "ndjson", "parquet", "greenbutton"] | None, _REPRESENTATION]
