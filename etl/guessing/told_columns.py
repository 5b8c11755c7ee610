"""A file's columns, each with what its name and its texts say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from meterlake.etl.conforming.durations import parts_of
from meterlake.etl.conforming.sample_rows import SampleRows
from meterlake.etl.guessing.cell_marks import CellMarks, cell_marks
from meterlake.etl.guessing.column_words import (
    CLOCK,
    HOUR,
    MONTH,
    NO_VALUE,
    TIME,
    YEAR,
    says_meter,
    says_value,
    unit_named,
    unit_of,
    words_of,
)
from meterlake.etl.guessing.number_guess import NumberGuess, number_guess, unwrapped
from meterlake.etl.guessing.time_guess import TimeGuess, time_guess

# Times that any number could be, and the words of a name that says that it is one.
_NUMBERS_TOO = {"%Y": YEAR, **dict.fromkeys(("%Y%m", "%Y%j", "%m.%Y", "spreadsheet"), TIME | MONTH)}
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(:\d{2})?( ?[AaPp][Mm])?")
# 07h, 7h30, 7 AM; a day that has an hour 24 counts its hours.
_HOUR_LABEL = re.compile(r"([01]?\d|2[0-3]) ?[hH]([0-5]\d)?|(0?[1-9]|1[0-2]) ?[AaPp][Mm]")


@dataclass
class ToldColumn:
    """One column.

    Attributes:
        key: What a declaration calls it: its name, or its number where no line names the columns.
        texts: Its first texts.
        unit_below: The unit that a line below the header says.
        title: What it is called, where its key says where it stands.
        is_above: Whether it stands above the rows, and says the same of all of them.
        is_value: Whether it was taken for a value.
    """

    key: str | int
    texts: tuple[str, ...]
    unit_below: str = ""
    title: str = ""
    is_above: bool = False
    is_value: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""
        return self.title or (self.key if isinstance(self.key, str) else "")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return words_of(self.name)

    @cached_property
    def unit(self) -> str | None:
        """The unit that its name says, or the line below that, or that stands in its cells."""
        named = unit_named(self.unit_below) or unit_of(self.name)
        return named or next(iter(self.marks.units), None)

    @cached_property
    def marks(self) -> CellMarks:
        """What stands behind its numbers."""
        return cell_marks(self.texts)

    @cached_property
    def times(self) -> TimeGuess | None:
        """How its times are written, where it holds times."""
        found = None if self.is_blank or self.is_above else time_guess(tuple(unwrapped(text) for text in self.texts))
        if found is None or (found.format in _NUMBERS_TOO and not _NUMBERS_TOO[found.format] & set(self.words)):
            return None
        # A meter's number has as many digits as the milliseconds of an epoch.
        return None if found.format.startswith("epoch") and self.meter_weight > 1 else found

    @cached_property
    def numbers(self) -> NumberGuess | None:
        """How its numbers are written, where it holds numbers."""
        return None if self.is_blank or self.is_above else number_guess(self.marks.numbers)

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing."""
        return not any(self.texts)

    @property
    def told(self) -> list[str]:
        """Its texts that say something."""
        return [text for text in self.texts if text]

    @property
    def distinct(self) -> int:
        """How many different texts it holds."""
        return len(set(self.told))

    @property
    def is_clock(self) -> bool:
        """Whether it holds times of day alone."""
        # 3.50 is a clock's only where a word says so, and so is a mere hour from 0 on, as of a day that has no hour 24.
        is_named = bool(CLOCK & set(self.words))
        return not self.is_blank and (
            all(_CLOCK.fullmatch(text) and (":" in text or is_named) for text in self.told)
            or all(map(_HOUR_LABEL.fullmatch, self.told))
            or self.is_hour_of_clock
        )

    @property
    def is_hour_of_clock(self) -> bool:
        """Whether it holds hours as a clock shows them, 0 to 23."""
        hours = {int(text) for text in self.told if text.isdecimal()}
        return bool(HOUR & set(self.words)) and 0 in hours and max(hours) <= 23 and all(map(str.isdecimal, self.told))

    @property
    def is_duration(self) -> bool:
        """Whether it holds ISO durations."""
        return not self.is_blank and all(parts_of(text) is not None for text in self.told)

    @property
    def is_slot(self) -> bool:
        """Whether it numbers the intervals of a day."""
        numbers = [int(text) for text in self.told if text.isdecimal()]
        is_named = bool(HOUR & set(self.words))
        return (
            is_named and len(numbers) == len(self.told) and bool(numbers) and min(numbers) > 0 and max(numbers) <= 300
        )

    @property
    def meter_weight(self) -> int:
        """How surely its name is a meter's."""
        return says_meter(self.words)

    @property
    def is_about_values(self) -> bool:
        """Whether its name is a price's, a quality's or the like."""
        return bool(NO_VALUE & set(self.words))

    @property
    def value_weight(self) -> int:
        """How surely its name is a measured value's."""
        return says_value(self.words, self.unit)


def told_columns(sample: SampleRows) -> tuple[ToldColumn, ...]:
    """Return a sample's columns; of two of one name, and of one without, the number is the key."""
    repeated = {name for name in sample.names if sample.names.count(name) > 1}
    nothing = ("",) * len(sample.names)
    said = zip(
        sample.columns,
        sample.units or nothing,
        sample.titles or nothing,
        sample.above or (False,) * len(sample.names),
        strict=True,
    )
    return tuple(
        ToldColumn(name if sample.has_header and name and name not in repeated else place, *of_column)
        for place, (name, of_column) in enumerate(zip(sample.names, said, strict=True), 1)
    )
