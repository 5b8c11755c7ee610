"""Exports of utilities and tools that are known: found by their header, read by the declaration that ships for them.

Enters: a file's head. Leaves: the export whose columns it has. Each is one YAML file in etl/known_exports: `name`, `of` (whose
export it is), `described_at`, `header` (columns that it always has), `mapping`, and `sample`, a few invented lines that a test
reads. A contribution is one such file.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.conforming.sample_rows import SampleRows, sample_rows
from meterlake.etl.guessing.length_guess import commonest_step
from meterlake.etl.guessing.time_guess import moments_by


class KnownExport(BaseModel):
    """One export that is known.

    Attributes:
        name: As it is called in the accounts.
        of: Whose export it is.
        described_at: Where its layout is described.
        header: Columns that it always has; no other export has them all.
        mapping: How it is read.
        time_formats: Further ways in which its times are written; a file's own is found by reading some.
        open_keys: Keys of the mapping that the export leaves to its users, found in the file where the mapping has none.
        file_name: What a sample of it is called.
        sample: A few invented lines.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern="^[a-z][a-z0-9_]*$")
    of: str
    described_at: str
    header: tuple[str, ...] = Field(min_length=2)
    mapping: dict[str, Any]
    time_formats: tuple[str, ...] = ()
    open_keys: tuple[str, ...] = ()
    file_name: str = "export.csv"
    sample: str

    @property
    def declaration(self) -> MappingDeclaration:
        """How it is read, checked."""
        return MappingDeclaration.model_validate(self.mapping)

    def mapping_for(self, sample: SampleRows) -> dict[str, Any]:
        """Return its mapping with times as a file writes them, and as far apart as they are there."""
        time = self.mapping["time"]
        formats = (time.get("format", "iso"), *self.time_formats)
        texts = _joined(sample, time["column"]) if self.time_formats or "interval_minutes" in self.open_keys else ()
        read = ((one, moments_by(one, texts)) for one in formats)
        found, moments = next((one for one in read if one[1]), (formats[0], ()))
        step = commonest_step(moments) if "interval_minutes" in self.open_keys else None
        written = {"time": time | {"format": found}} if self.time_formats else {}
        return self.mapping | written | ({"interval_minutes": step} if step else {})


def _joined(sample: SampleRows, column: str | list[str]) -> tuple[str, ...]:
    """Return the texts of a column; of several, joined as a mapping joins them."""
    named = [column] if isinstance(column, str) else column
    columns = [sample.columns[sample.names.index(name)] for name in named]
    return tuple(" ".join(cells).strip() for cells in zip(*columns, strict=True))


@cache
def known_exports() -> tuple[KnownExport, ...]:
    """Return all of them, by their names."""
    folder = files("meterlake.etl.known_exports")
    entries = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(KnownExport.model_validate(yaml.safe_load(one.read_text(encoding="utf-8"))) for one in entries)


def export_of(head: FileHead) -> KnownExport | None:
    """Return the known export whose columns a file has; of several the one that asks for most."""
    sample = sample_rows(head)
    if sample is None or not sample.has_header:
        return None
    names = {name.strip() for name in sample.names}
    fitting = [export for export in known_exports() if names.issuperset(export.header)]
    return max(fitting, key=lambda export: len(export.header), default=None)
