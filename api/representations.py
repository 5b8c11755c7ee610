"""One table of rows as JSON, CSV, newline-delimited JSON or Parquet, and readings as Green Button, with what holds of all of its rows.

Enters: rows as Arrow, with what is true of all (unit, interval, time zone). Leaves: bytes. NaN and infinity
never leave: they are null, as a missing value is. No model validates on the way out: that costs two thirds
of the rate.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from fastapi import Depends, Request

from meterlake.api.exchange import exchange_of
from meterlake.api.negotiation import best_media_type
from meterlake.api.paging import NextPage
from meterlake.api.parameters.shared_parameters import Format, ReadingsFormat
from meterlake.api.written_times import plain_columns, writable
from meterlake.lake.green_button.feed import write_feed


class Representation(StrEnum):
    """The ways to write an answer; each value is what `f` says."""

    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    GREEN_BUTTON = "greenbutton"


MEDIA_TYPES: dict[Representation, str] = {
    Representation.JSON: "application/json",
    Representation.CSV: "text/csv",
    Representation.NDJSON: "application/x-ndjson",
    Representation.PARQUET: "application/vnd.apache.parquet",
    Representation.GREEN_BUTTON: "application/atom+xml",
}
# What any table can be written as; Green Button is of readings alone.
TABLE_REPRESENTATIONS = (Representation.JSON, Representation.CSV, Representation.NDJSON, Representation.PARQUET)
_ENDINGS = {Representation.GREEN_BUTTON: "xml"}
_OF_MEDIA_TYPE = {media_type: representation for representation, media_type in MEDIA_TYPES.items()}
_ODD_LETTERS = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_PART = 60
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What a row on its own has to say: whose it is, of what, and in which unit.
_FACT_COLUMNS = ("meter_id", "quantity", "unit")
_FACT_HEADERS = ("meter_id", "quantity", "unit", "interval", "time_zone")


@dataclass(frozen=True)
class Rendered:
    """An answer's bytes, with what goes into its headers."""

    body: bytes
    media_type: str = MEDIA_TYPES[Representation.JSON]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowsAnswer:
    """Rows to be written.

    Attributes:
        name: What the rows are: their key in JSON and the file's name.
        rows: The rows; times are aware.
        facts: What holds of all rows, in order: unit, interval, time_zone and more.
        next_page: Where the following page is.
    """

    name: str
    rows: pa.Table
    facts: dict[str, Any]
    next_page: NextPage | None = None


async def representation_of(request: Request, f: Format = None) -> Representation:
    """Choose how to write the answer: `f` where it is given, else the Accept header.

    Raises:
        NotAcceptable: If the header takes none of ours.
    """
    return _chosen(request, f, TABLE_REPRESENTATIONS)


async def readings_representation_of(request: Request, f: ReadingsFormat = None) -> Representation:
    """Choose how to write readings, which may be Green Button; see representation_of."""
    return _chosen(request, f, tuple(Representation))


# What a route declares that writes rows as the caller likes them.
AskedRepresentation = Annotated[Representation, Depends(representation_of)]
AskedReadingsRepresentation = Annotated[Representation, Depends(readings_representation_of)]


def _chosen(request: Request, f: str | None, offered: tuple[Representation, ...]) -> Representation:
    exchange = exchange_of(request.scope)
    chosen = Representation(f) if f is not None else accepted(exchange.accept, offered)
    exchange.media_type = MEDIA_TYPES[chosen]
    return chosen


def accepted(accept: str, offered: tuple[Representation, ...] = TABLE_REPRESENTATIONS) -> Representation:
    """Return the representation that an Accept header likes best; JSON where it does not mind."""
    return _OF_MEDIA_TYPE[best_media_type(accept, tuple(MEDIA_TYPES[one] for one in offered))]


def render(answer: RowsAnswer, representation: Representation) -> Rendered:
    """Write an answer."""
    writer = {
        Representation.JSON: _json,
        Representation.CSV: _csv,
        Representation.NDJSON: _ndjson,
        Representation.PARQUET: _parquet,
        Representation.GREEN_BUTTON: _green_button,
    }[representation]
    is_table = representation in (Representation.CSV, Representation.NDJSON, Representation.PARQUET)
    told = replace(answer, rows=_standing_alone(answer)) if is_table else answer
    return Rendered(writer(told), MEDIA_TYPES[representation], _headers(answer, representation))


