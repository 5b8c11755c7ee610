"""The scores that a lake holds, as rows."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from meterlake.anomaly.registry import DETECTORS
from meterlake.lake.known_meters import require_meter
from meterlake.lake.port import Lake


def stored_scores(
    lake: Lake, meter_id: str, detector: str, start: dt.date | None = None, end: dt.date | None = None
) -> pa.Table:
    """Return what a detector has said of a meter's days in [start, end), in order.

    Args:
        lake: Where they are stored.
        meter_id: The meter.
        detector: The detector's name.
        start: None for no limit, as with end.
        end: Exclusive.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
    """
    rows = lake.ask("anomalies_of_meter", meter_id=meter_id, detector=detector, start_date=start, end_date=end)
    if rows.num_rows == 0:
        require_meter(lake, meter_id)
    return rows


def why_nothing_is_flagged(lake: Lake, detector: str) -> str:
    """Return a sentence for an answer without rows.

    Raises:
        BadParameter: If there is no such detector, nor scores of one that was.
    """
    if detector in lake.ask("detectors_with_scores")["detector"].to_pylist():
        return f"{detector} has flagged no day in this range."
    DETECTORS.named(detector)
    return f"{detector} has scored nothing yet: 'meterlake detect' does."
