"""Whether the engines are here."""

from __future__ import annotations

from pathlib import Path

import pytest

ENGINES = Path(__file__).resolve().parents[2] / "build" / "engines"


def are_here() -> bool:
    """Say whether `make engines` has brought the engines."""
    return (ENGINES / ".ready").exists()


def need_engines() -> None:
    """Skip the test where the engines are not."""
    if not are_here():
        pytest.skip("real engines are brought by `make engines`, which needs Maven, Go and a Java 25")
