"""What the two engines spell differently; everything else in the rules of merging is one text that both read.

Both know SEMI and ANTI joins with USING, windows, FILTER, `min_by`, `(a, b)` as a row and STRING as a type.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SqlWords:
    """One engine's spelling; templates with {name}, {time}, {date}, {zone}, {start}, {end}, {count}, {number}, {dividend} and {divisor}.

    Attributes:
        quoted: A column whose name is a word of the language.
        microseconds: Since 1970, of a moment.
        days_between: The days from one date to another.
        moment: The moment, with its zone, of so many microseconds.
        quotient: A division that leaves whole numbers.
        whole: A number rounded to the next whole one, half away from zero.
        billionth: A number rounded to nine decimals, in the same way.
        midnight: The moment, in UTC without a zone, at which a {date} begins in a {zone}.
        shown: A number as text, without powers of ten where it is of a register's size.
    """

    quoted: str
    microseconds: str
    days_between: str
    moment: str
    quotient: str
    whole: str
    billionth: str
    midnight: str
    shown: str

    def names(self, columns: Iterable[str]) -> str:
        """Return columns with commas between them, whatever they are called."""
        return ", ".join(self.quoted.format(name=name) for name in columns)

    def minutes_between(self, start: str, end: str) -> str:
        """Return SQL for the whole minutes between two moments."""
        dividend = f"({self.microseconds.format(time=end)} - {self.microseconds.format(time=start)})"
        return self.quotient.format(dividend=dividend, divisor="60000000")

    def interval_end(self, start: str = "interval_start", minutes: str = "interval_minutes") -> str:
        """Return SQL for the end of an interval of so many minutes, as a moment."""
        length = f"CAST({minutes} AS BIGINT) * 60000000"
        return self.moment.format(count=f"{self.microseconds.format(time=start)} + {length}")


DUCKDB = SqlWords(
    quoted='"{name}"',
    microseconds="epoch_us({time})",
    days_between="date_diff('day', {start}, {end})",
    moment="make_timestamptz({count})",
    quotient="{dividend} // {divisor}",
    whole="CAST(round({number}) AS BIGINT)",
    billionth="round({number}, 9)",
    midnight="timezone('UTC', timezone({zone}, CAST({date} AS TIMESTAMP)))",
    shown="format('{{}}', {number})",
)
