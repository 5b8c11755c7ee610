"""Which of the media types that a route can write an Accept header likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from meterlake.api.refusals import NotAcceptable


@lru_cache(maxsize=1024)
def best_media_type(accept: str, offered: Sequence[str]) -> str:
    """Return the media type that an Accept header likes best; among equals, and where it does not mind, the first.

    Raises:
        NotAcceptable: If it takes none of them.
    """
    if not accept.strip():
        return offered[0]
    likings = {media_type: _liking(accept, media_type) for media_type in offered}
    best = max(offered, key=lambda media_type: likings[media_type])
    if likings[best] <= 0:
        raise NotAcceptable(list(offered))
    return best


@lru_cache(maxsize=1024)
def takes_gzip(accept_encoding: str) -> bool:
    """Say whether an Accept-Encoding header takes gzip."""
    found = _qualities(accept_encoding)
    return found.get("gzip", found.get("*", 0.0)) > 0


def _liking(accept: str, media_type: str) -> float:
    """Return the q of the most exact range that a media type falls under; 0 where none does."""
    ranges = [media_type, media_type.partition("/")[0] + "/*", "*/*"]
    found = _qualities(accept)
    return next((found[name] for name in ranges if name in found), 0.0)


def _qualities(header: str) -> dict[str, float]:
    """Return what a header names, each with its q."""
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            found[name] = float(quality)
        except ValueError:
            found[name] = 0.0
    return found
