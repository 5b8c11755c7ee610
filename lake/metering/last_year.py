"""The same periods a year before, beside those that are asked for.

Enters: a meter's periods. Leaves: the same rows with what the meter used in the period of a year before, and which part of that was
missing. Periods of months and years have the same first day in the year before; days and weeks the same weekday, 52 weeks before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pyarrow as pa

from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meter, range_asked
from meterlake.lake.metering.calendars import PeriodKind
from meterlake.lake.metering.period_rows import PERIOD
from meterlake.lake.port import Lake

_WEEKS = dt.timedelta(weeks=52)
_OF_DAYS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.GAS_DAY)
_WITHOUT = (PeriodKind.HOUR, PeriodKind.RANGE, PeriodKind.DATES)


def beside_last_year(lake: Lake, meter_id: str, asked: PeriodQuestion) -> pa.Table:
    """Return a meter's periods with last_year_value and last_year_missing_share; null where there was no reading.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
        BadParameter: If the kind of period has none a year before.
    """
    kind = asked.calendar.kind
    if kind in _WITHOUT:
        raise BadParameter("period", kind.value, "a kind of which the year before has the same periods", "month")
    zone = ZoneInfo(zone_of_meter(lake, meter_id))
    ends = range_asked(lake, meter_id, asked, zone)
    whole = asked if ends is None else replace(asked, start=ends[0], end=ends[1])
    rows = periods_of_meter(lake, meter_id, whole)
    before: dict[dt.date, tuple[float | None, float | None]] = {}
    if ends is not None:
        start, end = (_a_year_before(moment.astimezone(zone).date(), kind) for moment in ends)
        then = replace(asked, start=start, end=end + dt.timedelta(days=1))
        for row in periods_of_meter(lake, meter_id, then).to_pylist():
            if row["kind"] == PERIOD:
                day = row["interval_start"].astimezone(zone).date()
                before[day] = (row["value"], row["missing_share"])
    found = [
        before.get(_a_year_before(began.astimezone(zone).date(), kind), (None, None)) if of == PERIOD else (None, None)
        for began, of in zip(rows["interval_start"].to_pylist(), rows["kind"].to_pylist(), strict=True)
    ]
    for place, name in enumerate(("last_year_value", "last_year_missing_share")):
        rows = rows.append_column(name, pa.array([one[place] for one in found], pa.float64()))
    return rows


def _a_year_before(day: dt.date, kind: PeriodKind) -> dt.date:
    if kind in _OF_DAYS:
        return day - _WEEKS
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)
