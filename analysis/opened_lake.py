"""A lake as an analyst asks it: `meterlake.open(...)`.

Enters: where the lake is. Leaves: answers, each made when it is looked at. Reading never writes; what writes is refused
unless the lake was opened with `read_only=False`. Every method takes meters, start and end in this order, half-open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from meterlake.analysis.answer import Answer
from meterlake.analysis.selection import boundary_given, day_given, meter_ids_of
from meterlake.lake.codes.quantities import Quantity, quantity_named
from meterlake.lake.engine_choice import open_engine
from meterlake.lake.errors import BadParameter, ReadOnlyLake, UnknownMeter
from meterlake.lake.known_meters import EVERY_METER
from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meters
from meterlake.lake.metering.as_it_was import lake_as_of, published_at
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind, chosen_calendar
from meterlake.lake.metering.changes import KINDS, ChangesQuestion, changed_periods
from meterlake.lake.metering.completeness import DaysAsked, completeness_of_days, completeness_of_meters
from meterlake.lake.metering.coverage import DOUBTS, with_shares
from meterlake.lake.metering.demand import DemandQuestion, demand_of_meter, power_unit, powered
from meterlake.lake.metering.derived_quantities import answered_quantity, is_summarised
from meterlake.lake.metering.groups import GroupQuestion, grouped_by, of_group, periods_of_groups, summed_quantity
from meterlake.lake.metering.summaries import SUMMARIES
from meterlake.lake.metering.times_of_use import Tariff, tariff_of
from meterlake.lake.metering.use_by_time import use_by_time
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.port import Lake
from meterlake.lake.questions import readings_as_they_were
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import METERS, TABLES
from meterlake.lake.written_times import moment_of

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

_COMPLETENESS = {"meter": completeness_of_meters, "day": completeness_of_days}
_MINUTES = ("minutes_present", "minutes_expected", *(f"minutes_{name}" for name in DOUBTS))


def open_for_analysis(lake: str | os.PathLike[str] | None = None, *, read_only: bool = True) -> OpenedLake:
    """Open a lake to ask it.

    Args:
        lake: A folder, or s3://bucket/prefix; what METERLAKE_LAKE says where it is left out.
        read_only: Whether what writes is refused.

    Raises:
        NoLake: If there is none, and it may not be made.

    Example:
        >>> import meterlake
        >>> lake = meterlake.open("my-lake")  # doctest: +SKIP
        >>> lake.consumption("MAC000001", "2013-01", "2013-02").df()  # doctest: +SKIP
    """
    settings = LakeSettings(lake=os.fspath(lake)) if lake is not None else LakeSettings()
    opened = OpenedLake(settings, read_only=read_only)
    if read_only:
        _ = opened.version
    return opened


class OpenedLake:
    """A lake that is open; see open_for_analysis."""

    def __init__(self, settings: LakeSettings, *, read_only: bool = True) -> None:
        self.settings = settings
        self.read_only = read_only
        self._engine = open_engine(settings)

    @property
    def tables(self) -> dict[str, int]:
        """How many rows each table holds."""
        return self._engine.row_counts()

    @property
    def version(self) -> str:
        """A text that changes exactly when something in the lake changes."""
        return self._engine.version_of(*TABLES)

    @cached_property
    def tz(self) -> str:
        """The zone of most meters' days, on whose clock times are read and shown."""
        found = self._rows(
            "SELECT time_zone FROM meters WHERE time_zone IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        return str(found["time_zone"][0]) if found.num_rows else "UTC"

    def sql(self, text: str, /, **frames_and_parameters: Any) -> Answer:
        """Answer one SELECT over the lake's tables.

        Args:
            text: The SELECT; `$name` marks a parameter.
            **frames_and_parameters: Frames, tables and answers by the names that the SELECT gives them, and values.

        Raises:
            BadQuery: If it is anything but one SELECT, or fails.
        """
        frames = {name: one for name, one in frames_and_parameters.items() if hasattr(one, "__arrow_c_stream__")}
        values = {name: one for name, one in frames_and_parameters.items() if name not in frames}
        return Answer(lambda: self._in_zone(self._engine.select(text, values, frames)), {"sql": text})

    def meters(self, **equal: str) -> Answer:
        """Return the meters, those whose columns equal what is given: `lake.meters(tariff="ToU")`.

        Raises:
            BadParameter: If meters have no such column.
        """
        for name in equal:
            if name not in METERS.column_names:
                near = ", ".join(nearest_names(name, METERS.column_names))
                raise BadParameter(name, equal[name], f"a column of meters; nearest: {near}", "tariff")
        where = " AND ".join(f'"{name}" = ${name}' for name in equal) or "true"
        return self._answer(f"SELECT * FROM meters WHERE {where} ORDER BY meter_id", equal)

    def readings(
        self, meters: Any = None, start: Any = None, end: Any = None, *, quantity: str = "energy", as_of: Any = None
    ) -> Answer:
        """Return readings: meter_id, interval_start, interval_end, kwh (value, for what is not in kWh), quality.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            quantity: What is measured.
            as_of: An ingest's id or a moment: readings as they were then.
        """
        columns = f"meter_id, interval_start, interval_end, value AS {_value_name(quantity)}, quality"
        if as_of is None:
            select, given = f"SELECT {columns} FROM readings", {}
        else:
            select = f"SELECT {columns} FROM {readings_as_they_were('$as_of')}"
            given = {"as_of": published_at(self._engine, "as_of", str(as_of), self._as_of_moment)}
        return self._series(select, "interval_start", meters, start, end, quantity, **given)

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

        Raises:
            BadParameter: If an argument cannot be used.
        """
        measured = answered_quantity(quantity)
        zone = ZoneInfo(self.tz)
        dates = tuple(boundary_given(one, zone) for one in boundaries)
        calendar = chosen_calendar(
            by, cycle_day=cycle_day, fiscal_start=fiscal_start, day_start=day_start, boundaries=dates
        )
        if times is not None:
            return self._by_time(meters, start, end, measured, calendar, tariff_of(times, holidays), as_of)
        summary = SUMMARIES.get(calendar.kind)
        if summary is None or day_start or as_of is not None or not is_summarised(measured):
            lake = lake_as_of(self._engine, None if as_of is None else str(as_of), self._as_of_moment)
            return self._of_periods(lake, meters, start, end, measured, calendar)
        select = (
            f"SELECT meter_id, {summary.column}, energy_kwh AS {_value_name(quantity)}, intervals_present, intervals_expected,"
            f" intervals_present / nullif(intervals_expected, 0) AS coverage, {', '.join(_MINUTES)} FROM {summary.table}"
        )
        return self._series(select, summary.column, meters, start, end, quantity).made(with_shares)

    def _by_time(
        self,
        meters: Any,
        start: Any,
        end: Any,
        measured: Quantity,
        calendar: BillingCalendar,
        tariff: Tariff,
        as_of: Any,
    ) -> Answer:
        """Return what one meter used in each of a tariff's times."""
        ids = meter_ids_of(meters)
        if ids is None or len(ids) != 1:
            raise BadParameter("meters", str(meters), "one meter, where times are asked for", "M1")
        first, last = (day_given(self._moment(name, one)) for name, one in (("start", start), ("end", end)))
        lake = lake_as_of(self._engine, None if as_of is None else str(as_of), self._as_of_moment)
        asked = PeriodQuestion(measured, calendar, first, last)
        attrs = {"zone": self.tz, "quantity": measured.name, "unit": measured.unit, "period": calendar.kind.value}
        return Answer(lambda: self._in_zone(use_by_time(lake, ids[0], asked, tariff)), attrs)

    def _of_periods(
        self, lake: Lake, meters: Any, start: Any, end: Any, measured: Quantity, calendar: BillingCalendar
    ) -> Answer:
        """Return periods that are counted from readings; see meterlake.lake.metering."""
        ids = meter_ids_of(meters)
        self._require_meters(ids)
        first, last = (day_given(self._moment(name, one)) for name, one in (("start", start), ("end", end)))
        attrs = {"zone": self.tz, "quantity": measured.name, "unit": measured.unit, "period": calendar.kind.value}

        def rows() -> pa.Table:
            return self._in_zone(periods_of_meters(lake, ids, PeriodQuestion(measured, calendar, first, last)))

        return Answer(rows, attrs)

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
        first, last = (day_given(self._moment(name, one)) for name, one in (("start", start), ("end", end)))
        measured = powered(quantity_named(quantity))
        asked = DemandQuestion(PeriodQuestion(measured, chosen_calendar(by, **periods), first, last), window)
        lake = lake_as_of(self._engine, None if as_of is None else str(as_of), self._as_of_moment)
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
            quantity: One whose values add up, or net_energy.
            **periods: What the kind of period needs to know; see consumption.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        first, last = (self._moment(name, one) for name, one in (("start", start), ("end", end)))
        days = (first.date() if first else None, last.date() if last else None)
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
        if by not in KINDS:
            raise BadParameter("by", by, f"one of {', '.join(KINDS)}", "month")
        moment = published_at(self._engine, "since", str(since), self._as_of_moment)
        asked = ChangesQuestion(moment, quantity_named(quantity), PeriodKind(by), with_new)
        attrs = {"zone": self.tz, "quantity": quantity, "unit": asked.quantity.unit, "since": moment}
        return Answer(lambda: self._in_zone(changed_periods(self._engine, asked)), attrs)

    def anomalies(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        detector: str = "fleet_band",
        min_severity: float = 0.0,
    ) -> Answer:
        """Return the days that a detector flagged, the most severe first."""
        from meterlake.anomaly.registry import DETECTORS

        DETECTORS.named(detector)
        where = "anomaly <> 0 AND detector = $detector AND severity >= $severity"
        return self._of_meters(
            "SELECT * EXCLUDE (noise, offset_kwh, width_sigmas, run_id) FROM anomaly_scores",
            "local_date", meters, start, end, where=where, order="severity DESC, meter_id, local_date",
            detector=detector, severity=min_severity,
        )  # fmt: skip

    def outages(self, start: Any = None, end: Any = None, *, cause: str | None = None) -> Answer:
        """Return the outages that touch a range, in order of their beginnings."""
        first, last = self._moment("start", start), self._moment("end", end)
        where = [
            *(["(ended_at IS NULL OR ended_at > $first)"] if first else []),
            *(["started_at < $last"] if last else []),
            *(["cause = $cause"] if cause else []),
        ]
        values = {"first": first, "last": last, "cause": cause}
        return self._answer(
            f"SELECT * FROM outages WHERE {' AND '.join(where) or 'true'} ORDER BY started_at, outage_id",
            {name: value for name, value in values.items() if value},
        )

    def forecasts(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        issued_at: Any = "latest",
        model: str | None = None,
    ) -> Answer:
        """Return stored forecasts; of the newest issue, unless another is named or `issued_at` is None.

        Args:
            meters: Which; all where left out.
            start: First moment that is forecast, inclusive.
            end: Last moment, exclusive.
            issued_at: When they were issued: a moment, "latest", or None for all.
            model: Of one model alone.
        """
        values: dict[str, Any] = {"model": model} if model else {}
        of_model = "model_name = $model" if model else "true"
        issued = "true"
        if issued_at == "latest":
            issued = f"issued_at = (SELECT max(issued_at) FROM forecasts WHERE {of_model})"
        elif issued_at is not None:
            issued, values["issued"] = "issued_at = $issued", self._moment("issued_at", issued_at)
        select = "SELECT * EXCLUDE (run_id) FROM forecasts"
        where = f"{of_model} AND {issued}"
        return self._of_meters(
            select,
            "interval_start",
            meters,
            start,
            end,
            where=where,
            order="meter_id, issued_at, interval_start",
            **values,
        )

    def quality(
        self, meters: Any = None, start: Any = None, end: Any = None, *, by: str = "meter", quantity: str = "energy"
    ) -> Answer:
        """Return how complete the lake is, by meter or day, or what was set aside, by reason.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        if by == "reason":
            return self._answer(
                "SELECT reason, count(*) AS rows FROM quarantine GROUP BY ALL ORDER BY rows DESC, reason"
            )
        if by not in _COMPLETENESS:
            raise BadParameter("by", by, f"one of {', '.join((*_COMPLETENESS, 'reason'))}", "meter")
        ids = meter_ids_of(meters)
        self._require_meters(ids)
        first, last = (self._moment(name, one) for name, one in (("start", start), ("end", end)))
        asked = DaysAsked(
            quantity_named(quantity).name,
            first.date() if first else None,
            last.date() if last else None,
            (EVERY_METER,) if ids is None else [(one, one) for one in sorted(ids)],
        )

        def rows() -> pa.Table:
            found = _COMPLETENESS[by](self._engine, asked)
            return found.rename_columns([*found.column_names[:-1], "coverage"])

        return Answer(rows, {"quantity": asked.quantity})

    def ingest(
        self,
        *paths: str | os.PathLike[str],
        format: str = "auto",
        tz: str | None = None,
        mapping: str | os.PathLike[str] | None = None,
    ) -> Answer:
        """Take files and folders in; return the account of each file.

        Args:
            *paths: Files, folders, s3:// addresses.
            format: The name of a format; found by the files' heads where left out.
            tz: The zone of the meters' days.
            mapping: A YAML file that declares the files' columns.

        Raises:
            ReadOnlyLake: If the lake was opened to be read.
        """
        if self.read_only:
            raise ReadOnlyLake(self.settings.location)
        from meterlake.analysis.taking_in import take_in

        return take_in(self.settings, paths, format_name=format, time_zone=tz, mapping=mapping)

    def __repr__(self) -> str:
        rows = self.tables
        return f"<Lake at {self.settings.location}: {rows['readings']:,} readings of {rows['meters']:,} meters, zone {self.tz}>"

    def _repr_html_(self) -> str:
        counted = "".join(f"<tr><td>{name}</td><td>{rows:,}</td></tr>" for name, rows in self.tables.items())
        return f"<b>{escape(self.settings.location)}</b>, zone {self.tz}<table><tr><th>table</th><th>rows</th></tr>{counted}</table>"

    def _series(
        self, select: str, column: str, meters: Any, start: Any, end: Any, quantity: str, **values: Any
    ) -> Answer:
        known = quantity_named(quantity)
        answer = self._of_meters(
            select,
            column,
            meters,
            start,
            end,
            where="quantity = $quantity",
            order=f"meter_id, {column}",
            quantity=known.name,
            **values,
        )
        answer.attrs |= {"quantity": known.name, "unit": known.unit}
        return answer

    def _of_meters(
        self, select: str, column: str, meters: Any, start: Any, end: Any, *, where: str, order: str, **values: Any
    ) -> Answer:
        """Return the rows of some meters whose time lies in a range; days are compared as days, moments as moments."""
        ids = meter_ids_of(meters)
        self._require_meters(ids)
        conditions = [where]
        for name, given, sign in (("start", start, ">="), ("end", end, "<")):
            moment = self._moment(name, given)
            if moment is not None:
                conditions.append(f"{column} {sign} ${name}")
                values[name] = moment if column == "interval_start" else moment.date()
        if ids is not None:
            conditions.append("meter_id IN (SELECT unnest($meters))")
            values["meters"] = ids
        return self._answer(f"{select} WHERE {' AND '.join(conditions)} ORDER BY {order}", values)

    def _require_meters(self, ids: Iterable[str] | None) -> None:
        if ids is None:
            return
        unknown = self._rows(
            "SELECT id FROM (SELECT unnest($ids) AS id) WHERE id NOT IN (SELECT meter_id FROM meters) LIMIT 1",
            {"ids": list(ids)},
        )
        if unknown.num_rows:
            name = str(unknown["id"][0])
            near = self._rows(
                "SELECT meter_id FROM meters ORDER BY jaro_winkler_similarity(meter_id, $name) DESC, 1 LIMIT 3",
                {"name": name},
            )
            raise UnknownMeter(name, near["meter_id"].to_pylist())

    def _as_of_moment(self, written: str) -> dt.datetime | None:
        return self._moment("as_of", written)

    def _moment(self, name: str, given: Any) -> dt.datetime | None:
        return moment_of(name, given, ZoneInfo(self.tz))

    def _answer(self, sql: str, values: dict[str, Any] | None = None) -> Answer:
        return Answer(
            lambda: self._in_zone(self._rows(sql, values)), {"zone": self.tz, "lake": Path(self.settings.lake).name}
        )

    def _rows(self, sql: str, values: dict[str, Any] | None = None) -> pa.Table:
        return self._engine.select(sql, values)

    def _in_zone(self, rows: pa.Table) -> pa.Table:
        """Return rows whose moments are shown on the lake's own clock."""
        import pyarrow as pa

        fields = [
            pa.field(field.name, pa.timestamp("us", self.tz))
            if pa.types.is_timestamp(field.type) and field.type.tz
            else field
            for field in rows.schema
        ]
        return rows.cast(pa.schema(fields))


def _value_name(quantity: str) -> str:
    return "kwh" if quantity_named(quantity).unit == "kWh" else "value"
