"""The scores that a lake holds, as rows."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

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
