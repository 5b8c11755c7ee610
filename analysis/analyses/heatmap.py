"""A home's year as a map of days and hours, or the mean of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterlake.analysis.analyses.loads import unit_of, window_values
from meterlake.analysis.answer import Answer
from meterlake.analysis.pictures import picture
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


def heatmap(lake: AskedLake, asked: Selection, *, agg: str | None, freq: str) -> Answer:
    """Return local_date, hour, kw, meters; see meterlake.analysis.shapes_lake."""
    if agg not in (None, "mean"):
        raise BadParameter("agg", agg, "mean, where the meters are several", "mean")
    if agg is None and (asked.meters is None or len(asked.meters) != 1):
        raise BadParameter("meters", asked.meters, "one meter, or agg='mean' for the mean of several", "MAC000003")
    who = asked.meters[0] if asked.meters and len(asked.meters) == 1 else "mean of the meters"
    values = window_values(asked, freq)
    attrs = asked.attrs() | {"freq": freq, "unit": unit_of(asked), "of": who}
    return Answer(
        lambda: lake._analysed("heatmap", asked, **values),
        attrs | lake._known,
        draw=picture("heat_map", "draw_heatmap"),
    )
