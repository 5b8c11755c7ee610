"""Brings the pages that lie in the project's root into the site, and turns their links to where the site has them."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "README.md": "about.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
_LINK = re.compile(r"\]\((?!\w+:)([^)#]*)(#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the root's pages; nothing is copied into docs/."""
    for source, page in PAGES.items():
        files.append(File.generated(config, page, content=with_site_links((ROOT / source).read_text(encoding="utf-8"))))
    return files


def with_site_links(text: str) -> str:
    """Return a page of the root with its links as the site has them; what is no page there is named without a link."""

    def turned(link: re.Match[str]) -> str:
        target, anchor = link[1], link[2] or ""
        if target in PAGES:
            return f"]({PAGES[target]}{anchor})"
        if target.startswith("docs/"):
            return f"]({target.removeprefix('docs/')}{anchor})"
        return link[0] if not target else "](README.md)"

    return _LINK.sub(turned, text)