def _standing_alone(answer: RowsAnswer) -> pa.Table:
    """Return rows that say what else an answer says of all of them, so that files of several answers can be put together."""
    rows = answer.rows
    facts = [name for name in _FACT_COLUMNS if name in answer.facts and name not in rows.column_names]
    # Behind the others: who counts columns still finds them where they were.
    for name in facts:
        rows = rows.append_column(name, pa.array([answer.facts[name]] * rows.num_rows, pa.string()))
    return rows


def in_zone(rows: pa.Table, zone: ZoneInfo) -> pa.Table:
    """Return rows whose times are written in a zone; each stays the same instant."""
    for place, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type):
            rows = rows.set_column(place, column.name, rows.column(place).cast(pa.timestamp("us", zone.key)))
    return rows


def _headers(answer: RowsAnswer, representation: Representation) -> dict[str, str]:
    headers = {}
    if representation is not Representation.JSON:
        for name in _FACT_HEADERS:
            if name in answer.facts:
                value = str(answer.facts[name]).encode("ascii", "backslashreplace").decode()
                headers["x-meterlake-" + name.replace("_", "-")] = value.replace("\n", " ").replace("\r", " ")
        headers["content-disposition"] = f'attachment; filename="{_file_name(answer, representation)}"'
    if answer.next_page is not None:
        headers["link"] = f'<{answer.next_page.url}>; rel="next"'
    return headers


def _file_name(answer: RowsAnswer, representation: Representation) -> str:
    """Return a name that says of which meter and days the rows are, in letters that any system takes."""
    days = (answer.facts.get(name) for name in ("start", "end"))
    parts = [
        answer.name,
        answer.facts.get("meter_id"),
        *(f"{day:%Y-%m-%d}" for day in days if isinstance(day, dt.date)),
    ]
    plain = (_ODD_LETTERS.sub("-", str(part))[:_LONGEST_PART] for part in parts if part)
    return f"{'_'.join(plain)}.{_ENDINGS.get(representation, representation)}"


def _json(answer: RowsAnswer) -> bytes:
    return orjson.dumps(
        {
            **{name: writable(fact) for name, fact in answer.facts.items()},
            answer.name: _plain_rows(answer.rows),
            "next": answer.next_page and answer.next_page.token,
            "next_url": answer.next_page and answer.next_page.url,
        }
    )


def _ndjson(answer: RowsAnswer) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in _plain_rows(answer.rows))


def _plain_rows(rows: pa.Table) -> list[dict[str, Any]]:
    names = rows.column_names
    return [dict(zip(names, row, strict=True)) for row in zip(*plain_columns(rows), strict=True)]


def _csv(answer: RowsAnswer) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    rows = _with_local_starts(answer.rows)
    writer.writerow(rows.column_names)
    columns = [[*map(_cell, column)] for column in plain_columns(finite(rows))]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _with_local_starts(rows: pa.Table) -> pa.Table:
    """Return rows with the clock's own time beside each start: a spreadsheet takes a time with an offset for text."""
    if "interval_start" not in rows.column_names or not pa.types.is_timestamp(rows.schema.field("interval_start").type):
        return rows
    local = pc.strftime(
        pc.local_timestamp(rows["interval_start"]).cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%S"
    )
    return rows.append_column("interval_start_local", local)


def _cell(value: Any) -> Any:
    """Return a value as a CSV cell; a text that a spreadsheet would run as a formula is marked as text.

    OWASP, "CSV Injection": what begins with one of these is a formula. Numbers are no texts and stay as they are.
    """
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value
    return value.isoformat() if hasattr(value, "isoformat") else value


def _parquet(answer: RowsAnswer) -> bytes:
    facts = {key: str(value) for key, value in answer.facts.items() if value is not None}
    sink = pa.BufferOutputStream()
    pq.write_table(finite(answer.rows).replace_schema_metadata(facts), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _green_button(answer: RowsAnswer) -> bytes:
    """Write readings of one meter and quantity; they were changed, as Atom wants to be told, when the last of them ended."""
    rows = answer.rows
    for name in ("meter_id", "quantity"):
        rows = rows.append_column(name, pa.array([answer.facts[name]] * rows.num_rows, pa.string()))
    sink = io.BytesIO()
    write_feed(rows.to_batches(), sink, updated=answer.facts["end"])
    return sink.getvalue()


def finite(rows: pa.Table) -> pa.Table:
    """Return rows with null in place of NaN and infinity; orjson does the same for JSON."""
    for place, column in enumerate(rows.schema):
        if pa.types.is_floating(column.type):
            numbers = rows.column(place)
            rows = rows.set_column(place, column.name, pc.if_else(pc.is_finite(numbers), numbers, None))
    return rows
