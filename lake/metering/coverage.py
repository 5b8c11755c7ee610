"""How much of some periods was measured, and how: minutes present of those expected, and the shares that are in doubt.

Enters: minutes, from readings or from summaries. Leaves: columns of answers. A summary that was written before minutes were
counted knows none, and its shares are null.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from meterlake.lake.codes.quality import DOUBTFUL

DOUBTS = tuple(quality.value for quality in DOUBTFUL)
SHARES = tuple(f"{name}_share" for name in (*DOUBTS, "missing"))
_DECIMALS = 9
Numbers = npt.NDArray[np.float64]


def coverage(
    intervals: npt.NDArray[np.int64], expected: Numbers, minutes: Mapping[str, Numbers]
) -> dict[str, pa.Array]:
    """Return the columns that say how much of some periods was measured, and how.

    Args:
        intervals: Readings in each period.
        expected: The minutes of each period; NaN where they are not known.
        minutes: The minutes that are present, and of those the estimated, edited and suspect ones; NaN likewise.
    """
    present = minutes["present"]
    return {
        "intervals_present": pa.array(intervals, pa.int64()),
        "intervals_expected": _counts(intervals_expected(intervals, present, expected)),
        "minutes_present": _counts(present),
        "minutes_expected": _counts(expected),
        **shares(expected, minutes),
    }


def shares(expected: Numbers, minutes: Mapping[str, Numbers]) -> dict[str, pa.Array]:
    """Return which parts of the expected minutes were estimated, edited, suspect or missing; see coverage."""
    parts = {name: minutes[name] for name in DOUBTS} | {"missing": np.maximum(0.0, expected - minutes["present"])}
    return {f"{name}_share": _fraction(part, expected) for name, part in parts.items()}


def intervals_expected(intervals: npt.NDArray[np.int64], present: Numbers, expected: Numbers) -> Numbers:
    """Return the readings that are there and as many more of their mean length as the missing minutes hold."""
    missing = np.maximum(0.0, expected - present)
    lacking = np.divide(missing * intervals, present, out=missing * 0.0, where=~(present <= 0))
    return np.asarray(intervals + np.floor(lacking + 0.5), np.float64)


def with_shares(summaries: pa.Table) -> pa.Table:
    """Return rows of summaries with shares in place of the minutes in doubt."""
    names = ("present", "expected", *DOUBTS)
    minutes = {name: _known(summaries[f"minutes_{name}"]) for name in names}
    kept = summaries.drop_columns([f"minutes_{name}" for name in DOUBTS])
    for name, column in shares(minutes["expected"], minutes).items():
        kept = kept.append_column(name, column)
    return kept


def _known(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy(), np.float64)


def _fraction(part: Numbers, whole: Numbers) -> pa.Array:
    fraction = np.round(np.divide(part, whole, out=part * 0.0, where=~(whole <= 0)), _DECIMALS)
    return pa.array(fraction, pa.float64(), from_pandas=True)


def _counts(numbers: Numbers) -> pa.Array:
    return pa.array(np.round(numbers), pa.float64(), from_pandas=True).cast(pa.int64())
