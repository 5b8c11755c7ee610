"""An answer: a table that is made when it is first looked at.

Enters: what makes it, what should be known of it, and how it is drawn. Leaves: the same rows as pandas, Arrow, Polars, xarray or a
file, batch by batch where they are many, or through Arrow's stream to whatever takes one (`polars.DataFrame(answer)`,
`pyarrow.table(answer)`, a frame in `lake.sql`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meterlake.analysis.libraries import needed
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import xarray as xr
    from matplotlib.figure import Figure

_SHOWN = 10
_BATCH_ROWS = 100_000
# Of so many rows a batch, and whether texts come as views, which Polars takes over as they are.
Streaming = Callable[[int, bool], AbstractContextManager["pa.RecordBatchReader"]]


class Answer:
    """Rows of a lake, made once, when they are first asked for.

    Attributes:
        attrs: What is known of the rows: zone, quantity, unit, what was asked, of which lake and version.
    """

    def __init__(
        self,
        make: Callable[[], pa.Table],
        attrs: Mapping[str, Any] | None = None,
        *,
        stream: Streaming | None = None,
        draw: Callable[..., Figure] | None = None,
    ) -> None:
        self._make = make
        self._stream = stream
        self._draw = draw
        self.attrs = dict(attrs or {})

    @cached_property
    def _rows(self) -> pa.Table:
        return self._make()

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self._rows

    def df(self, **options: Any) -> pd.DataFrame:
        """Return the rows as a pandas frame; dates are datetime64, times carry their zone.

        Args:
            **options: `dtype_backend="pyarrow"`, or options of pyarrow's to_pandas.

        Raises:
            MissingLibrary: If pandas is not installed.
        """
        pandas = needed("pandas", "An answer as a frame")
        if options.pop("dtype_backend", None) == "pyarrow":
            options["types_mapper"] = pandas.ArrowDtype
        frame: pd.DataFrame = self._rows.to_pandas(date_as_object=False, **options)
        frame.attrs = dict(self.attrs)
        return frame

    def polars(self) -> pl.DataFrame:
        """Return the rows as a Polars frame, taken over batch by batch.

        Raises:
            MissingLibrary: If Polars is not installed.
        """
        polars = needed("polars", "An answer as a Polars frame")
        if "_rows" in vars(self) or self._stream is None:
            found: pl.DataFrame = polars.DataFrame(self._rows)
            return found
        with self._stream(_BATCH_ROWS, True) as reader:
            streamed: pl.DataFrame = polars.DataFrame(reader)
            return streamed

    pl = polars

    def xarray(self) -> xr.Dataset:
        """Return the rows as a Dataset whose coordinates are the leading columns of texts and times.

        Raises:
            MissingLibrary: If xarray is not installed.
            BadParameter: If the rows have no such columns.
        """
        from meterlake.analysis.wide_rows import as_dataset

        needed("xarray", "An answer as a Dataset")
        return as_dataset(self._rows.schema, self.df(), self.attrs)

    def batches(self, rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches; what was never looked at is not held whole in memory."""
        if "_rows" in vars(self) or self._stream is None:
            yield from self._rows.to_batches(max_chunksize=rows)
            return
        with self._stream(rows, False) as reader:
            yield from reader

    def to_parquet(self, path: str | os.PathLike[str]) -> int:
        """Write the rows to a Parquet file, batch by batch; return how many there are."""
        from meterlake.analysis.answer_files import write_parquet

        return write_parquet(self.batches(), path, lambda: self._rows.schema)

    def to_csv(self, path: str | os.PathLike[str]) -> int:
        """Write the rows to a CSV file, batch by batch; return how many there are."""
        from meterlake.analysis.answer_files import write_csv

        return write_csv(self.batches(), path, lambda: self._rows.schema)

    def sql(self, text: str, /, **parameters: Any) -> Answer:
        """Answer one SELECT over these rows, which it names `self`."""
        from meterlake.analysis.own_sql import selected_from

        return Answer(lambda: selected_from(self._rows, text, parameters), self.attrs)

    def plot(self, **style: Any) -> Figure:
        """Draw the rows; the figure is shown where it is the last line of a cell.

        Args:
            **style: `ax` to draw on axes of your own, `title` (a text, or None for none), and what the picture takes.

        Raises:
            BadParameter: If there is no picture of such rows; take `.df()` and draw your own.
        """
        if self._draw is None:
            raise BadParameter(
                "plot", ", ".join(self.columns), "an answer that has a picture", "lake.profiles().plot()"
            )
        return self._draw(self, **style)

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        names: list[str] = self._rows.column_names
        return names

    def head(self, rows: int = _SHOWN) -> Answer:
        """Return the first rows as an answer of their own."""
        return Answer(lambda: self._rows.slice(0, rows), self.attrs, draw=self._draw)

    def made(self, change: Callable[[pa.Table], pa.Table]) -> Answer:
        """Return an answer whose rows are made of these when they are looked at."""
        return Answer(lambda: change(self._rows), self.attrs, draw=self._draw)

    def drawn(self, draw: Callable[..., Figure]) -> Answer:
        """Return the same answer with a picture."""
        return Answer(lambda: self._rows, self.attrs, stream=self._stream, draw=draw)

    def wide(self, value: str = "") -> Answer:
        """Return a row a time and a column a meter, of one column of values.

        Raises:
            BadParameter: If the rows are not of meters at times, or have no such column.
        """
        from meterlake.analysis.wide_rows import widened

        return Answer(lambda: widened(self._rows, value), self.attrs)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self._rows.num_rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows on as Arrow's stream, to any library that takes one."""
        return self._rows.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<Answer: {self._said()}; .df() or .arrow() makes its rows>"

    def _repr_html_(self) -> str:
        shown = self.df().head(_SHOWN).to_html(index=False)
        return f"{shown}<p>{min(_SHOWN, len(self)):,} of {len(self):,} rows. {self._said()}</p>"

    def _said(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self.attrs.items() if value is not None)
