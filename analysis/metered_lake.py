"""What a biller asks of a lake: readings, what was used by which period, how complete it is, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from meterlake.analysis.answer import Answer
from meterlake.analysis.asked_lake import AskedLake
from meterlake.analysis.pictures import draw_lines
from meterlake.analysis.selection import boundary_given, day_given, meter_ids_of
from meterlake.lake.codes.quantities import quantity_named
from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import EVERY_METER
from meterlake.lake.nearest_names import nearest_names

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

    from meterlake.lake.metering.answers import PeriodQuestion
    from meterlake.lake.port import Lake

_COMPLETENESS = ("meter", "day")


class MeteredLake(AskedLake):
    """A lake that is asked what was measured."""

    def readings(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        tz: str | None = None,
        quantity: str = "energy",
        as_of: Any = None,
        columns: Iterable[str] = (),
        missing: str = "error",
    ) -> Answer:
        """Return readings: meter_id, interval_start, interval_end, kwh (value, for what is not in kWh), quality.

        Of chosen meters they come meter by meter; of all, month by month, as they lie in the lake.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            tz: The zone on whose clock times are read and shown; the lake's own where left out.
            quantity: What is measured.
            as_of: An ingest's id or a moment: readings as they were then.
            columns: Of these alone, in this order; all where left out.
            missing: "ignore" passes over meters that the lake does not hold.
        """
        from meterlake.lake.known_meters import EVERY_METER
        from meterlake.lake.laid_then import readings_as_they_were_laid
        from meterlake.lake.metering.as_it_was import lay_anything_under, published_at
        from meterlake.lake.questions import readings_as_they_were

        asked = self._selected(meters, start, end, tz=tz, quantity=quantity, missing=missing)
        sources = {"meter_id": "meter_id", "interval_start": "interval_start", "interval_end": "interval_end"}
        sources |= {_value_name(quantity): f"value AS {_value_name(quantity)}", "quality": "quality"}
        chosen = _chosen_columns(columns, sources)
        if as_of is None:
            select, given = f"SELECT {chosen} FROM readings", {}
        else:
            moment = published_at(self._engine, "as_of", str(as_of), self._as_of_moment)
            reach = (min(asked.meters), max(asked.meters)) if asked.meters else EVERY_METER
            is_laid = lay_anything_under(self._engine, asked.quantity.name, *reach, moment=moment)
            then = readings_as_they_were_laid if is_laid else readings_as_they_were
            select, given = f"SELECT {chosen} FROM {then('$as_of')}", {"as_of": moment}
        return self._series(select, "interval_start", asked, **given).drawn(draw_lines)

    def consumption(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        by: str = "day",
        quantity: str = "energy",
        cycle_day: int | None = None,
        fiscal_start: str | None = None,
        day_start: str | None = None,
        boundaries: Iterable[Any] = (),
        as_of: Any = None,
        times: str | None = None,
        holidays: str | None = None,
        last_year: bool = False,
        complete: float = 0.0,
        weather: bool = False,
        calendar: bool | str = False,
        missing: str = "error",
    ) -> Answer:
        """Return what meters used by period of their own zone, and which part was measured, estimated or is missing.

        Args:
            meters: Which; all where left out.
            start: First day, inclusive.
            end: Last day, exclusive.
            by: day, week, month, or any other kind of meterlake.lake.metering.calendars.
            quantity: What is measured, or follows from it.
            cycle_day: Of cycle: the day of the month on which a billing cycle begins.
            fiscal_start: Of fiscal_month and fiscal_year: the first month and day, as 04-06.
            day_start: The hour of the clock at which days begin, as 06:00.
            boundaries: Of dates: the days on which one period ends and the next begins.
            as_of: An ingest's id or a moment: what the answer would have been then.
            times: Of one meter, apart by a tariff's times: name, months, days and hours of each, with semicolons between.
            holidays: Of times: whose public holidays are holidays, as GB.
            last_year: Of one meter, with the same period of a year before beside each.
            complete: The least part of a period that must have been measured.
            weather: Of days: with temperature_c and the hours that it rests on.
            calendar: Of days: with day_type and holiday, of a country, as GB; True for that of the lake's zone.
            missing: "ignore" passes over meters that the lake does not hold.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        from meterlake.analysis.day_context import in_context
        from meterlake.lake.metering.answers import PeriodQuestion
        from meterlake.lake.metering.calendars import chosen_calendar
        from meterlake.lake.metering.coverage import DOUBTS, with_shares
        from meterlake.lake.metering.derived_quantities import answered_quantity, is_summarised
        from meterlake.lake.metering.last_year import beside_last_year
        from meterlake.lake.metering.summaries import SUMMARIES
        from meterlake.lake.metering.times_of_use import tariff_of
        from meterlake.lake.metering.use_by_time import use_by_time

        measured = answered_quantity(quantity)
        zone = ZoneInfo(self.tz)
        dates = tuple(boundary_given(one, zone) for one in boundaries)
        periods = chosen_calendar(
            by, cycle_day=cycle_day, fiscal_start=fiscal_start, day_start=day_start, boundaries=dates
        )
        if times is not None and last_year:
            raise BadParameter("last_year", "True", "one of last_year and times", "last_year=True")
        if times is not None or last_year:
            tariff = None if times is None else tariff_of(times, holidays)
            ask = beside_last_year if tariff is None else partial(use_by_time, tariff=tariff)
            return self._of_one_meter(ask, meters, PeriodQuestion(measured, periods, *self._range(start, end)), as_of)
        summary = SUMMARIES.get(periods.kind)
        if summary is None or day_start or as_of is not None or not is_summarised(measured):
            return self._of_periods(meters, PeriodQuestion(measured, periods, *self._range(start, end)), as_of)
        minutes = ("minutes_present", "minutes_expected", *(f"minutes_{name}" for name in DOUBTS))
        select = (
            f"SELECT meter_id, {summary.column}, energy_kwh AS {_value_name(quantity)}, intervals_present, intervals_expected,"
            f" intervals_present / nullif(intervals_expected, 0) AS coverage, {', '.join(minutes)} FROM {summary.table}"
        )
        asked = self._selected(meters, start, end, quantity=quantity, missing=missing)
        days = self._series(select, summary.column, asked).made(with_shares).drawn(draw_lines)
        return in_context(self, days, asked, complete=complete, weather=weather, calendar=calendar)

    def _of_one_meter(
        self,
        ask: Callable[[Lake, str, PeriodQuestion], pa.Table],
        meters: Any,
        asked: PeriodQuestion,
        as_of: Any,
    ) -> Answer:
        """Return what can be asked of one meter alone."""
        ids = meter_ids_of(meters)
        if ids is None or len(ids) != 1:
            raise BadParameter("meters", str(meters), "one meter, where times or last_year are asked for", "M1")
        lake = self._as_it_was(as_of)
        return self._periods(lambda: ask(lake, ids[0], asked), asked)

    def _of_periods(self, meters: Any, asked: PeriodQuestion, as_of: Any) -> Answer:
        """Return periods that are counted from readings; see meterlake.lake.metering."""
        from meterlake.lake.metering.answers import periods_of_meters

        lake, ids = self._as_it_was(as_of), meter_ids_of(meters)
        self._require_meters(ids)
        return self._periods(lambda: periods_of_meters(lake, ids, asked), asked)

    def _periods(self, rows: Callable[[], pa.Table], asked: PeriodQuestion) -> Answer:
        attrs = {
            "zone": self.tz,
            "quantity": asked.quantity.name,
            "unit": asked.quantity.unit,
            "period": asked.calendar.kind.value,
        }
        return Answer(lambda: self._in_zone(rows()), attrs)

    def demand(
        self,
        meter: str,
        start: Any = None,
        end: Any = None,
        *,
        by: str = "month",
        window: int | None = None,
        quantity: str = "energy",
        as_of: Any = None,
        **periods: Any,
    ) -> Answer:
        """Return by period the most, the least and the base of what a meter draws, with their times, in power.

        Args:
            meter: Its id.
            start: First day, inclusive.
            end: Last day, exclusive.
            by: month, or any other kind of period.
            window: Minutes of a window; half an hour, or an hour where intervals are longer.
            quantity: Energy of some kind, or power.
            as_of: An ingest's id or a moment: what the answer would have been then.
            **periods: What the kind of period needs to know; see consumption.

        Raises:
            BadParameter: If an argument cannot be used.
            UnknownMeter: If the lake does not hold the meter.
        """
        from meterlake.lake.metering.answers import PeriodQuestion
        from meterlake.lake.metering.calendars import chosen_calendar
        from meterlake.lake.metering.demand import DemandQuestion, demand_of_meter
        from meterlake.lake.metering.derived_quantities import answered_quantity
        from meterlake.lake.metering.windows import power_unit, powered

        first, last = self._range(start, end)
        measured = powered(answered_quantity(quantity))
        asked = DemandQuestion(PeriodQuestion(measured, chosen_calendar(by, **periods), first, last), window)
        lake = self._as_it_was(as_of)
        attrs = {"zone": self.tz, "quantity": quantity, "unit": power_unit(measured), "period": by}
        return Answer(lambda: self._in_zone(demand_of_meter(lake, meter, asked)), attrs)

    def groups(
        self,
        attribute: str,
        start: Any = None,
        end: Any = None,
        *,
        by: str = "month",
        group: str | None = None,
        quantity: str = "energy",
        **periods: Any,
    ) -> Answer:
        """Return what groups of meters used by period, each meter in the group that was known of it on each day.

        Args:
            attribute: tariff, segment, site, building, transformer, feeder, substation, district, service_point or fleet.
            start: First day, inclusive.
            end: Last day, exclusive.
            by: month, or any other kind of period that is made of whole days.
            group: This group alone.
            quantity: One whose values add up, measured or derived.
            **periods: What the kind of period needs to know; see consumption.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        from meterlake.lake.metering.calendars import chosen_calendar
        from meterlake.lake.metering.groups import (
            GroupQuestion,
            grouped_by,
            of_group,
            periods_of_groups,
            summed_quantity,
        )

        days = self._days(start, end)
        asked = GroupQuestion(grouped_by(attribute), summed_quantity(quantity), chosen_calendar(by, **periods), *days)
        attrs = {"by": attribute, "quantity": quantity, "unit": asked.quantity.unit, "period": by}
        return Answer(lambda: of_group(periods_of_groups(self._engine, asked), group), attrs)

    def changes(self, since: Any, *, by: str = "month", quantity: str = "energy", with_new: bool = False) -> Answer:
        """Return what answers given at an earlier time would be now: before, now, difference, the ingests that changed it.

        Args:
            since: When they were given: an ingest's id or a moment.
            by: day, week, month, quarter or year.
            quantity: What is measured.
            with_new: Periods without any reading then, too.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        from meterlake.lake.metering.as_it_was import published_at
        from meterlake.lake.metering.calendars import PeriodKind
        from meterlake.lake.metering.changes import KINDS, ChangesQuestion, changed_periods

        if by not in KINDS:
            raise BadParameter("by", by, f"one of {', '.join(KINDS)}", "month")
        moment = published_at(self._engine, "since", str(since), self._as_of_moment)
        asked = ChangesQuestion(moment, quantity_named(quantity), PeriodKind(by), with_new)
        attrs = {"zone": self.tz, "quantity": quantity, "unit": asked.quantity.unit, "since": moment}
        return Answer(lambda: self._in_zone(changed_periods(self._engine, asked)), attrs)

    def quality(
        self, meters: Any = None, start: Any = None, end: Any = None, *, by: str = "meter", quantity: str = "energy"
    ) -> Answer:
        """Return how complete the lake is, by meter or day, or what was set aside, by reason.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        from meterlake.lake.metering.completeness import DaysAsked, completeness_of_days, completeness_of_meters

        if by == "reason":
            return self._answer(
                "SELECT reason, count(*) AS rows FROM quarantine GROUP BY ALL ORDER BY rows DESC, reason"
            )
        if by not in _COMPLETENESS:
            raise BadParameter("by", by, f"one of {', '.join((*_COMPLETENESS, 'reason'))}", "meter")
        ids = meter_ids_of(meters)
        self._require_meters(ids)
        meter_ranges = (EVERY_METER,) if ids is None else [(one, one) for one in sorted(ids)]
        asked = DaysAsked(quantity_named(quantity).name, *self._days(start, end), meter_ranges)

        def rows() -> pa.Table:
            found = (completeness_of_meters if by == "meter" else completeness_of_days)(self._engine, asked)
            return found.rename_columns([*found.column_names[:-1], "coverage"])

        return Answer(rows, {"quantity": asked.quantity})

    def _as_it_was(self, as_of: Any) -> Lake:
        """Return the lake as of an ingest or a moment; the lake itself where nothing is said."""
        from meterlake.lake.metering.as_it_was import lake_as_of

        return lake_as_of(self._engine, None if as_of is None else str(as_of), self._as_of_moment)

    def _range(self, start: Any, end: Any) -> tuple[dt.date | dt.datetime | None, dt.date | dt.datetime | None]:
        """Return the ends of a range: days where they are midnights, else moments."""
        return day_given(self._moment("start", start)), day_given(self._moment("end", end))

    def _days(self, start: Any, end: Any) -> tuple[dt.date | None, dt.date | None]:
        """Return the days of a range's ends."""
        first, last = self._moment("start", start), self._moment("end", end)
        return first.date() if first else None, last.date() if last else None


def _chosen_columns(columns: Iterable[str], sources: Mapping[str, str]) -> str:
    """Return the columns that are asked for as SQL, all where none are.

    Raises:
        BadParameter: If there is no such column.
    """
    names = [columns] if isinstance(columns, str) else list(columns) or list(sources)
    for name in names:
        if name not in sources:
            raise BadParameter("columns", name, f"of {', '.join(sources)}", "kwh", nearest=nearest_names(name, sources))
    return ", ".join(sources[name] for name in names)


def _value_name(quantity: str) -> str:
    return "kwh" if quantity_named(quantity).unit == "kWh" else "value"
