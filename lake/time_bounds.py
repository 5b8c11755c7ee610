"""The years that a time can lie in: what a file may say, what may be asked for, what stands for "from the first on"."""

from __future__ import annotations

import datetime as dt

FIRST_YEAR, LAST_YEAR = 1900, 2200

EARLIEST = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(LAST_YEAR, 1, 1, tzinfo=dt.UTC)
