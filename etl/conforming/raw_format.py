"""What a raw format is: how to recognise a file of it, how to read it, how its rows become canonical ones.

A format is one module in etl/formats that ends with `FORMAT = ...`; it is found by its module. Reading is the
engine's work and is described here only as data (a Layout); the way from raw text to a canonical row is an
Ibis expression, which DuckDB runs on one machine and in each of Spark's workers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import SettingsConfigDict

from meterlake.etl.conforming.mapping_declaration import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.declaration import MOST_MINUTES
from meterlake.lake.codes.quantities import Quantity, quantity_named
from meterlake.lake.settings import MeterlakeSettings
from meterlake.lake.time_bounds import FIRST_YEAR
from meterlake.lake.time_zones import checked_zone

if TYPE_CHECKING:
    import ibis.expr.types as ir


# The kind of files that are not rows; see meterlake.etl.translating.translated_format.
TRANSLATED = "translated"


# Of quantities, as pairs; in a setting they are an object.
Limits = Annotated[
    tuple[tuple[str, float], ...],
    BeforeValidator(lambda given: tuple(given.items()) if isinstance(given, dict) else given),
]


@dataclass(frozen=True)
class FileHead:
    """The start of a raw file, enough to tell its format.

    Attributes:
        path: The file.
        kind: csv, json, parquet, orc or avro, from its name; xml where text begins as XML does.
        encoding: The text encoding, from its byte order mark; utf-8 without one.
        lines: The first lines, without their ends; empty for binary kinds.
        columns: Column names where the kind carries them (Parquet, ORC, Avro, JSON).
        name: The file's own name, without its folder and its suffixes.
        sheet: Of a workbook the sheet, where that is not its first.
    """

    path: Path
    kind: str
    encoding: str
    lines: tuple[str, ...]
    columns: tuple[str, ...] = ()
    name: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Layout:
    """How an engine reads a file into text columns; files with equal layouts are read together.

    Attributes:
        format: The name of the format.
        kind: csv, json, parquet, orc or avro; or translated, where the format itself turns the file into rows.
        columns: The columns' canonical raw names, in the file's order.
        delimiter: Between columns of a CSV.
        quote: The quotation mark of a CSV, or empty for none.
        header_lines: Lines before the first row.
        encoding: The text encoding.
        variant: What else the format must know to conform the rows.
        paths: For JSON Lines, where each column stands in a record: `a.b`, or `list[].b` for each entry of a
            list, which makes a row an entry. The raw table then also has `line`, the text of the record, and
            `place_in_line`, the entry's number from 0.
        is_ordered: Whether the raw table also has `row_index`, a number that rises with the rows of the files.
        has_registers: Whether its register reads are also differenced into what flowed between them.
        mapping: The declaration of the columns, for a file in no known format.
        is_local: Whether its times are read on a clock that may be set forward and back.
        time_zone: The zone of the days of its new meters, where the format, the file or its declaration says one.
        sheet: The sheet of a workbook; its first where it is empty.
        has_lines: Whether a record of a translated file is a line of text.
        footer_lines: Lines behind the last row.
        record: What the first column of a line must be for it to be a row; empty where every line is one.
        lines: A regular expression; only lines behind the header in which it is found are rows.
        document: For JSON or XML that is one document, where its list of records stands, steps parted by points; None for
            JSON Lines.
        read_by: For a file that nobody declared, how its columns were understood.
        unsaid_clock: Where times say no offset and nobody describes their clock, what they are read as; see
            meterlake.etl.conforming.unsaid_clock.
    """

    format: str
    kind: str
    columns: tuple[str, ...]
    delimiter: str = ","
    quote: str = ""
    header_lines: int = 1
    encoding: str = "utf-8"
    variant: str = ""
    paths: tuple[str, ...] = ()
    is_ordered: bool = False
    has_registers: bool = False
    mapping: FileDeclaration | None = field(default=None, hash=False)
    is_local: bool = False
    time_zone: str = ""
    has_lines: bool = True
    sheet: str = ""
    footer_lines: int = 0
    record: str = ""
    lines: str = ""
    document: str | None = None
    read_by: str = field(default="", compare=False)
    unsaid_clock: str = field(default="", compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether a file can only be read from its start to its end, and not in parts."""
        return bool(self.footer_lines) or self.document is not None


@dataclass(frozen=True)
class Mismatch:
    """How far a file is from a format: 0 is a match, 1 is nothing alike; and the difference in words."""

    distance: float
    difference: str


class ReadOptions(MeterlakeSettings):
    """What files do not say of themselves: each is said for a run, or is the environment variable METERLAKE_ and its name."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_")

    time_zone: str = Field(
        default="UTC",
        description="Zone of times that do not say theirs and of the days of meters, where the file says none.",
    )
    interval_minutes: int = Field(
        default=30, ge=1, le=MOST_MINUTES, description="Length of intervals where a format leaves it open."
    )
    timestamp_marks: Literal["start", "end"] = Field(default="start", description="What a time is of its interval.")
    earliest_year: int = Field(default=1990, ge=FIRST_YEAR, description="Readings before this year are implausible.")

    highest: Limits = Field(
        default=(),
        description="The most of a quantity that is plausible in an hour, where not its own limit, as a JSON object: "
        "{'energy': 5000}. In a longer interval as much more, in a shorter as much less.",
    )

    @property
    def most_of(self) -> dict[str, float]:
        """The limits that are set, by quantity."""
        return dict(self.highest)

    def limited(self, quantity: Quantity) -> Quantity:
        """Return a quantity with the limits that hold here."""
        most = self.most_of.get(quantity.name)
        if most is None:
            return quantity
        return replace(quantity, highest=most, lowest=0.0 if quantity.lowest == 0.0 else -most)

    @property
    def said_time_zone(self) -> str | None:
        """The zone, where somebody said one."""
        return self.time_zone if "time_zone" in self.model_fields_set else None

    def zone_of_days(self, layout: Layout) -> str:
        """Return the zone of the days of a file's new meters: the one that is given, else the file's own, else UTC."""
        return self.said_time_zone or layout.time_zone or self.time_zone

    @field_validator("highest")
    @classmethod
    def _are_limits(cls, highest: Limits) -> Limits:
        for name, most in highest:
            quantity_named(name)
            if not 0 < most < float("inf"):
                raise ValueError(f"{name}: a number above zero, found {most}")
        return highest

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        return checked_zone(name)


@dataclass(frozen=True)
class Example:
    """A few lines of a file: the reference shows them, and tests hold that their format reads them and no other does."""

    file_name: str
    text: str


class RawFormat(Protocol):
    """One raw format.

    A conformed row holds the columns that meterlake.etl.conforming.reading_expressions declares for the target, and `reason`
    (null for a good row) and `raw_text`.

    Attributes:
        name: The name it is asked for by, which is its module's.
        meaning: What it is, in a line.
        target: The table that its rows go to: readings, meters or weather.
        holds: What a file holds, as the reference says it.
        times: What its times are.
        described_at: Who describes the layout, and where; empty where the reference does.
        example: A small file; None where a declaration says what a file holds.
    """

    name: str
    meaning: str
    target: str
    holds: str
    times: str
    described_at: str
    example: Example | None

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Return how to read the file, or how it differs from this format."""
        ...

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw text rows into canonical ones."""
        ...
