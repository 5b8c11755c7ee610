"""A lake that notes which tables an answer was made from, and at which version of each.

Enters: any lake. Leaves: the same answers, and the notes. Whoever asks in the thread of a recording is noted, the store
of the models too, so that an answer depends on no table that its ETag does not know.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from meterlake.lake.port import Lake
from meterlake.lake.questions import question_named
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES


class TablesAsked:
    """The tables asked in one recording, each with its version from before it was first asked."""

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}

    def note(self, lake: Lake, tables: Iterable[str]) -> None:
        """Note tables that are about to be asked."""
        for table in tables:
            if table not in self._versions:
                self._versions[table] = lake.version_of(table)

    @property
    def names(self) -> tuple[str, ...]:
        """The tables, sorted."""
        return tuple(sorted(self._versions))

    def common_version(self, lake: Lake) -> str | None:
        """Return the version of all of them together; None where one has moved since it was asked.

        A version never comes back. So where each is still what it was before it was asked, none has moved in between,
        and the answer is of one moment.
        """
        version = lake.version_of(*self.names)
        has_moved = any(lake.version_of(table) != noted for table, noted in self._versions.items())
        return None if has_moved else version


class RecordingLake:
    """A lake of meterlake.lake.port around another; one serves all threads, each with its own recording."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._local = threading.local()

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies; see meterlake.lake.port."""
        return self._lake.settings

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        """Answer a question of lake/queries; see meterlake.lake.port."""
        self._note(question_named(question).tables)
        return self._lake.ask(question, **parameters)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds; see meterlake.lake.port."""
        self._note(TABLES)
        return self._lake.row_counts()

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        self._note(tables)
        return self._lake.version_of(*tables)

    @contextmanager
    def recording(self) -> Iterator[TablesAsked]:
        """Note what this thread asks within the block."""
        asked = TablesAsked()
        self._local.asked = asked
        try:
            yield asked
        finally:
            self._local.asked = None

    def _note(self, tables: Iterable[str]) -> None:
        asked: TablesAsked | None = getattr(self._local, "asked", None)
        if asked is not None:
            asked.note(self._lake, tables)
