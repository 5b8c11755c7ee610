"""How many examples property tests try: few in an ordinary run, and as many times more as METERLAKE_MORE_EXAMPLES says."""

from __future__ import annotations

import os


def examples(few: int) -> int:
    """Return how many examples to try."""
    return few * int(os.environ.get("METERLAKE_MORE_EXAMPLES", "1"))
