"""A detector of one's own from a template: module, test and docs row, ready to run."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from meterlake.lake.errors import BadParameter

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
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
    if not _NAME.fullmatch(name):
        raise BadParameter("name", name, "small letters, digits and underscores", "night_owl")
    module = root / "anomaly" / "detectors" / f"{name}.py"
    if not module.parent.is_dir():
        raise BadParameter("into", str(root), "a folder that holds anomaly/detectors", ".")
    if module.exists():
        raise BadParameter("name", name, "a name that no detector has yet", f"{name}_2")
    test = root / "tests" / "unit" / "anomaly" / "detectors" / f"test_{name}.py"
    test.parent.mkdir(parents=True, exist_ok=True)
    code = _filled(f"{kind}_detector.py.txt", name)
    module.write_text(code, encoding="utf-8")
    test.write_text(_filled(f"{kind}_test.py.txt", name), encoding="utf-8")
    docs = root / _DOCS
    if not docs.exists():
        return [module, test]
    row = f"| `{name}` | {kind} | {_SAYS.findall(code)[0]} |\n"
    docs.write_text(docs.read_text(encoding="utf-8").replace(_LAST_ROW, row + _LAST_ROW), encoding="utf-8")
    return [module, test, docs]


def _filled(template: str, name: str) -> str:
    text = (files("meterlake.anomaly") / "templates" / template).read_text(encoding="utf-8")
    class_name = "".join(part.capitalize() for part in name.split("_"))
    return text.replace("NAME", name).replace("CLASS", class_name)
