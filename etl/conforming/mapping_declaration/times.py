"""When a row's interval is: its time, what of the interval that marks, and how long the interval is."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from meterlake.etl.conforming.durations import parts_of
from meterlake.etl.conforming.mapping_declaration.part import Column, Columns, Part, column_or_columns, named_zone
from meterlake.etl.conforming.time_patterns import DIRECTIVES, compile_pattern, says_offset

# Each with how many of it a second has.
EPOCH_WORDS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000, "epoch_ns": 1_000_000_000}
DAY_WORDS = ("day_number", "day_slot")
TIME_WORDS = ("iso", *EPOCH_WORDS, "spreadsheet", *DAY_WORDS)
_WORDS = "`iso`; `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`; `spreadsheet` (the days that Excel counts)"
_PATTERN = f"or a pattern of `{DIRECTIVES}` and plain text"


class MomentColumn(Part):
    """The column that holds a moment, or the columns that do together."""

    column: Columns = Field(
        description="the column; of several, such as a date and a clock, their texts with a blank between"
    )
    format: str = Field(
        default="iso",
        description=f"{_WORDS}; `day_number`; {_PATTERN}",
    )
    zone: str | None = Field(default=None, description="the IANA zone of the file's clock")
    first_day: dt.date | None = Field(default=None, description="the day that has the number 1")

    _of_columns = model_validator(mode="before")(column_or_columns)

    @model_validator(mode="before")
    @classmethod
    def _of_a_column(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str | int) and not isinstance(given, bool) else given

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str | None) -> str | None:
        return None if zone is None else named_zone(zone)

    @field_validator("format")
    @classmethod
    def _is_readable(cls, pattern: str) -> str:
        if pattern not in TIME_WORDS:
            compile_pattern(pattern)
        return pattern

    @model_validator(mode="after")
    def _counts_from_a_day(self) -> Self:
        if (self.format in DAY_WORDS) != (self.first_day is not None):
            raise ValueError(f"first_day and a format that counts days ({', '.join(DAY_WORDS)}) go together")
        if self.format == "day_slot" and not self._has_intervals():
            raise ValueError("format: day_slot counts the intervals of a day, and these rows have none")
        return self

    @property
    def is_of_unsaid_clock(self) -> bool:
        """Whether a time may need a clock that is not said here."""
        return self.zone is None and self.format not in EPOCH_WORDS and not self.says_offset

    @property
    def says_offset(self) -> bool:
        """Whether its format is a pattern by which a time says how far its clock is ahead of UTC."""
        return self.format not in TIME_WORDS and says_offset(self.format)

    @property
    def names_clock_without_zone(self) -> bool:
        """Whether times say the name of their clock, and no zone is said that has clocks of such names."""
        return self.zone is None and self.format not in TIME_WORDS and "%Z" in self.format

    def _has_intervals(self) -> bool:
        return False


class TimeColumn(MomentColumn):
    """The time of an interval."""

    format: str = Field(
        default="iso",
        description=f"{_WORDS}; `day_number`; `day_slot` (a day's number and two digits of the slot); {_PATTERN}",
    )
    zone: str | None = Field(default=None, description="the IANA zone of the file's clock, and of its meters' days")
    marks: Literal["start", "end", "end_instant", "end_wall"] = Field(
        default="start",
        description="what of its interval a time is: `start`; `end`; or where the clocks change `end_instant`, as they "
        "showed it, and `end_wall`, as start and length add up",
    )
    until: str | None = Field(
        default=None,
        min_length=1,
        description="what stands between an interval's start and its end, where a text holds both",
    )
    slot: Column | None = Field(default=None, description="the column of the interval's number in its day, from 1")
    slots: Literal["elapsed", "clock"] = Field(
        default="elapsed",
        description="whether slots count what passed since midnight (`elapsed`: 1 to 25) or what the clock shows (`clock`)",
    )

    @model_validator(mode="after")
    def _names_its_slot_once(self) -> TimeColumn:
        if self.format == "day_slot" and self.slot is not None:
            raise ValueError("day_slot holds the slot; leave `slot` out, or say day_number")
        return self

    def _has_intervals(self) -> bool:
        return True

    @property
    def has_slot(self) -> bool:
        """Whether a time is a day and the number of an interval in it."""
        return self.slot is not None or self.format == "day_slot"


class IntervalLength(Part):
    """How long each row's interval is, where rows of several lengths stand in a file."""

    length: str | None = Field(
        default=None, description="of all rows, an ISO duration: `P1M` is a month of the calendar, `P1Y` a year"
    )
    column: Column | None = Field(
        default=None, description="the column of minutes, or of ISO durations such as PT15M, P1D and P1M"
    )
    end: Columns = Field(default=(), description="the column of the interval's end, written as `time.format` says")
    last_day: Columns = Field(
        default=(), description="the column of the interval's last day, which belongs to it; written likewise"
    )
    next: bool = Field(default=False, description="`true`: an interval lasts until the next time of its meter")
    until: bool = Field(default=False, description="`true`: its end stands in the time's own text, behind `time.until`")

    @field_validator("length")
    @classmethod
    def _is_a_duration(cls, length: str | None) -> str | None:
        if length is not None and parts_of(length.strip().upper()) is None:
            raise ValueError("an ISO duration, such as PT15M, P1D, P1M or P1Y")
        return length

    @model_validator(mode="after")
    def _is_said_once(self) -> IntervalLength:
        ways = (
            self.length,
            self.column,
            self.end or None,
            self.last_day or None,
            self.next or None,
            self.until or None,
        )
        if sum(way is not None for way in ways) != 1:
            raise ValueError("one of length, column, end, last_day, next and until")
        return self

    @property
    def end_columns(self) -> tuple[Column, ...]:
        """The columns that say where an interval ends, whether what they name belongs to it or not."""
        return self.end or self.last_day

    @property
    def is_said_by_rows(self) -> bool:
        """Whether a row says its length by itself, without where it ends."""
        return self.length is not None or self.column is not None
