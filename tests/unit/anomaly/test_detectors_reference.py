from __future__ import annotations

from pathlib import Path

from meterlake.anomaly.reference import reference_page
from meterlake.anomaly.registry import DETECTORS

COMMITTED = Path(__file__).parents[3] / "docs" / "reference" / "detectors.md"


def test_the_committed_page_is_the_one_that_the_detectors_write() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == reference_page(), (
        "run: python -m meterlake.anomaly.reference > docs/reference/detectors.md"
    )


def test_every_detector_is_named_as_its_module() -> None:
    assert all(type(one).__module__ == f"meterlake.anomaly.detectors.{name}" for name, one in DETECTORS.all().items())
