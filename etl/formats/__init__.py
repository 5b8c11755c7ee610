"""The raw formats: one module each, found by its name; a module ends with `FORMAT = ...`."""

from __future__ import annotations

from meterlake.etl.conforming.raw_format import Layout, RawFormat
from meterlake.lake.plug_ins.registry import ModuleRegistry

FORMATS = ModuleRegistry[RawFormat](__name__, "FORMAT", parameter="format", example="london", besides="auto")


def target_of(layout: Layout) -> str:
    """Return the table that a file's rows go to: what its declaration says, else its format's."""
    return layout.mapping.kind if layout.mapping is not None else FORMATS.named(layout.format).target
