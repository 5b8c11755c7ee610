"""The lake's port on two engines: what reads little is answered in this process in a second, the rest by Athena.

Enters: a question and its parameters. Leaves: the same rows from either. Which of the two answers is decided by what the
question's header says of the files that it needs, and by how large those are in the newest snapshot.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.port import Lake
from meterlake.lake.settings import LakeSettings


class TwoEngines:
    """A lake on S3, answered by DuckDB within a limit of bytes and by Athena beyond it.

    Args:
        here: The lake as this process reads it; its settings say the limit.
        athena: The lake as Athena reads it.
    """

    def __init__(self, here: DuckDBLake, athena: Lake) -> None:
        self._here = here
        self._athena = athena

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies; see meterlake.lake.port."""
        return self._here.settings

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        """Answer a question of lake/queries; see meterlake.lake.port."""
        is_little = self._here.most_bytes(question, **parameters) <= self.settings.engine_mb * 1e6
        return (self._here if is_little else self._athena).ask(question, **parameters)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds; see meterlake.lake.port."""
        return self._here.row_counts()

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        return self._here.version_of(*tables)
