"""The outages that a lake holds, as rows."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from meterlake.lake.port import Lake

_EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
_EVERYWHERE = {"south": -90.0, "north": 90.0, "west": -180.0, "east": 180.0, "crosses_180": False, "any_place": True}
_MOST = 10_000_000


def stored_outages(
    lake: Lake, start: dt.datetime = _EARLIEST, end: dt.datetime = _LATEST, cause: str | None = None
) -> pa.Table:
    """Return the stored outages that touch [start, end), of one cause or any, in order of their beginnings."""
    return lake.ask(
        "outages_in",
        start=start,
        end=end,
        any_cause=cause is None,
        cause=cause or "",
        **_EVERYWHERE,
        after_started_at=_EARLIEST,
        after_outage_id="",
        page_size=_MOST,
    )
