"""What every lake answers, whichever engine is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from meterlake.lake.settings import LakeSettings


class Lake(Protocol):
    """A lake that can be asked; DuckDBLake on a laptop, AthenaLake in an AWS account."""

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies, and how much of the machine it may use."""
        ...

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        """Answer a question of lake/queries.

        Args:
            question: The name of its .sql file.
            **parameters: A value for each parameter that the file names; None for a start or an end without limit.

        Returns:
            The answer's rows.

        Raises:
            QueryTooLong: If the answer took longer than the settings allow.
        """
        ...

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds, as its newest snapshot says; nothing is read for it."""
        ...

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        ...
