"""A declaration of a file's columns, made up from its header and its first rows.

Enters: the head of a file that fits no format. Leaves: a declaration as a person would write it, what was taken for what in
words, and what is in doubt. A guess without a doubt may be followed; one with doubts is a draft for a person to correct.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.nested_records import EACH, PAIRS, steps_of
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.conforming.sample_records import lists_beside
from meterlake.etl.conforming.sample_rows import SampleRows, sample_rows
from meterlake.etl.guessing.clock_guess import CLOCK
from meterlake.etl.guessing.encoding_guess import encoded_twice
from meterlake.etl.guessing.meter_guess import guess_meter
from meterlake.etl.guessing.quality_guess import guess_quality
from meterlake.etl.guessing.span_guess import guess_span
from meterlake.etl.guessing.told_columns import ToldColumn, told_columns
from meterlake.etl.guessing.value_guess import guess_values
from meterlake.etl.guessing.wide_guess import guess_wide


@dataclass
class Draft:
    """A declaration while it is made: what it says, which columns are used up, what is said and doubted of it."""

    declared: dict[str, Any] = field(default_factory=dict)
    used: set[str | int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    _doubts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is in doubt, in words."""
        return tuple(words for _, words in self._doubts)

    def doubt(self, topic: str, words: str) -> None:
        """Note a doubt, of a topic by which it can be settled."""
        self._doubts.append((topic, words))

    def settle(self, *topics: str) -> None:
        """Take back the doubts of some topics."""
        self._doubts = [doubt for doubt in self._doubts if doubt[0] not in topics]

    def left(self, columns: tuple[ToldColumn, ...]) -> list[ToldColumn]:
        """Return the columns that are not used yet."""
        return [column for column in columns if column.key not in self.used]


@dataclass(frozen=True)
class Guess:
    """What a file may mean.

    Attributes:
        declared: The declaration, as YAML would hold it.
        said: What was taken for what, in words.
        doubts: What a person should look at; without one it may be followed.
    """

    declared: dict[str, Any]
    said: tuple[str, ...]
    doubts: tuple[str, ...]

    @cached_property
    def declaration(self) -> MappingDeclaration:
        """The same, checked."""
        return MappingDeclaration.model_validate(self.declared)

    @property
    def yaml(self) -> str:
        """The declaration as a file to correct, its doubts as comments on top."""
        comments = "".join(f"# to be looked at: {doubt}\n" for doubt in self.doubts)
        return comments + str(
            yaml.safe_dump(self.declared, sort_keys=False, allow_unicode=True, default_flow_style=None)
        )


def guess_of(head: FileHead, encoding: str | None = None, *, is_zone_said: bool = False) -> Guess | None:
    """Return what a file may mean; None where no column could be a time, or none a value.

    Args:
        head: The start of the file.
        encoding: The text's, where it is guessed, too.
        is_zone_said: Whether the run says the zone of times that do not say theirs.
    """
    sample = sample_rows(head)
    if sample is None or not sample.rows:
        return None
    columns = told_columns(sample)
    draft = Draft()
    if not guess_wide(draft, columns):
        if not guess_span(draft, columns):
            return None
        guess_meter(draft, columns)
        if not guess_values(draft, columns):
            return None
        guess_quality(draft, columns)
    if is_zone_said:
        draft.settle(CLOCK)
    _add_shape(draft, head, sample, columns)
    if encoding is not None:
        draft.declared["encoding"] = encoding
        draft.doubt("encoding", f"it is no UTF-8; its letters are taken for {encoding}: say `encoding`")
    elif (twice := encoded_twice(head)) is not None:
        draft.doubt(
            "encoding",
            f"its letters were written in UTF-8 twice ({twice[0]!r} is {twice[1]!r}), and names would be called so: have it"
            " written anew, or give this as it is",
        )
    order = ("meter_id", "time", "interval_minutes", "interval", "wide", "values", "quality")
    declared = {name: draft.declared[name] for name in order if name in draft.declared}
    declared |= {name: value for name, value in draft.declared.items() if name not in declared}
    return Guess(declared, tuple(draft.said), draft.doubts)


def _add_shape(draft: Draft, head: FileHead, sample: SampleRows, columns: tuple[ToldColumn, ...]) -> None:
    """Say how the file is laid out, and how its numbers are written."""
    if all(value.get("register") for value in draft.declared["values"]):
        # Reads of a register are taken at a moment; how far they are apart is of no account.
        draft.declared.pop("interval_minutes", None)
        draft.settle("length", "marks")
    if sample.delimiter and (sample.skipped_lines or not sample.has_header):
        draft.declared["delimiter"] = sample.delimiter
    if sample.skipped_lines:
        draft.declared["skip_lines"] = sample.skipped_lines
        draft.said.append(f"{sample.skipped_lines} lines stand above the header")
    if sample.records is not None:
        place = _place_of_records(draft)
        draft.declared = _below_records(draft.declared, place) | {"records": place}
        draft.said.append(f"records stand in the list at {place or 'its top'!r}")
        if others := lists_beside(head, place):
            names = ", ".join(map(repr, others[:6]))
            draft.doubt("records", f"{names} hold such records, too, and a mapping reads one list: make one of all")
    if head.sheet:
        draft.declared["sheet"] = head.sheet
        draft.said.append(f"rows are those of the sheet {head.sheet!r}")
    if not sample.has_header:
        draft.declared["header"] = False
        draft.doubt("header", "no line names the columns: they are numbered, and told by what they hold")
    numbers = [column.numbers for column in columns if column.is_value and column.numbers]
    if any(number.decimal == "," for number in numbers):
        draft.declared["decimal"] = ","
    marks = {number.thousands for number in numbers if number.thousands}
    if marks:
        draft.declared["thousands"] = marks.pop()
    if numbers and all(number.is_unsure for number in numbers):
        draft.doubt(
            "numbers", "the mark in numbers such as 1.234 may part thousands or decimals: say `decimal` and `thousands`"
        )


def _place_of_records(draft: Draft) -> str:
    """Return where the list stands whose entries hold all columns that are used; empty where none is, or the top."""
    places = {str(key).partition(EACH)[0] if EACH in str(key) else None for key in draft.used}
    found = places.pop() if len(places) == 1 else None
    is_of_members = all(f"{found}{EACH}." in str(key) and not _goes_by_place(str(key)) for key in draft.used)
    return found if found and PAIRS not in found and is_of_members else ""


def _goes_by_place(path: str) -> bool:
    return any(map(str.isdecimal, steps_of(path)))


def _below_records(declared: Any, place: str) -> Any:
    """Return a declaration with the paths of columns as they go on from where the records stand."""
    if isinstance(declared, dict):
        return {name: _below_records(value, place) for name, value in declared.items()}
    if isinstance(declared, list):
        return [_below_records(value, place) for value in declared]
    return declared.removeprefix(f"{place}{EACH}.") if place and isinstance(declared, str) else declared
