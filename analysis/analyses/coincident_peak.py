"""When all meters together draw the most, and how much less that is than the sum of their own peaks.

Diversity factor: the sum of the meters' own peaks over the peak of all together; the coincidence factor is its inverse. After
diversity maximum demand (ADMD): the peak of all together over the meters that made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from meterlake.analysis.analyses.loads import (
    group_columns,
    group_words,
    groups_said,
    listed,
    unit_of,
    window_values,
)
from meterlake.analysis.answer import Answer
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


def coincident_peak(
    lake: AskedLake, asked: Selection, *, by: str | Iterable[str] | None, min_coverage: float, freq: str
) -> Answer:
    """Return a row a group: peak_at, peak_kw, diversity and the like; see meterlake.analysis.shapes_lake."""
    if not 0 <= min_coverage <= 1:
        raise BadParameter("min_coverage", min_coverage, "a part between 0 and 1", "0.95")
    names = group_columns(by)
    values = window_values(asked, freq)
    plain = group_words(names)
    words = plain | {
        "fleet_keys": listed(names, "fleet"),
        "highest_keys": listed(names, "highest"),
        "same": _equal(names, "fleet", "most"),
        "same_own": _equal(names, "highest", "own"),
    }
    attrs = asked.attrs() | {"freq": freq, "unit": unit_of(asked), "by": groups_said(names)}

    def draw(answer: Answer, **style: Any) -> Figure:
        from meterlake.plots.peak_days import draw_peaks

        loads = lake._analysed("fleet_loads", asked, plain, **values)
        return draw_peaks(answer.arrow(), loads, by=names, attrs=answer.attrs, **style)

    return Answer(
        lambda: lake._analysed("coincident_peak", asked, words, min_coverage=min_coverage, **values),
        attrs | lake._known,
        draw=draw,
    )


def _equal(names: Iterable[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in names) or "true"
