"""Which question answers for the days, weeks and months of a meter, and by which column each is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa

from meterlake.lake.metering.calendars import PeriodKind
from meterlake.lake.metering.coverage import with_shares
from meterlake.lake.port import Lake


@dataclass(frozen=True)
class Summary:
    """A table of sums that the lake keeps, which is also the name of its question, and the column of its periods."""

    table: str
    column: str

    def of_meter(
        self, lake: Lake, meter_id: str, quantity: str, start_date: dt.date | None, end_date: dt.date | None
    ) -> pa.Table:
        """Return the periods of a meter that begin in [start_date, end_date), with the shares of what is in doubt."""
        rows = lake.ask(self.table, meter_id=meter_id, quantity=quantity, start_date=start_date, end_date=end_date)
        return with_shares(rows)


SUMMARIES = {
    PeriodKind.DAY: Summary("consumption_daily", "local_date"),
    PeriodKind.WEEK: Summary("consumption_weekly", "week_start"),
    PeriodKind.MONTH: Summary("consumption_monthly", "month_start"),
}
