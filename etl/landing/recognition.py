"""Which format a raw file is in: asked by name, or found by its head."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meterlake.etl.conforming.mapping_declaration import FileDeclaration
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.landed_file import LandedFile
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
) -> Layout:
    """Return how to read a file.

    Args:
        file: The file.
        format_name: The name of a format, or `auto` to find the one that fits.
        declared: The declaration of the file's columns, which then decides alone.
        takes_guesses: Whether a guess is followed that leaves doubts.

    Raises:
        UnreadableFile: If it fits none; the message names the nearest format and the difference.
    """
    from meterlake.etl.formats.mapping import layout_of  # a format, imported as all are when it is needed
    from meterlake.etl.guessing.undeclared import understand

    head = file.read_head(declared.sheet if declared else "", declared.encoding if declared else None)
    if declared is not None:
        answer = layout_of(head, declared, file.name)
        if isinstance(answer, Layout):
            return answer
        raise UnreadableFile(
            file.name, f"it is not what the mapping declares: {answer.difference}", "Mend one of the two"
        )
    candidates = FORMATS.all().values() if format_name == AUTO else [FORMATS.named(format_name)]
    misses: dict[str, Mismatch] = {}
    for raw_format in candidates:
        answer = raw_format.recognise(head)
        if isinstance(answer, Layout):
            return answer
        misses[raw_format.name] = answer
    understood = understand(head) if format_name == AUTO else None
    if understood is not None and (takes_guesses or not understood.doubts):
        head = file.read_head(encoding=understood.declaration.encoding)
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
