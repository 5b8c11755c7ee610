"""Hourly weather in the Dark Sky columns: any of them, in any order, in any case of letters.

Times are ISO or seconds since 1970, in UTC; temperatures are degrees Celsius, humidity is a fraction, wind is in
metres a second. A column `site_id` says where; without it the weather is that of the site `default`.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.csv_header import header_mismatch, read_header
from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reference_expressions import (
    NumberColumn,
    judged_rows,
    number_checks,
    number_or_null,
    text_or_null,
    time_check,
)
from meterlake.etl.conforming.time_expressions import as_epoch_or_iso_time

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
_NUMBERS = (
    NumberColumn("temperature_c", -90.0, 60.0),
    NumberColumn("apparent_temperature_c", -120.0, 80.0),
    NumberColumn("humidity_fraction", 0.0, 1.0),
    NumberColumn("wind_speed_mps", 0.0, 120.0),
)
_EXPECTED = ("time", "temperature", "apparentTemperature", "humidity", "windSpeed")


class WeatherFile:
    """Observed weather."""

    name = "weather"
    meaning = "hourly weather in Dark Sky's columns; at least time and temperature, UTC, metric"
    target = "weather"

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file whose columns are all Dark Sky's, time and temperature among them."""
        if head.kind != "csv":
            return Mismatch(1.0, f"expected CSV, found {head.kind}")
        header = read_header(head)
        names = [name.lower() for name in header.names]
        columns = tuple(_CANONICAL.get(name, name) for name in names)
        is_known = all(name in _CANONICAL or name in _PASSED_OVER for name in names)
        if is_known and {"time", "temperature_c"} <= set(columns) and len(set(columns)) == len(columns):
            return Layout(self.name, "csv", columns, header.delimiter, header.quote, encoding=head.encoding)
        return header_mismatch(header.names, _EXPECTED)

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
        return judged_rows(raw, {"site_id": site.fill_null("default"), "observed_at": time, **values}, checks)


FORMAT = WeatherFile()
