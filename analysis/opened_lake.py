"""A lake as an analyst asks it: `meterlake.open(...)`.

Enters: where the lake is. Leaves: answers, each made when it is looked at. Reading never writes; what writes is refused
unless the lake was opened with `read_only=False`. Every method takes meters, start and end in this order, half-open.
"""

from __future__ import annotations

import os
from html import escape
from typing import Any

from meterlake.analysis.answer import Answer
from meterlake.analysis.metered_lake import MeteredLake
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
    if read_only:
        _ = opened.version
    return opened


class OpenedLake(MeteredLake):
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
        return Answer(lambda: self._in_zone(self._engine.select(text, values, frames)), {"sql": text})

    def meters(self, **equal: str) -> Answer:
        """Return the meters, those whose columns equal what is given: `lake.meters(tariff="ToU")`.

        Raises:
            BadParameter: If meters have no such column.
        """
        for name in equal:
            if name not in METERS.column_names:
                near = ", ".join(nearest_names(name, METERS.column_names))
                raise BadParameter(name, equal[name], f"a column of meters; nearest: {near}", "tariff")
        where = " AND ".join(f'"{name}" = ${name}' for name in equal) or "true"
        return self._answer(f"SELECT * FROM meters WHERE {where} ORDER BY meter_id", equal)

    def anomalies(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        detector: str = "fleet_band",
        min_severity: float = 0.0,
    ) -> Answer:
        """Return the days that a detector flagged, the most severe first."""
        from meterlake.anomaly.registry import DETECTORS

        DETECTORS.named(detector)
        where = "anomaly <> 0 AND detector = $detector AND severity >= $severity"
        return self._of_meters(
            "SELECT * EXCLUDE (noise, offset_kwh, width_sigmas, run_id) FROM anomaly_scores",
            "local_date", meters, start, end, where=where, order="severity DESC, meter_id, local_date",
            detector=detector, severity=min_severity,
        )  # fmt: skip

    def outages(self, start: Any = None, end: Any = None, *, cause: str | None = None) -> Answer:
        """Return the outages that touch a range, in order of their beginnings."""
        first, last = self._moment("start", start), self._moment("end", end)
        where = [
            *(["(ended_at IS NULL OR ended_at > $first)"] if first else []),
            *(["started_at < $last"] if last else []),
            *(["cause = $cause"] if cause else []),
        ]
        values = {"first": first, "last": last, "cause": cause}
        return self._answer(
            f"SELECT * FROM outages WHERE {' AND '.join(where) or 'true'} ORDER BY started_at, outage_id",
            {name: value for name, value in values.items() if value},
        )

    def forecasts(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        issued_at: Any = "latest",
        model: str | None = None,
    ) -> Answer:
        """Return stored forecasts; of the newest issue, unless another is named or `issued_at` is None.

        Args:
            meters: Which; all where left out.
            start: First moment that is forecast, inclusive.
            end: Last moment, exclusive.
            issued_at: When they were issued: a moment, "latest", or None for all.
            model: Of one model alone.
        """
        values: dict[str, Any] = {"model": model} if model else {}
        of_model = "model_name = $model" if model else "true"
        issued = "true"
        if issued_at == "latest":
            issued = f"issued_at = (SELECT max(issued_at) FROM forecasts WHERE {of_model})"
        elif issued_at is not None:
            issued, values["issued"] = "issued_at = $issued", self._moment("issued_at", issued_at)
        select = "SELECT * EXCLUDE (run_id) FROM forecasts"
        where = f"{of_model} AND {issued}"
        return self._of_meters(
            select,
            "interval_start",
            meters,
            start,
            end,
            where=where,
            order="meter_id, issued_at, interval_start",
            **values,
        )

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
        counted = "".join(f"<tr><td>{name}</td><td>{rows:,}</td></tr>" for name, rows in self.tables.items())
        return f"<b>{escape(self.settings.location)}</b>, zone {self.tz}<table><tr><th>table</th><th>rows</th></tr>{counted}</table>"
