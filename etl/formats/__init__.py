"""The raw formats: one module each, found by its name; a module ends with `FORMAT = ...`."""

from __future__ import annotations

from meterlake.etl.conforming.raw_format import RawFormat
from meterlake.lake.plug_ins.registry import ModuleRegistry

FORMATS = ModuleRegistry[RawFormat](__name__, "FORMAT", parameter="format", example="london", besides="auto")
