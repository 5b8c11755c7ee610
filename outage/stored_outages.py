"""The outages that a lake holds, as rows."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from meterlake.lake.open_bounds import EVERYWHERE
from meterlake.lake.port import Lake

_MOST = 10_000_000


def stored_outages(
    lake: Lake, start: dt.datetime | None = None, end: dt.datetime | None = None, cause: str | None = None
) -> pa.Table:
    """Return the stored outages that touch [start, end), of one cause or any, in order of their beginnings.

    Args:
        lake: Where they are stored.
        start: None for no limit, as with end and cause.
        end: Exclusive.
        cause: One of the codes of lake/codes/causes.py.
    """
    return lake.ask(
        "outages_in",
        start=start,
        end=end,
        any_cause=cause is None,
        cause=cause or "",
        **EVERYWHERE,
        after_started_at=None,
        after_outage_id="",
        page_size=_MOST,
    )
