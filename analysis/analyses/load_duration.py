"""Load duration: the loads of a fleet from the highest to the lowest, over the share of the time that they are reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from meterlake.analysis.analyses.loads import (
    group_columns,
    group_words,
    groups_said,
    listed,
    unit_of,
    window_values,
)
from meterlake.analysis.answer import Answer
from meterlake.analysis.pictures import picture

if TYPE_CHECKING:
    import pyarrow as pa

    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


def load_duration(
    lake: AskedLake, asked: Selection, *, per_meter: bool, by: str | Iterable[str] | None, freq: str
) -> Answer:
    """Return by…, share, kw, meters, the highest load first; see meterlake.analysis.shapes_lake."""
    names = group_columns(by)
    values = window_values(asked, freq)

    def rows() -> pa.Table:
        from meterlake.analysis.own_sql import selected_from

        loads = lake._analysed("fleet_loads", asked, group_words(names), **values)
        kw, groups = "kw / meters" if per_meter else "kw", listed(names)
        within = f"PARTITION BY {', '.join(names)} " if names else ""
        return selected_from(
            loads,
            f"SELECT {groups}row_number() OVER ({within}ORDER BY {kw} DESC) / count(*) OVER ({within}) AS share,"
            f" {kw} AS kw, meters FROM self ORDER BY {groups}share",
            {},
        )

    unit = unit_of(asked) + (" a meter" if per_meter else "")
    attrs = asked.attrs() | {"freq": freq, "unit": unit, "by": groups_said(names)}
    return Answer(rows, attrs | lake._known, draw=picture("duration_curve", "draw_duration", by=names))
