"""Hourly weather in the Dark Sky columns: any of them, in any order, in any case of letters.

Times are ISO or seconds since 1970, in UTC; temperatures are degrees Celsius, humidity is a fraction, wind is in
metres a second. A column `site_id` says where; without it the weather is that of the site `default`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.header_format import HeaderFormat
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reference_expressions import (
    NumberColumn,
    judged_rows,
    number_checks,
    number_or_null,
    text_or_null,
    time_check,
)
from meterlake.etl.conforming.time_expressions import as_epoch_or_iso_time
from meterlake.etl.conforming.unsaid_clock import shows_bare_times
from meterlake.lake.codes.weather import WEATHER_MEASURES

_CANONICAL = {
    "time": "time",
    "observed_at": "time",
    "temperature": "temperature_c",
    "temperature_c": "temperature_c",
    "apparenttemperature": "apparent_temperature_c",
    "apparent_temperature_c": "apparent_temperature_c",
    "humidity": "humidity_fraction",
    "humidity_fraction": "humidity_fraction",
    "windspeed": "wind_speed_mps",
    "wind_speed_mps": "wind_speed_mps",
    "site_id": "site_id",
}
# Dark Sky's other columns, which the lake does not keep.
_PASSED_OVER = frozenset(
    [
        "cloudcover",
        "dewpoint",
        "icon",
        "ozone",
        "precipaccumulation",
        "precipintensity",
        "precipprobability",
        "preciptype",
        "pressure",
        "summary",
        "uvindex",
        "visibility",
        "windbearing",
        "windgust",
    ]
)
_NUMBERS = tuple(NumberColumn(one.column, one.lowest, one.highest) for one in WEATHER_MEASURES.values())


class WeatherFile(HeaderFormat):
    """hourly weather in Dark Sky's columns; at least time and temperature, UTC, metric."""

    target = "weather"
    headers = (("time", "temperature", "apparentTemperature", "humidity", "windSpeed"),)
    holds = (
        "Dark Sky's columns, any of them with at least `time` and `temperature`, any order, any case; "
        "`site_id` if there are several sites"
    )
    times = "UTC or the offset they say, ISO or seconds since 1970"
    described_at = "Dark Sky's API, as the same collection keeps it"
    example = Example("weather.csv", "temperature,time,humidity,windSpeed\n3.4,2013-01-01 00:00:00,0.93,4.1\n")

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """See RawFormat."""
        answer = super().recognise(head)
        if isinstance(answer, Layout) and shows_bare_times(head.lines):
            return replace(answer, unsaid_clock="UTC")
        return answer

    def columns_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the lake's names, and Dark Sky's own for what the lake does not keep."""
        known = _CANONICAL | {name: name for name in _PASSED_OVER}
        return tuple(known.get(name.lower(), "") for name in names)

    def is_whole(self, columns: set[str]) -> bool:
        """See HeaderFormat."""
        return columns >= {"time", "temperature_c"}

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn raw rows into weather."""
        time = as_epoch_or_iso_time(raw.time)
        numbers = [column for column in _NUMBERS if column.name in layout.columns]
        values = {column.name: number_or_null(raw[column.name]) for column in numbers}
        site = text_or_null(raw.site_id) if "site_id" in layout.columns else ibis.null("string")
        checks = [
            (time.isnull(), Reason.BAD_TIME),
            time_check(raw.time, time, options),
            *number_checks(raw, numbers),
            (ibis.and_(*(value.isnull() for value in values.values())), Reason.MISSING_VALUE),
        ]
        return judged_rows(raw, {"site_id": site.fill_null("default"), "observed_at": time, **values}, checks, layout)


FORMAT = WeatherFile()
