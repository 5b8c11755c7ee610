"""A quantity over periods, of one meter or of several, each on its own clock: what API, command line and notebooks all ask.

Enters: meters, a quantity that is measured or follows from others, a calendar, a range. Leaves: rows as
meterlake.lake.metering.period_rows gives them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pyarrow as pa

from meterlake.lake.codes.quantities import Quantity
from meterlake.lake.known_meters import DEFAULT_TIME_ZONE, EVERY_METER, zone_of_meter
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.derived_quantities import DERIVED, measured_parts
from meterlake.lake.metering.multiplied_rows import multiplied_totals
from meterlake.lake.metering.period_rows import period_rows
from meterlake.lake.metering.totals import TotalsQuestion, no_parts, totals
from meterlake.lake.port import Lake

_MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class PeriodQuestion:
    """A quantity over periods.

    Attributes:
        quantity: Measured, or derived; see derived_quantities.
        calendar: The kind of period.
        start: The first moment, a day of each meter's own clock, or None for the first reading.
        end: The last, exclusive; None for the last reading.
    """

    quantity: Quantity
    calendar: BillingCalendar
    start: dt.datetime | dt.date | None = None
    end: dt.datetime | dt.date | None = None


def periods_of_meter(lake: Lake, meter_id: str, asked: PeriodQuestion) -> pa.Table:
    """Return one meter's rows.

    Raises:
        UnknownMeter: If the lake does not hold it.
    """
    return _rows(lake, (meter_id, meter_id), asked, ZoneInfo(zone_of_meter(lake, meter_id)))


def periods_of_meters(lake: Lake, meter_ids: Sequence[str] | None, asked: PeriodQuestion) -> pa.Table:
    """Return the rows of some meters, by meter and time; of all where none are named. An open end is that of all readings."""
    known = lake.ask("meters_page", after_meter_id="", page_size=10_000_000).select(["meter_id", "time_zone"])
    zone_of = {row["meter_id"]: row["time_zone"] or DEFAULT_TIME_ZONE for row in known.to_pylist()}
    wanted = None if meter_ids is None else set(meter_ids)
    zones = (
        {zone_of.get(one, DEFAULT_TIME_ZONE) for one in wanted}
        if wanted is not None
        else {*zone_of.values(), DEFAULT_TIME_ZONE}
    )
    reach = (min(wanted), max(wanted)) if wanted else EVERY_METER
    parts = []
    for zone in sorted(zones):
        rows = _rows(lake, reach, asked, ZoneInfo(zone))
        is_own = [
            (wanted is None or one in wanted) and zone_of.get(one, DEFAULT_TIME_ZONE) == zone
            for one in rows["meter_id"].to_pylist()
        ]
        parts.append(rows.filter(pa.array(is_own, pa.bool_())))
    rows = pa.concat_tables(parts) if parts else period_rows(no_parts(), asked.quantity)
    return rows.sort_by([("meter_id", "ascending"), ("interval_start", "ascending")])


def range_asked(
    lake: Lake, meter_id: str, asked: PeriodQuestion, zone: ZoneInfo
) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the range that is asked of a meter; an open end is that of its readings, and None where there are none."""
    return range_of_meters(lake, (meter_id, meter_id), asked, zone)


def range_of_meters(
    lake: Lake, meters: tuple[str, str], asked: PeriodQuestion, zone: ZoneInfo
) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the same of all meters from one id to another."""
    return _ends(lake, meters, asked, measured_parts(asked.quantity), zone)


def _rows(lake: Lake, meters: tuple[str, str], asked: PeriodQuestion, zone: ZoneInfo) -> pa.Table:
    derived = DERIVED.get(asked.quantity.name)
    quantities = measured_parts(asked.quantity)
    ends = _ends(lake, meters, asked, quantities, zone)
    if ends is None:
        return period_rows(no_parts(), asked.quantity)
    if derived is not None and derived.factors is not None:
        question = TotalsQuestion(derived.parts[0], asked.calendar, *ends, zone, *meters)
        return multiplied_totals(lake, question, derived.factors(lake, *meters))
    of_each = {one.name: totals(lake, TotalsQuestion(one, asked.calendar, *ends, zone, *meters)) for one in quantities}
    if derived is None:
        return of_each[asked.quantity.name]
    measured = of_each.get(asked.quantity.name)
    return measured if measured is not None and measured.num_rows else derived.combine(of_each)


def _ends(
    lake: Lake, meters: tuple[str, str], asked: PeriodQuestion, quantities: Iterable[Quantity], zone: ZoneInfo
) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the range that is asked for; an open end is that of the readings, and None where there are none."""
    start, end = (_moment(one, zone) for one in (asked.start, asked.end))
    if start is not None and end is not None:
        return start, end
    given = {"first_meter_id": meters[0], "last_meter_id": meters[1]}
    spans = [lake.ask("reading_span", quantity=one.name, **given).to_pylist()[0] for one in quantities]
    known = [span for span in spans if span["first_start"] is not None]
    if not known:
        return None
    if start is None:
        first = min(span["first_start"] for span in known).astimezone(zone)
        # The period that holds the first reading began before it.
        start = asked.calendar.period_start(first.date(), zone)
    if end is None:
        is_range = asked.calendar.kind is PeriodKind.RANGE
        end = max(span["last_end"] if is_range else span["last_start"] + _MOMENT for span in known)
    return (start, end) if start < end else None


def _moment(given: dt.datetime | dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    if given is None:
        return None
    if isinstance(given, dt.datetime):
        return given if given.tzinfo else given.replace(tzinfo=zone)
    return dt.datetime.combine(given, dt.time(), zone).astimezone(dt.UTC)
