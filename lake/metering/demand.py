"""The most, the least and the base of what a meter draws, over periods that people bill by.

Enters: a meter, a calendar, a window. Leaves: a row a period with the highest and the lowest mean power of a window and when they
were. Windows follow one another from each period's beginning on the meter's own clock, and only those count of which every
minute was measured: a window that is half there says nothing of its mean.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion, range_asked
from meterlake.lake.metering.calendars import Period
from meterlake.lake.metering.period_rows import moments
from meterlake.lake.metering.windows import Windows, WindowsQuestion, powered, whole_windows, window_length
from meterlake.lake.port import Lake

# The windows of most tariffs; an hour where intervals are longer than the first.
USUAL_MINUTES = (30, 60)
_DAY_SECONDS = 86_400
_DECIMALS = 9
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DemandQuestion:
    """What is asked of a meter.

    Attributes:
        periods: The quantity, the calendar, the range.
        window_minutes: How long a window is, or None for half an hour, or an hour where intervals are longer.
    """

    periods: PeriodQuestion
    window_minutes: int | None = None


@dataclass(frozen=True)
class _Windows:
    """Whole windows of a period, in order: when each begins, in seconds, and its mean power."""

    starts: npt.NDArray[np.int64]
    power: Numbers


def demand_of_meter(lake: Lake, meter_id: str, asked: DemandQuestion) -> pa.Table:
    """Return a row a period with a whole window.

    Returns:
        interval_start and interval_end in UTC, maximum and maximum_at, minimum and minimum_at, mean, base_load (the median of
        each day's lowest window), load_factor (mean over maximum), all in power; window_minutes, windows_present, windows_expected.

    Raises:
        UnknownMeter: If the lake does not hold the meter.
        BadParameter: If the window is none, or the quantity has no power.
    """
    quantity, given = powered(asked.periods.quantity), window_length(asked.window_minutes)
    calendar, zone = asked.periods.calendar, ZoneInfo(zone_of_meter(lake, meter_id))
    ends = range_asked(lake, meter_id, asked.periods, zone)
    periods = [] if ends is None else calendar.periods(*ends, zone)
    for minutes in USUAL_MINUTES if given is None else (given,):
        windows = whole_windows(lake, WindowsQuestion(quantity, calendar, periods, minutes, zone, meter_id, meter_id))
        if windows.power.size:
            return _table(periods, [_within(windows, period, minutes) for period in periods], minutes)
    return _table([], [], given or USUAL_MINUTES[0])


def _within(windows: Windows, period: Period, minutes: int) -> _Windows:
    # The last window of a period may reach beyond it, where a clock is set by less than a window.
    ends = (int(period.start.timestamp()), int(period.end.timestamp()) - minutes * 60 + 1)
    within = slice(*np.searchsorted(windows.starts, ends))
    return _Windows(windows.starts[within], windows.power[within])


def _table(periods: Sequence[Period], found: Sequence[_Windows], minutes: int) -> pa.Table:
    told = [(period, windows) for period, windows in zip(periods, found, strict=True) if windows.power.size]
    powers = [windows.power for _, windows in told]
    highest, lowest = ([int(pick(power)) for power in powers] for pick in (np.argmax, np.argmin))
    mean = np.array([float(power.mean()) for power in powers])
    most = np.array([float(power.max()) for power in powers])
    return pa.table(
        {
            "interval_start": _times([period.start for period, _ in told]),
            "interval_end": _times([period.end for period, _ in told]),
            "maximum": pa.array(most, pa.float64()),
            "maximum_at": moments(np.array([w.starts[at] for (_, w), at in zip(told, highest, strict=True)], np.int64)),
            "minimum": pa.array([float(power.min()) for power in powers], pa.float64()),
            "minimum_at": moments(np.array([w.starts[at] for (_, w), at in zip(told, lowest, strict=True)], np.int64)),
            "mean": pa.array(np.round(mean, _DECIMALS), pa.float64()),
            "base_load": pa.array([_base(period, windows) for period, windows in told], pa.float64()),
            "load_factor": pa.array(
                np.round(np.divide(mean, most, out=np.full(len(mean), np.nan), where=most > 0), _DECIMALS),
                from_pandas=True,
            ),
            "window_minutes": pa.array([minutes] * len(told), pa.int64()),
            "windows_present": pa.array([power.size for power in powers], pa.int64()),
            "windows_expected": pa.array(
                [int((period.end - period.start).total_seconds()) // (minutes * 60) for period, _ in told], pa.int64()
            ),
        }
    )


def _base(period: Period, windows: _Windows) -> float:
    """Return the median of each day's lowest window."""
    days = (windows.starts - int(period.start.timestamp())) // _DAY_SECONDS
    first = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
    return round(float(np.median(np.minimum.reduceat(windows.power, first))), _DECIMALS)


def _times(given: Sequence[dt.datetime]) -> pa.Array:
    return pa.array(given, pa.timestamp("us", "UTC"))
