"""The reference pages say what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

LINK = re.compile(r"\]\(([^)#]+)\)")
DOCS = Path(__file__).resolve().parents[2] / "docs"


def reference_writer() -> ModuleType:
    """Load docs/write_reference.py, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("write_reference", DOCS / "write_reference.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_pages_are_as_the_code_writes_them() -> None:
    written = reference_writer().pages()

    assert written == {name: (DOCS / "reference" / name).read_text() for name in written}, (
        "run: python docs/write_reference.py"
    )


def test_every_page_of_the_documentation_is_linked_from_an_overview() -> None:
    overviews = [DOCS / "README.md", DOCS / "decisions" / "README.md"]
    linked = {
        (overview.parent / target).resolve() for overview in overviews for target in LINK.findall(overview.read_text())
    }

    assert [
        page.name for page in DOCS.rglob("*.md") if page.resolve() not in linked and page not in overviews[:1]
    ] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_message_of_the_troubleshooting_page_is_one_that_the_code_prints() -> None:
    page = (DOCS / "how-to" / "troubleshoot.md").read_text()
    rooms = ("lake", "etl", "api", "cli", "forecasting")
    code = " ".join(path.read_text() for room in rooms for path in (DOCS.parent / room).rglob("*.py"))

    messages = re.findall(r"^## `(.+)`$", page, flags=re.MULTILINE)

    assert len(messages) > 8
    assert [message for message in messages if message not in code] == []
