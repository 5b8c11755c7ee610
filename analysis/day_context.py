"""Days of consumption beside what kind of day each was, and how warm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meterlake.analysis.day_calendar import asked_country, day_type_of, holidays_of
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    from meterlake.analysis.answer import Answer
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


def in_context(
    lake: AskedLake, days: Answer, asked: Selection, *, complete: float, weather: bool, calendar: bool | str
) -> Answer:
    """Return days of which enough was measured, with the columns that are asked for.

    Args:
        lake: Where the weather is.
        days: Rows with coverage and, for weather and calendar, local_date.
        asked: What they were asked by.
        complete: The least coverage.
        weather: Whether temperature_c and hours are added.
        calendar: Whether day_type and holiday are added, or the country whose holidays count.
    """
    if not (complete or weather or calendar):
        return days

    def change(rows: pa.Table) -> pa.Table:
        if complete:
            rows = rows.filter(pa.array(rows["coverage"].to_numpy() >= complete))
        if (weather or calendar) and "local_date" not in rows.column_names:
            raise BadParameter("by", rows.column_names[1], "day, where weather or calendar are asked for", "day")
        if weather:
            rows = with_weather(rows, lake._analysed("weather_days", asked, {"of_site": "true"}))
        return with_calendar(rows, asked.tz, calendar if isinstance(calendar, str) else None) if calendar else rows

    return days.made(change)


def with_weather(rows: pa.Table, weather: pa.Table) -> pa.Table:
    """Return rows of days with the day's temperature and the hours that it rests on; null where there is none."""
    known = {day: place for place, day in enumerate(weather["local_date"].to_pylist())}
    places = pa.array([known.get(day) for day in rows["local_date"].to_pylist()], pa.int64())
    for name in ("temperature_c", "hours"):
        rows = rows.append_column(name, weather[name].combine_chunks().take(places))
    return rows


def with_calendar(rows: pa.Table, zone: str, country: str | None = None, subdiv: str | None = None) -> pa.Table:
    """Return rows of days with the kind of day, and the holiday's name where it is one."""
    days: list[Any] = rows["local_date"].to_pylist()
    named = holidays_of(days, asked_country(country, zone), subdiv)
    rows = rows.append_column("day_type", pa.array([day_type_of(day, named) for day in days], pa.string()))
    return rows.append_column("holiday", pa.array([named.get(day) for day in days], pa.string()))


def matrix_of(rows: pa.Table, value: str, dates: np.ndarray[Any, Any]) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Return the meters of rows in order, and their values `(n_meters, n_days)`; NaN where there is none."""
    meters = rows["meter_id"].combine_chunks().dictionary_encode()
    names = meters.dictionary.to_pylist()
    columns = np.searchsorted(dates, rows["local_date"].to_numpy())
    values = np.full((len(names), len(dates)), np.nan)
    values[meters.indices.to_numpy(), columns] = rows[value].to_numpy()
    return names, values
