"""The SQL of the analyses: one file each in analysis/queries, with the parts that several share put in front.

A file opens with comments that a person reads; `-- with: chosen, loads` names the files that stand before it as parts of a WITH.
Words in braces are names of columns that the caller has checked, never a text of a request.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_PART = "-- with:"
_PARAMETER = re.compile(r"\$(\w+)")


def analysis_sql(name: str, **words: str) -> str:
    """Return the SQL of an analysis.

    Args:
        name: The name of its file.
        **words: What stands in place of each word in braces.
    """
    parts, body = _read(name)
    shared: dict[str, str] = {}
    for part in parts:
        _gather(part, shared)
    if shared:
        own = f", {body.removeprefix('WITH ')}" if body.startswith("WITH ") else f"\n{body}"
        body = f"WITH {', '.join(f'{part} AS ({text})' for part, text in shared.items())}{own}"
    for word, meaning in words.items():
        body = body.replace(f"{{{word}}}", meaning)
    return body


def parameters_of(sql: str) -> set[str]:
    """Return the names of the parameters that a text marks."""
    return set(_PARAMETER.findall(sql))


def _gather(name: str, shared: dict[str, str]) -> None:
    """Put a part behind those that it stands on."""
    if name not in shared:
        parts, body = _read(name)
        for part in parts:
            _gather(part, shared)
        shared[name] = body


@cache
def _read(name: str) -> tuple[list[str], str]:
    """Return the parts that a file stands on, and its SQL."""
    lines = (files("meterlake.analysis.queries") / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    named = [line.removeprefix(_PART) for line in lines if line.startswith(_PART)]
    parts = [word.strip() for line in named for word in line.split(",")]
    return parts, "\n".join(line for line in lines if not line.startswith("--")).strip()
