"""A detector of one's own from a template: module, test and docs row, ready to run."""

from __future__ import annotations

import re
from pathlib import Path

from meterlake.lake.plug_ins.scaffold import Scaffold

_SAYS = re.compile(r'^    says = "(.*)"$', re.MULTILINE)
_DOCS = Path("docs/reference/detectors.md")
_LAST_ROW = "<!-- the rows of detectors end here -->"


def write_new_detector(name: str, root: Path, kind: str = "readings") -> list[Path]:
    """Write a detector's module and test below a project's root, and its row into the docs.

    Args:
        name: In small letters with underscores, such as night_owl.
        root: The folder that holds anomaly/ and tests/.
        kind: What it looks at: one meter's readings, or the days of all meters.

    Returns:
        The files written or changed.

    Raises:
        BadParameter: If the name cannot be used, is taken, or the folder is not a project's root.
    """
    scaffold = Scaffold("anomaly", "detector", f"{kind}_detector.py.txt", f"{kind}_test.py.txt", "night_owl")
    module, test = scaffold.write(name, root)
    docs = root / _DOCS
    if not docs.exists():
        return [module, test]
    row = f"| `{name}` | {kind} | {_SAYS.findall(module.read_text(encoding='utf-8'))[0]} |\n"
    docs.write_text(docs.read_text(encoding="utf-8").replace(_LAST_ROW, row + _LAST_ROW), encoding="utf-8")
    return [module, test, docs]
