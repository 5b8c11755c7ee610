"""The names of raw files as a caller may see them: without the folders of the machine that took them in."""

from __future__ import annotations

import re

import pyarrow as pa

# A zip's member stands behind its archive, `archive.zip!folder/member.csv`, and keeps that much.
_OWN_NAME = re.compile(r"[^/\\]*\.zip!.*\Z|[^/\\]*\Z", re.IGNORECASE | re.DOTALL)


def own_name(source_file: str) -> str:
    """Return a file's own name, with its archive's where it came in one."""
    found = _OWN_NAME.search(source_file)
    return found.group() if found else ""


def with_own_names(rows: pa.Table) -> pa.Table:
    """Return rows whose `source_file` is the file's own name."""
    place = rows.column_names.index("source_file")
    names = [None if name is None else own_name(name) for name in rows["source_file"].to_pylist()]
    return rows.set_column(place, "source_file", pa.array(names, pa.string()))
