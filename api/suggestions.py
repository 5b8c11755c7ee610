"""What a caller may have meant: the nearest of the names that are taken."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100
_ONE_OF = "one of "


def did_you_mean(found: str, names: Iterable[str]) -> str | None:
    """Return the name that is nearest to what was found; None where none is near."""
    by_lower = {name.lower(): name for name in names}
    near = get_close_matches(found[:_LONGEST].lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def one_of(names: Iterable[str]) -> str:
    """Return what is expected where one of these names is."""
    return _ONE_OF + ", ".join(names)


def names_in(expected: str) -> list[str]:
    """Return the names that `one_of` was given; none of any other text."""
    return expected.removeprefix(_ONE_OF).split(", ") if expected.startswith(_ONE_OF) else []
