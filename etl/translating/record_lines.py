"""Lines that begin with the type of their record, between commas or bars: how they are taken apart."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.translating.raw_source import Line, RawSource
from meterlake.etl.translating.translated_values import BrokenRecord, Values

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class RecordReader(Protocol):
    """Reads records one by one, and remembers what later ones lean on."""

    def read(self, line: Line) -> Iterator[Values | BrokenRecord]:
        """Give what a record completes, and the record itself where it is broken."""
        ...

    def lose(self, fields: list[str]) -> None:
        """Forget what a record that cannot be read might have said."""
        ...


def read_records(source: RawSource, reader: RecordReader, delimiter: str) -> Iterator[Values | BrokenRecord]:
    """Give the values of a file's records; a line that cannot be read is broken, and leaned on by none."""
    for line in source.lines():
        if isinstance(line, Line):
            yield from reader.read(line)
        else:
            reader.lose(fields_of(line.raw_text, delimiter))
            yield line


def first_records(head: FileHead, delimiter: str) -> list[list[str]]:
    """Return the fields of a text's first records; one empty record where there is none."""
    rows = [fields_of(line, delimiter) for line in head.lines if line.strip()] if head.kind == "csv" else []
    return rows or [[""]]


def fields_of(text: str, delimiter: str) -> list[str]:
    """Return the fields of a line without blanks around them."""
    if '"' in text:
        try:
            return [field.strip() for field in next(csv.reader([text], delimiter=delimiter), [])]
        except csv.Error:
            pass
    return [field.strip() for field in text.split(delimiter)]


def field(fields: list[str], place: int) -> str:
    """Return a field, empty where the line has none in this place."""
    return fields[place] if place < len(fields) else ""


def whole_number(text: str) -> int | None:
    """Return a whole number of at most eighteen digits, None where a text is none."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 18 else None


def local_time(text: str) -> dt.datetime | None:
    """Return the time that eight, twelve or fourteen digits say, without a zone; None where they say none.

    >>> local_time("20231005093055")
    datetime.datetime(2023, 10, 5, 9, 30, 55)
    """
    if len(text) not in (8, 12, 14) or not (text.isascii() and text.isdecimal()):
        return None
    try:
        hour, minute, second = (int(text[at : at + 2] or 0) for at in (8, 10, 12))
        return dt.datetime(int(text[:4]), int(text[4:6]), int(text[6:8]), hour, minute, second)
    except ValueError:
        return None


def seconds_of(local: dt.datetime, offset: dt.timedelta) -> int:
    """Return the seconds since 1970 of a local time, by how far its clock is ahead of UTC."""
    return (local.replace(tzinfo=dt.UTC) - offset - _EPOCH) // dt.timedelta(seconds=1)
