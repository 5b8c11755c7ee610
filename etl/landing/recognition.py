"""Which format a raw file is in: asked by name, or found by its head."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from meterlake.etl.conforming.mapping_declaration import FileDeclaration, MappingDeclaration, WeatherDeclaration
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.sheets import ALL_ALIKE, is_sheet, sheets_alike
from meterlake.lake.errors import UnreadableFile

if TYPE_CHECKING:
    from meterlake.etl.guessing.undeclared import Understanding

AUTO = "auto"


def recognise(
    file: LandedFile,
    format_name: str = AUTO,
    declared: FileDeclaration | None = None,
    *,
    takes_guesses: bool = False,
    is_zone_said: bool = False,
) -> Layout:
    """Return how to read a file.

    Args:
        file: The file.
        format_name: The name of a format, or `auto` to find the one that fits.
        declared: The declaration of the file's columns, which then decides alone.
        takes_guesses: Whether a guess is followed that leaves doubts.
        is_zone_said: Whether the run says the zone of times that do not say theirs.

    Raises:
        UnreadableFile: If it fits none; the message names the nearest format and the difference.
    """
    head = file.read_head(declared.sheet if declared else "", declared.encoding if declared else None)

    def fits(one: FileHead) -> Layout:
        if declared is not None:
            return _declared(file, one, declared, is_zone_said=is_zone_said)
        return _found(file, one, format_name, takes_guesses=takes_guesses, is_zone_said=is_zone_said)

    if is_sheet(file.path.name) and not (declared and declared.sheet):
        further: Iterable[FileHead] = () if declared else file.further_heads()
        return _of_workbook(file, chain([head], further), fits)
    return fits(head)


def _of_workbook(file: LandedFile, heads: Iterable[FileHead], fits: Callable[[FileHead], Layout]) -> Layout:
    """Read a workbook's first sheet and those that have its header as one; else the first sheet that anything fits.

    Sheets of one header whose rows do not say their meter may each be a meter's: nothing tells them apart, and they are refused.
    """
    alike = sheets_alike(file.path)
    refusals = []
    for head in islice(heads, 1) if alike else heads:
        try:
            layout = fits(head)
        except UnreadableFile as error:
            refusals.append(error)
            continue
        if not alike:
            return layout
        if layout.mapping is not None and not layout.mapping.row_name.columns:
            found = (
                f"its sheets {', '.join(map(repr, alike))} have one header, and no column says which meter each is of"
            )
            advice = (
                "In a mapping name one of them with sheet:, say sheet: '*' where all are of one meter, or add a column"
            )
            raise UnreadableFile(file.name, found, advice)
        return replace(
            layout, sheet=ALL_ALIKE, read_by=f"{layout.read_by}; {len(alike)} sheets read as one".lstrip("; ")
        )
    raise next((one for one in refusals if "It can be guessed" in str(one)), refusals[0])


def _declared(file: LandedFile, head: FileHead, declared: FileDeclaration, *, is_zone_said: bool) -> Layout:
    """Return how a file is read by a declaration."""
    from meterlake.etl.formats.mapping import layout_of  # a format, imported as all are when it is needed
    from meterlake.etl.guessing.clock_guess import clock_named

    is_named = isinstance(declared, MappingDeclaration | WeatherDeclaration) and declared.time.names_clock_without_zone
    if is_named and not is_zone_said and (clock := next(filter(None, map(clock_named, head.lines)), None)):
        found = f"its times name a clock, {clock}, that many places have, and nobody says which is meant"
        raise UnreadableFile(file.name, found, "Say `zone` in the mapping's `time`, or --time-zone")
    answer = layout_of(head, declared, file.name)
    if isinstance(answer, Layout):
        return answer
    raise UnreadableFile(file.name, f"it is not what the mapping declares: {answer.difference}", "Mend one of the two")


def _found(file: LandedFile, head: FileHead, format_name: str, *, takes_guesses: bool, is_zone_said: bool) -> Layout:
    """Return how a file that nothing declares is read: by the format that it fits, or by a guess."""
    from meterlake.etl.formats.mapping import layout_of  # a format, imported as all are when it is needed
    from meterlake.etl.guessing.undeclared import understand

    candidates = FORMATS.all().values() if format_name == AUTO else [FORMATS.named(format_name)]
    misses: dict[str, Mismatch] = {}
    for raw_format in candidates:
        answer = raw_format.recognise(head)
        if isinstance(answer, Layout):
            return replace(answer, sheet=head.sheet)
        misses[raw_format.name] = answer
    understood = understand(head, is_zone_said=is_zone_said) if format_name == AUTO else None
    if understood is not None and (takes_guesses or not understood.doubts):
        if understood.declaration.encoding is not None:
            head = file.read_head(head.sheet, understood.declaration.encoding)
        answer = layout_of(head, understood.declaration, file.name)
        if isinstance(answer, Layout):
            return replace(answer, read_by="; ".join((understood.source, *understood.said)))
    raise _refusal(file, head, misses, understood)


def _refusal(
    file: LandedFile, head: FileHead, misses: dict[str, Mismatch], understood: Understanding | None
) -> UnreadableFile:
    """Return why a file fits no format: the nearest one, and a guess as the mapping that would mend it."""
    nearest = min(misses, key=lambda name: misses[name].distance)
    start = head.lines[0][:120] if head.lines else f"a {head.kind} file"
    found = f"no format fits; it begins {start!r}. The nearest is {nearest!r}: {misses[nearest].difference}"
    if understood is None:
        advice = "Mend the file, name its format with --format, or describe it with a mapping (--mapping FILE.yaml)"
        return UnreadableFile(file.name, found, advice)
    doubts = "; ".join(understood.doubts)
    advice = (
        "Look at the guess with --dry-run, follow it with --yes, or correct this and give it with --mapping"
        f" (--write-mapping FILE writes it):\n\n{understood.yaml}"
    )
    return UnreadableFile(file.name, f"{found}. It can be guessed, but: {doubts}", advice)
