"""A raw format whose name is its module's, and whose meaning is its own docstring."""

from __future__ import annotations

import inspect


class NamedFormat:
    """One such format.

    Attributes:
        name, meaning: See meterlake.etl.conforming.raw_format.RawFormat.
        described_at: Who describes the layout, and where; empty where the reference does.
    """

    name: str
    meaning: str
    described_at: str = ""

    def __init_subclass__(cls) -> None:
        """Take the name from the module and the meaning from the docstring."""
        cls.name = cls.__module__.rpartition(".")[2]
        cls.meaning = " ".join(inspect.cleandoc(cls.__doc__ or "").split()).removesuffix(".")
