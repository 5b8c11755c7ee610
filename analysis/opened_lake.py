"""A lake as an analyst asks it: `meterlake.open(...)`.

Enters: where the lake is. Leaves: answers, each made when it is looked at. Reading never writes; what writes is refused
unless the lake was opened with `read_only=False`. Every method takes meters, start and end in this order, half-open.
"""

from __future__ import annotations

import os
from typing import Any

from meterlake.analysis.answer import Answer
from meterlake.analysis.found_lake import FoundLake
from meterlake.analysis.query_files import analysis_sql
from meterlake.lake.catalogue_pointers import CataloguePointers
from meterlake.lake.errors import BadParameter, ReadOnlyLake
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS


def open_for_analysis(lake: str | os.PathLike[str] | None = None, *, read_only: bool = True) -> OpenedLake:
    """Open a lake to ask it.

    Args:
        lake: A folder, or s3://bucket/prefix; what METERLAKE_LAKE says where it is left out.
        read_only: Whether what writes is refused.

    Raises:
        NoLake: If there is none, and it may not be made.

    Example:
        >>> import meterlake
        >>> lake = meterlake.open("my-lake")  # doctest: +SKIP
        >>> lake.consumption("MAC000001", "2013-01", "2013-02").df()  # doctest: +SKIP
    """
    settings = LakeSettings(lake=os.fspath(lake)) if lake is not None else LakeSettings()
    opened = OpenedLake(settings, read_only=read_only)
    if read_only and settings.is_on_s3:
        _ = opened.version
    elif read_only:
        CataloguePointers(settings.root).current()  # without the engine, whose loading can wait for a question
    return opened


class OpenedLake(FoundLake):
    """A lake that is open; see open_for_analysis."""

    def sql(self, text: str, /, **frames_and_parameters: Any) -> Answer:
        """Answer one SELECT over the lake's tables.

        Args:
            text: The SELECT; `$name` marks a parameter.
            **frames_and_parameters: Frames, tables and answers by the names that the SELECT gives them, and values.

        Raises:
            BadQuery: If it is anything but one SELECT, or fails.
        """
        frames = {name: one for name, one in frames_and_parameters.items() if hasattr(one, "__arrow_c_stream__")}
        values = {name: one for name, one in frames_and_parameters.items() if name not in frames}
        attrs = {"sql": text} | self._known
        return Answer(lambda: self._in_zone(self._engine.select(text, values, frames)), attrs)

    def table(self, name: str) -> Any:
        """Return a table of the lake as an Ibis table, to be asked by expressions; it sees the lake as it is now.

        Raises:
            BadParameter: If there is no such table.
            MissingLibrary: If Ibis has no DuckDB here.
        """
        from meterlake.analysis.ibis_tables import ibis_table

        return ibis_table(self._engine, name)

    def meters(self, *, where: str | None = None, **equal: str) -> Answer:
        """Return the meters with the days that they sent, those whose columns equal what is given: `lake.meters(tariff="ToU")`.

        Args:
            where: A condition in SQL over the columns.
            **equal: Columns of meters, and what they equal.

        Raises:
            BadParameter: If meters have no such column.
        """
        for name in equal:
            if name not in METERS.column_names:
                near = ", ".join(nearest_names(name, METERS.column_names))
                raise BadParameter(name, equal[name], f"a column of meters; nearest: {near}", "tariff")
        conditions = [*(f'"{name}" = ${name}' for name in equal), *([f"({where})"] if where else [])]
        text = f"SELECT * FROM ({analysis_sql('meters_with_days')}) AS known WHERE {' AND '.join(conditions) or 'true'} ORDER BY meter_id"
        return self._answer(text, dict(equal))

    def ingest(
        self,
        *paths: str | os.PathLike[str],
        format: str = "auto",
        tz: str | None = None,
        mapping: str | os.PathLike[str] | None = None,
    ) -> Answer:
        """Take files and folders in; return the account of each file.

        Args:
            *paths: Files, folders, s3:// addresses.
            format: The name of a format; found by the files' heads where left out.
            tz: The zone of the meters' days.
            mapping: A YAML file that declares the files' columns.

        Raises:
            ReadOnlyLake: If the lake was opened to be read.
        """
        if self.read_only:
            raise ReadOnlyLake(self.settings.location)
        from meterlake.analysis.taking_in import take_in

        return take_in(self.settings, paths, format_name=format, time_zone=tz, mapping=mapping)

    def __repr__(self) -> str:
        rows = self.tables
        return f"<Lake at {self.settings.location}: {rows['readings']:,} readings of {rows['meters']:,} meters, zone {self.tz}>"

    def _repr_html_(self) -> str:
        from meterlake.analysis.lake_card import card_of

        return card_of(self)
