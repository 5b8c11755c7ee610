"""Outages, their evidence as columns, their picture, and how reliable the supply was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from meterlake.analysis.answer import Answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


class OutageAnswer(Answer):
    """Outages, the figures of their evidence as columns."""

    def __init__(self, lake: AskedLake, asked: Selection, sql: str, values: dict[str, Any]) -> None:
        super().__init__(
            lambda: _with_evidence(lake._in_zone(lake._rows(sql, values), asked.tz)),
            {"zone": asked.tz} | lake._known,
            draw=self._drawn,
        )
        self._lake = lake

    def reliability(self) -> Answer:
        """Return the indices of IEEE Std 1366 of the whole lake, by site and month."""
        from meterlake.lake.engine_choice import open_lake
        from meterlake.outage.reliability.reliability import reliability_in_lake

        def rows() -> pa.Table:
            return pa.Table.from_pylist([row.as_json() for row in reliability_in_lake(open_lake(self._lake.settings))])

        return Answer(rows, self.attrs)

    def _drawn(self, _: Answer, **style: Any) -> Figure:
        from meterlake.plots.outage_map import draw_outages

        places = self._lake._rows("SELECT meter_id, latitude, longitude FROM meters")
        return draw_outages(self.arrow(), places, **style)


def outages_sql(asked: Selection, cause: str | None) -> tuple[str, dict[str, Any]]:
    """Return the SELECT of the outages that are asked for, and its values."""
    where = [
        *(["(ended_at IS NULL OR ended_at > $start)"] if asked.start else []),
        *(["started_at < $end"] if asked.end else []),
        *(["cause = $cause"] if cause else []),
        *(["outage_id IN (SELECT outage_id FROM outage_meters WHERE meter_id IN (SELECT unnest($meters)))"]
          if asked.meters is not None else []),
    ]  # fmt: skip
    values = {"start": asked.start, "end": asked.end, "cause": cause, "meters": asked.meters and list(asked.meters)}
    text = f"SELECT * FROM outages WHERE {' AND '.join(where) or 'true'} ORDER BY started_at, outage_id"
    return text, {name: value for name, value in values.items() if f"${name}" in text}


def _with_evidence(rows: pa.Table) -> pa.Table:
    """Return outages with a column for each plain figure of their evidence, evidence_… ."""
    found = [json.loads(text) if text else {} for text in rows["evidence"].to_pylist()]
    names = sorted({name for one in found for name, value in one.items() if isinstance(value, int | float)})
    for name in names:
        values = [float(one[name]) if isinstance(one.get(name), int | float) else None for one in found]
        rows = rows.append_column(f"evidence_{name}", pa.array(values, pa.float64()))
    return rows
