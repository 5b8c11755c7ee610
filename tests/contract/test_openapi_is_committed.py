from __future__ import annotations

from pathlib import Path

from meterlake.api.application import create_application
from meterlake.api.description.openapi_document import document_text

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


def test_the_committed_description_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == document_text(create_application()), (
        "run: python -m meterlake.api.description.openapi_document > docs/reference/openapi.json"
    )
