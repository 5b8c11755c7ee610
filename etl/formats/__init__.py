"""The raw formats: one module each, found by its name; a module ends with `FORMAT = ...`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from meterlake.etl.conforming.raw_format import RawFormat
from meterlake.lake.errors import BadParameter


@cache
def all_formats() -> dict[str, RawFormat]:
    """Return every format by its name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    formats = [module.FORMAT for module in modules]
    return {raw_format.name: raw_format for raw_format in formats}


def format_named(name: str) -> RawFormat:
    """Return the format of this name.

    Raises:
        BadParameter: If there is none.
    """
    formats = all_formats()
    if name not in formats:
        raise BadParameter("format", name, f"auto or one of {', '.join(formats)}", "london")
    return formats[name]
