"""A made-up London climate, hour by hour, in the Dark Sky columns.

Enters: a first day, a number of days, a random stream. Leaves: hourly weather in UTC, and its CSV. The same
weather that stands in the file is the one the homes of the sample felt, so a model can find the link.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LEAD_DAYS = 7
MISSING_TEMPERATURE_SHARE = 0.015
MEAN_TEMPERATURE_C, SEASON_SWING_C, COLDEST_DAY = 10.9, 6.9, 22
FRONT_MEMORY_H, FRONT_SPREAD_C = 80.0, 2.9
HEADER = (
    "visibility,windBearing,temperature,time,dewPoint,pressure,apparentTemperature,windSpeed,precipType,icon,"
    "humidity,summary"
)

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Weather:
    """Hourly weather from `LEAD_DAYS` before the readings to their end; every array is `(n_hours,)`.

    Attributes:
        hours: datetime64[s], UTC.
        temperature_c: air temperature, nothing missing.
        dew_point_c: dew point.
        wind_speed_mps: wind speed.
        wind_bearing_deg: where the wind comes from.
        pressure_hpa: pressure at sea level.
        cloud: 0 clear to 1 overcast.
        is_temperature_missing: hours whose temperature the file leaves empty.
    """

    hours: NDArray[np.datetime64]
    temperature_c: Series
    dew_point_c: Series
    wind_speed_mps: Series
    wind_bearing_deg: Series
    pressure_hpa: Series
    cloud: Series
    is_temperature_missing: NDArray[np.bool_]

    def temperature_by_slot_c(self, slots: int) -> Series:
        """Gives the temperature at the middle of each half-hour of the readings, `(slots,)`, degrees C."""
        at_hours = LEAD_DAYS * 24 + (np.arange(slots) + 0.5) / 2
        return np.interp(at_hours, np.arange(len(self.hours)), self.temperature_c)

    def wind_by_slot_mps(self, slots: int) -> Series:
        """Gives the wind speed of each half-hour of the readings, `(slots,)`, metres a second."""
        return self.wind_speed_mps[LEAD_DAYS * 24 + np.arange(slots) // 2]


def make_weather(start: dt.date, days: int, stream: np.random.Generator) -> Weather:
    """Draws the weather of a sample.

    Args:
        start: first day of the readings, UTC.
        days: days of readings.
        stream: where the draws come from.

    Returns:
        Weather from a week before `start` to the end of the last day.
    """
    hours = np.datetime64(start, "s") + np.arange(-LEAD_DAYS * 24, days * 24) * np.timedelta64(3600, "s")
    count = len(hours)
    dates = hours.astype("datetime64[D]")
    season = np.cos(2 * np.pi * ((dates - dates.astype("datetime64[Y]")).astype(float) - COLDEST_DAY) / 365.25)
    clock = np.cos(2 * np.pi * ((hours - dates).astype(float) / 3600 - 14.5) / 24)
    front = draw_red_noise(stream, count, FRONT_MEMORY_H)
    cloud = _squash(1.1 * draw_red_noise(stream, count, 20.0) + 0.35)
    swing_c = (2.9 - 1.7 * season) * (1.35 - 0.8 * cloud)
    temperature_c = (
        MEAN_TEMPERATURE_C
        - SEASON_SWING_C * season
        + FRONT_SPREAD_C * front
        + swing_c * clock
        + 0.5 * draw_red_noise(stream, count, 5.0)
    )
    dew_gap_c = np.maximum(
        0.2,
        2.6 + 2.6 * (1 - season) * (1 - cloud) + 0.75 * swing_c * clock + 1.8 * draw_red_noise(stream, count, 15.0),
    )
    pressure_noise = draw_red_noise(stream, count, 70.0)
    wind_speed_mps = 4.0 * np.exp(0.48 * draw_red_noise(stream, count, 18.0) - 0.18 * pressure_noise + 0.12 * clock)
    bearing_deg = (225 + 75 * draw_red_noise(stream, count, 30.0)) % 360
    return Weather(
        hours=hours,
        temperature_c=np.round(temperature_c, 2),
        dew_point_c=np.round(temperature_c - dew_gap_c, 2),
        wind_speed_mps=np.round(wind_speed_mps, 2),
        wind_bearing_deg=np.floor(bearing_deg),
        pressure_hpa=np.round(1014 + 10.5 * pressure_noise, 2),
        cloud=cloud,
        is_temperature_missing=stream.random(count) < MISSING_TEMPERATURE_SHARE,
    )


def draw_red_noise(stream: np.random.Generator, count: int, memory: float) -> Series:
    """Draws a first-order autoregressive series with mean 0 and variance 1.

    Args:
        stream: where the draws come from.
        count: length of the series.
        memory: steps after which the correlation has fallen to 1/e.

    Returns:
        `(count,)`, started in its stationary state.
    """
    kept = float(np.exp(-1 / memory))
    reach = int(np.ceil(4 * memory)) + 1
    kernel = kept ** np.arange(reach)
    white = stream.standard_normal(count + reach - 1)
    return np.asarray(np.convolve(white, kernel / np.sqrt(np.sum(kernel**2)), mode="valid"))


def humidity_fraction(temperature_c: Series, dew_point_c: Series) -> Series:
    """Gives relative humidity, 0 to 1, by the Magnus formula (Alduchov and Eskridge, 1996)."""
    exponent = 17.625 * dew_point_c / (243.04 + dew_point_c) - 17.625 * temperature_c / (243.04 + temperature_c)
    return np.clip(np.exp(exponent), 0, 1)


def apparent_temperature_c(temperature_c: Series, wind_speed_mps: Series) -> Series:
    """Gives the felt temperature: the 2001 wind chill below 10 degrees C in a wind, else the air's own."""
    wind = (wind_speed_mps * 3.6) ** 0.16
    chill_c = 13.12 + 0.6215 * temperature_c - 11.37 * wind + 0.3965 * temperature_c * wind
    is_chilly = (temperature_c <= 10) & (wind_speed_mps > 4.8 / 3.6)
    return np.where(is_chilly, np.minimum(chill_c, temperature_c), temperature_c)


