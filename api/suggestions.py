"""What a caller may have meant: the nearest of the names that are taken."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from meterlake.lake.nearest_names import nearest_names

_LONGEST = 100
# Below this a name is a guess and no help.
_NEAR = 0.6
_ONE_OF = "one of "


def did_you_mean(found: str, names: Iterable[str]) -> str | None:
    """Return the name that is nearest to what was found; None where none is near."""
    given = found[:_LONGEST].casefold()
    near = nearest_names(given, names, 1)
    return near[0] if near and SequenceMatcher(None, near[0].casefold(), given).ratio() > _NEAR else None


def one_of(names: Iterable[str]) -> str:
    """Return what is expected where one of these names is."""
    return _ONE_OF + ", ".join(names)


def names_in(expected: str) -> list[str]:
    """Return the names that `one_of` was given; none of any other text."""
    return expected.removeprefix(_ONE_OF).split(", ") if expected.startswith(_ONE_OF) else []
