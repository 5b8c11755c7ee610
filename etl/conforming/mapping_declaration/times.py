"""When a row's interval is: its time, what of the interval that marks, and how long the interval is."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from meterlake.etl.conforming.mapping_declaration.part import Column, Columns, Part, column_or_columns, named_zone
from meterlake.etl.conforming.time_patterns import compile_pattern

TIME_WORDS = ("iso", "epoch_s", "epoch_ms", "day_number", "day_slot")
EPOCH_WORDS = ("epoch_s", "epoch_ms")
DAY_WORDS = ("day_number", "day_slot")


class MomentColumn(Part):
    """The column that holds a moment, or the columns that do together."""

    column: Columns = Field(
        description="the column; of several, such as a date and a clock, their texts with a blank between"
    )
    format: str = Field(
        default="iso",
        description="`iso`, `epoch_s`, `epoch_ms`, `day_number`, or a pattern of "
        "`%Y %y %m %b %d %j %H %I %p %M %S %f %F %T %R` and plain text",
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
        return self.zone is None and self.format not in EPOCH_WORDS

    def _has_intervals(self) -> bool:
        return False


class TimeColumn(MomentColumn):
    """The time of an interval."""

    format: str = Field(
        default="iso",
        description="`iso`, `epoch_s`, `epoch_ms`, `day_number`, `day_slot` (a day's number and two digits of the slot), "
        "or a pattern of `%Y %y %m %b %d %j %H %I %p %M %S %f %F %T %R` and plain text",
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

    column: Column | None = Field(
        default=None, description="the column of minutes, or of ISO durations such as PT15M and P1D"
    )
    end: Columns = Field(default=(), description="the column of the interval's end, written as `time.format` says")
    next: bool = Field(default=False, description="`true`: an interval lasts until the next time of its meter")
    until: bool = Field(default=False, description="`true`: its end stands in the time's own text, behind `time.until`")

    @model_validator(mode="after")
    def _is_said_once(self) -> IntervalLength:
        if sum([self.column is not None, bool(self.end), self.next, self.until]) != 1:
            raise ValueError("one of column, end, next and until")
        return self
