"""Which format a raw file is in: asked by name, or found by its head."""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import Layout, Mismatch
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.lake.errors import UnreadableFile

AUTO = "auto"


def recognise(file: LandedFile, format_name: str = AUTO, declared: MappingDeclaration | None = None) -> Layout:
    """Return how to read a file.

    Args:
        file: The file.
        format_name: The name of a format, or `auto` to find the one that fits.
        declared: The declaration of the file's columns, which then decides alone.

    Raises:
        UnreadableFile: If it fits none; the message names the nearest format and the difference.
    """
    head = file.read_head(declared.sheet if declared else "", declared.encoding if declared else None)
    if declared is not None:
        from meterlake.etl.formats.mapping import layout_of  # a format, imported as all are when it is needed

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
    nearest = min(misses, key=lambda name: misses[name].distance)
    start = head.lines[0][:120] if head.lines else f"a {head.kind} file"
    raise UnreadableFile(
        file.name,
        f"no format fits; it begins {start!r}. The nearest is {nearest!r}: {misses[nearest].difference}",
        "Mend the file, name its format with --format, or describe it with a mapping (--mapping FILE.yaml)",
    )
