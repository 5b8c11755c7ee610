"""What a program of ours may import, read from its sources: all that its modules name, at their top or inside a function.

Enters: a module's name. Leaves: the modules of ours that it can reach, and the libraries that these import.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_OURS = "meterlake"


def reached_from(entry: str, doors: Collection[str] = ()) -> set[str]:
    """Return our modules that an entry can import, at once or later; what lies behind a door alone is left out."""
    reached, waiting = {entry}, [entry]
    while waiting:
        for name in _imports_of(waiting.pop()):
            if name.split(".")[0] == _OURS and name not in reached and name not in doors and _source_of(name):
                reached.add(name)
                waiting.append(name)
    return reached


def libraries_of(modules: Collection[str]) -> dict[str, set[str]]:
    """Return the libraries that modules import, by the name they are imported by, each with the modules that do."""
    found: dict[str, set[str]] = {}
    for module in modules:
        for name in _imports_of(module):
            top = name.split(".")[0]
            if top != _OURS and top not in sys.stdlib_module_names:
                found.setdefault(top, set()).add(module)
    return found


def distributions_of(library: str) -> set[str]:
    """Return the plain names of the distributions that bring a library; of one that is not installed its own name."""
    return {plain(name) for name in _distributions().get(library, [library])}


def plain(name: str) -> str:
    """Return a distribution's name as registries compare it."""
    return name.lower().replace("_", "-").replace(".", "-")


_distributions = cache(packages_distributions)


@cache
def _source_of(module: str) -> Path | None:
    place = _ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None)


@cache
def _imports_of(module: str) -> frozenset[str]:
    source = _source_of(module)
    assert source, module
    return frozenset(_imported(ast.parse(source.read_text())))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
        yield from _imported(node)