def write_weather(weather: Weather, path: Path) -> int:
    """Writes the weather as CSV in the Dark Sky columns and returns its rows, one an hour."""
    humidity = humidity_fraction(weather.temperature_c, weather.dew_point_c)
    apparent_c = apparent_temperature_c(weather.temperature_c, weather.wind_speed_mps)
    visibility_km = np.round(np.clip(3 + 55 * (1 - humidity) - 6 * weather.cloud, 0.2, 16.1), 2)
    times = np.char.replace(np.datetime_as_string(weather.hours, unit="s"), "T", " ")
    lines = [HEADER]
    for hour, time in enumerate(times.tolist()):
        is_missing = bool(weather.is_temperature_missing[hour])
        kind = "snow" if weather.temperature_c[hour] < 0.5 else "rain"
        icon, summary = describe_sky(weather, hour)
        temperature = "" if is_missing else f"{weather.temperature_c[hour]:g}"
        apparent = "" if is_missing else f"{round(float(apparent_c[hour]), 2):g}"
        lines.append(
            f"{visibility_km[hour]:g},{int(weather.wind_bearing_deg[hour])},{temperature},{time},"
            f"{weather.dew_point_c[hour]:g},{weather.pressure_hpa[hour]:.2f},{apparent},"
            f"{weather.wind_speed_mps[hour]:g},{kind},{icon},{humidity[hour]:.2f},{summary}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    return len(lines) - 1


def describe_sky(weather: Weather, hour: int) -> tuple[str, str]:
    """Names the sky of one hour as Dark Sky does: its icon and its summary."""
    if weather.wind_speed_mps[hour] > 11:
        return "wind", "Windy"
    if weather.temperature_c[hour] - weather.dew_point_c[hour] < 0.4 and weather.wind_speed_mps[hour] < 3:
        return "fog", "Foggy"
    clock = int(weather.hours[hour].astype("datetime64[h]").astype(np.int64) % 24)
    part = "day" if 6 <= clock < 20 else "night"
    cloud = weather.cloud[hour]
    if cloud < 0.3:
        return f"clear-{part}", "Clear"
    if cloud < 0.75:
        return f"partly-cloudy-{part}", "Partly Cloudy" if cloud < 0.5 else "Mostly Cloudy"
    return "cloudy", "Overcast"


def _squash(noise: Series) -> Series:
    """Maps any number to between 0 and 1."""
    return np.asarray(1 / (1 + np.exp(-1.6 * noise)))
