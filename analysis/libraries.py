"""Libraries that an extra brings, asked for when they are needed, with one sentence where one is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from meterlake.lake.errors import MissingLibrary

_INSTALLED_AS = {"sklearn": "scikit-learn"}


def needed(module: str, purpose: str) -> Any:
    """Return a library of the extra `analysis`.

    Args:
        module: Its name, as it is imported.
        purpose: What needs it, as the beginning of a sentence.

    Raises:
        MissingLibrary: If it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        name = module.partition(".")[0]
        raise MissingLibrary(_INSTALLED_AS.get(name, name), "analysis", purpose) from error
