"""Load profiles: the mean day of the meters of each group, with the band in which most of them lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from meterlake.analysis.analyses.loads import OF_CLOCK, group_columns, labelled, listed, unit_of, window_values
from meterlake.analysis.answer import Answer
from meterlake.analysis.ordered_columns import worded
from meterlake.analysis.pictures import picture
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    import pyarrow as pa

    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


def profiles(
    lake: AskedLake,
    asked: Selection,
    *,
    by: str | Iterable[str],
    freq: str,
    band: tuple[float, float],
    normalise: bool,
) -> Answer:
    """Return by…, hour, mean, low, high, meters; see meterlake.analysis.shapes_lake."""
    names = group_columns(by, with_clock=True)
    low, high = band
    if not 0 <= low < high <= 1:
        raise BadParameter("band", band, "two parts between 0 and 1, the lower first", "(.1, .9)")
    values = window_values(asked, freq) | {"low": low, "high": high, "normalise": normalise}
    keys = "".join(f"of_sizes.{name}, " if name in OF_CLOCK else labelled([name]) for name in names)
    words = {"clock_keys": listed([name for name in names if name in OF_CLOCK]), "keys": keys, "names": listed(names)}

    def rows() -> pa.Table:
        return worded(lake._analysed("profiles", asked, words, **values))

    unit = "of a meter's mean" if normalise else unit_of(asked)
    attrs = asked.attrs() | {"by": ", ".join(names), "freq": freq, "band": f"{low:.0%} to {high:.0%}", "unit": unit}
    return Answer(rows, attrs | lake._known, draw=picture("profile_bands", "draw_profiles", by=names))
