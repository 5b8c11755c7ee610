"""One value a period, how much of the period was measured, and how: for any quantity, in one place.

Enters: what readings add to periods (the question `period_totals`). Leaves: rows of answers. Energy is added up; power,
voltages and temperatures are means weighted by minutes, with the lowest and the highest; of a register the last stand counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from meterlake.lake.codes.quantities import Aggregation, Quantity
from meterlake.lake.metering.coverage import DOUBTS, coverage

PERIOD, SPAN = "period", "span"
# A sum is exact to a billionth; what lies beyond is noise of binary numbers.
_DECIMALS = 9
Numbers = npt.NDArray[np.float64]


def period_rows(parts: pa.Table, quantity: Quantity) -> pa.Table:
    """Return the rows of an answer, by meter and time.

    Returns:
        meter_id, interval_start and interval_end in UTC, kind (`period`, or `span`: a reading that no period holds whole),
        value, for what is averaged minimum and maximum, intervals and minutes present and expected, and the shares of the
        expected minutes that were estimated, edited, suspect or missing.
    """
    parts = parts.sort_by([("meter_id", "ascending"), ("starts_second", "ascending"), ("kind", "ascending")])
    starts, lengths = (parts[name].to_numpy() for name in ("starts_second", "length_seconds"))
    columns = {
        "meter_id": parts["meter_id"],
        "interval_start": moments(starts),
        "interval_end": moments(starts + lengths),
        "kind": parts["kind"],
        "value": _value(parts, quantity.aggregation),
    }
    if quantity.aggregation is Aggregation.MEAN:
        columns |= {"minimum": parts["value_min"], "maximum": parts["value_max"]}
    minutes = {name: _minutes(parts, f"seconds_{name}") for name in ("present", *DOUBTS)}
    return pa.table(columns | coverage(parts["intervals_present"].to_numpy(), lengths / 60, minutes))


def _value(parts: pa.Table, aggregation: Aggregation) -> Numbers:
    if aggregation is Aggregation.LAST:
        return _numbers(parts, "value_last")
    total = _numbers(parts, "value_sum")
    if aggregation is Aggregation.SUM:
        return np.round(total, _DECIMALS)
    weighted, seconds = _numbers(parts, "value_seconds"), _numbers(parts, "seconds_present")
    # What was measured at moments without a length counts alike.
    plain = total / np.maximum(1, parts["intervals_present"].to_numpy())
    mean: Numbers = np.divide(weighted, seconds, out=plain, where=seconds > 0)
    return np.round(mean, _DECIMALS)


def _numbers(parts: pa.Table, name: str) -> Numbers:
    return np.asarray(parts[name].to_numpy(), np.float64)


def _minutes(parts: pa.Table, name: str) -> Numbers:
    minutes: Numbers = _numbers(parts, name) / 60
    return minutes


def moments(seconds: npt.NDArray[np.int64]) -> pa.Array:
    """Return seconds since 1970 as times."""
    return pa.array(seconds * 1_000_000, pa.timestamp("us", "UTC"))
