"""Which known names somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_names(given: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return the known names that are written most alike, the nearest first; at least one where any is known."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(given.casefold(), list(names), n=most) or get_close_matches(
        given.casefold(), list(names), 1, 0
    )
    return [names[name] for name in close]
