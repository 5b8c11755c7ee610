"""Seasons, weekdays and kinds of days as categories in their own order, and not in that of the alphabet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterlake.analysis.day_calendar import SEASONS, WEEKDAYS

if TYPE_CHECKING:
    import pyarrow as pa

_WORDS = {"season": SEASONS, "weekday": WEEKDAYS, "day_type": ("working day", "weekend")}


def worded(rows: pa.Table) -> pa.Table:
    """Return rows whose numbers of seasons, weekdays and kinds of days are ordered categories."""
    import pyarrow as pa

    for place, name in enumerate(rows.column_names):
        if name in _WORDS and pa.types.is_integer(rows[name].type):
            rows = rows.set_column(place, name, categories(rows[name].to_numpy(), _WORDS[name]))
    return rows


def categories(numbers: Any, words: tuple[str, ...]) -> pa.DictionaryArray:
    """Return numbers as words in the words' own order."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int8()), pa.array(list(words)), ordered=True)
