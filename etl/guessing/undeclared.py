"""What a file is that fits no format and that nobody declared: an export that is known, or a guess.

Enters: its head. Leaves: a declaration, where it comes from, and what a person should look at before it is followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.conforming.sample_rows import sample_rows
from meterlake.etl.guessing.day_slot_guess import DOUBT, day_slots_of
from meterlake.etl.guessing.encoding_guess import head_in, told_encoding
from meterlake.etl.guessing.guess import guess_of
from meterlake.etl.guessing.known_exports import export_of


@dataclass(frozen=True)
class Understanding:
    """How a file can be read.

    Attributes:
        declaration: The declaration of its columns.
        source: Where that comes from, in words.
        said: What was taken for what.
        doubts: What a person should look at; without one it may be followed.
        yaml: The declaration as a file to correct.
    """

    declaration: MappingDeclaration
    source: str
    said: tuple[str, ...]
    doubts: tuple[str, ...]
    yaml: str


def understand(head: FileHead, *, is_zone_said: bool = False) -> Understanding | None:
    """Return how a file can be read that fits no format; None where nothing in it could be a time or a value.

    Args:
        head: The start of the file.
        is_zone_said: Whether the run says the zone of times that do not say theirs.
    """
    encoding = told_encoding(head)
    head = head if encoding is None else head_in(head, encoding)
    guess = guess_of(head, encoding, is_zone_said=is_zone_said)
    export = export_of(head)
    if export is not None:
        found = guess.declared if guess is not None else {}
        sample = sample_rows(head)
        mapping = export.mapping if sample is None else export.mapping_for(sample)
        # How numbers are written is often the person's own choice in an export.
        mapping = mapping | {
            name: found[name]
            for name in export.open_keys
            if name in found and name not in mapping and name != "interval_minutes"
        }
        mapping |= {"encoding": encoding} if encoding is not None else {}
        mapping |= {"sheet": head.sheet} if head.sheet else {}
        text = yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True, default_flow_style=None)
        declaration = MappingDeclaration.model_validate(mapping)
        # Without it the default would be taken, and nobody would know.
        unseen = "interval_minutes" in export.open_keys and "interval_minutes" not in mapping
        doubts = (
            ("how long an interval is cannot be told from the first rows: say `interval_minutes`",) if unseen else ()
        )
        return Understanding(declaration, f"known export {export.name}: {export.of}", (), doubts, text)
    if (day_slots := day_slots_of(head)) is not None:
        declaration = MappingDeclaration.model_validate(day_slots)
        text = yaml.safe_dump(day_slots, sort_keys=False, allow_unicode=True, default_flow_style=None)
        return Understanding(declaration, "guess", (), (DOUBT,), f"# to be looked at: {DOUBT}\n{text}")
    if guess is None:
        return None
    return Understanding(guess.declaration, "guess", guess.said, guess.doubts, guess.yaml)
