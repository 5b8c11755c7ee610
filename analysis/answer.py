"""An answer: a table that is made when it is first looked at.

Enters: what makes it, and what should be known of it. Leaves: the same rows as pandas, Arrow, Polars, or through Arrow's
stream to whatever takes one (`polars.DataFrame(answer)`, `pyarrow.table(answer)`, a frame in `lake.sql`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meterlake.lake.errors import MissingLibrary

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_SHOWN = 10


class Answer:
    """Rows of a lake, made once, when they are first asked for.

    Attributes:
        attrs: What is known of the rows: what was asked, zone and unit.
    """

    def __init__(self, make: Callable[[], pa.Table], attrs: Mapping[str, Any] | None = None) -> None:
        self._make = make
        self.attrs = dict(attrs or {})

    @cached_property
    def _rows(self) -> pa.Table:
        return self._make()

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self._rows

    def df(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; dates are datetime64, times carry their zone.

        Raises:
            MissingLibrary: If pandas is not installed.
        """
        try:
            import pandas  # noqa: F401
        except ModuleNotFoundError as error:
            raise MissingLibrary("pandas", "analysis", "An answer as a frame") from error
        frame: pd.DataFrame = self._rows.to_pandas(date_as_object=False)
        frame.attrs = dict(self.attrs)
        return frame

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        names: list[str] = self._rows.column_names
        return names

    def head(self, rows: int = _SHOWN) -> Answer:
        """Return the first rows as an answer of their own."""
        return Answer(lambda: self._rows.slice(0, rows), self.attrs)

    def made(self, change: Callable[[pa.Table], pa.Table]) -> Answer:
        """Return an answer whose rows are made of these when they are looked at."""
        return Answer(lambda: change(self._rows), self.attrs)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self._rows.num_rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows on as Arrow's stream, to any library that takes one."""
        return self._rows.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        asked = ", ".join(f"{name}={value}" for name, value in self.attrs.items() if value is not None)
        return f"<Answer: {asked}; .df() or .arrow() makes its rows>"

    def _repr_html_(self) -> str:
        shown = self.df().head(_SHOWN).to_html(index=False)
        known = ", ".join(f"{name}: {value}" for name, value in self.attrs.items() if value is not None)
        return f"{shown}<p>{min(_SHOWN, len(self)):,} of {len(self):,} rows. {known}</p>"
