"""The reference page of the Python API, from the docstrings of what `meterlake.open` gives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from meterlake.analysis.analyses.cluster_shapes import ClusterAnswer
from meterlake.analysis.analyses.forecasts import ForecastAnswer
from meterlake.analysis.analyses.outages import OutageAnswer
from meterlake.analysis.answer import Answer
from meterlake.analysis.opened_lake import OpenedLake, open_for_analysis

_ANSWERS = (Answer, ClusterAnswer, ForecastAnswer, OutageAnswer)

# Annotations are texts.
_QUOTED = re.compile(r": '([^']*)'")


def python_page(written_by: str) -> str:
    """Return the page: how a lake is opened, what it is asked, what an answer can become."""
    parts = ["# Python\n", written_by, _entry("meterlake.open", open_for_analysis)]
    parts += ["## A lake\n", *(_entry(f"lake.{name}", found) for name, found in _public(OpenedLake))]
    for kind in _ANSWERS:
        parts += [f"## {kind.__name__}\n", f"{_sections(inspect.getdoc(kind) or '')}\n"]
        inherited = dict(_public(Answer)) if kind is not Answer else {}
        parts += [_entry(f".{name}", found) for name, found in _public(kind) if inherited.get(name) is not found]
    return "\n".join(parts)


def _public(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class and what it stands on, in order of their names."""
    for name in sorted(dir(kind)):
        found = inspect.getattr_static(kind, name)
        if not name.startswith("_") and (
            inspect.isfunction(found) or isinstance(found, property) or hasattr(found, "func")
        ):
            yield name, found


def _entry(name: str, found: Any) -> str:
    """Return one method with its signature and its docstring."""
    function: Any = found.fget if isinstance(found, property) else getattr(found, "func", found)
    is_called = inspect.isfunction(found)
    signature = str(inspect.signature(function)).replace("self, ", "").replace("(self)", "()") if is_called else ""
    text = _QUOTED.sub(": \\1", signature.partition(" -> ")[0])
    return f"### `{name}`\n\n```\n{name}{text}\n```\n\n{_sections(inspect.getdoc(function) or '')}\n"


def _sections(docstring: str) -> str:
    """Return a docstring's sections as lists."""
    lines, indented = [], False
    for line in docstring.splitlines():
        if line.rstrip(":") in ("Args", "Returns", "Raises", "Attributes", "Example") and line.endswith(":"):
            indented = line != "Example:"
            lines += [f"**{line.rstrip(':')}**", ""]
        elif indented and line.startswith("    ") and not line.startswith("     "):
            lines.append(f"- {line.strip()}")
        else:
            lines.append(
                line.replace("  # doctest: +SKIP", "").removeprefix("    ")
                if not indented
                else f"  {line.strip()}".rstrip()
            )
    text = "\n".join(lines)
    return text.replace(">>> ", "    >>> ") if ">>>" in text else text
