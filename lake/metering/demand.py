"""The most, the least and the base of what a meter draws, over periods that people bill by.

Enters: a meter, a calendar, a window. Leaves: a row a period with the highest and the lowest mean power of a window and when they
were. Windows follow one another from each period's beginning on the meter's own clock, and only those count of which every
minute was measured: a window that is half there says nothing of its mean.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from meterlake.lake.codes.quantities import Aggregation, Quantity
from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import zone_of_meter
from meterlake.lake.metering.answers import PeriodQuestion, range_asked
from meterlake.lake.metering.calendars import Period
from meterlake.lake.metering.period_rows import moments
from meterlake.lake.metering.runs import run_texts
from meterlake.lake.port import Lake

# The windows of most tariffs; an hour where intervals are longer than the first.
_USUAL_MINUTES = (30, 60)
_MOST_MINUTES = 1440
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
    quantity = powered(asked.periods.quantity)
    given = asked.window_minutes
    if given is not None and not (1 <= given <= _MOST_MINUTES and _MOST_MINUTES % given == 0):
        raise BadParameter("window", given, "minutes that part a day into equal windows", "30")
    zone = ZoneInfo(zone_of_meter(lake, meter_id))
    ends = range_asked(lake, meter_id, asked.periods, zone)
    periods = [] if ends is None else asked.periods.calendar.periods(*ends, zone)
    for minutes in _USUAL_MINUTES if given is None else (given,):
        found = list(_windows(lake, meter_id, quantity, periods, minutes))
        if any(windows.power.size for windows in found):
            return _table(periods, found, minutes)
    return _table([], [], given or _USUAL_MINUTES[0])


def powered(quantity: Quantity) -> Quantity:
    """Return a quantity that flows, or is power.

    Raises:
        BadParameter: If it has no power.
    """
    if quantity.name == "power" or (
        quantity.aggregation is Aggregation.SUM and quantity.unit in ("kWh", "kvarh", "kVAh")
    ):
        return quantity
    raise BadParameter("quantity", quantity.name, "energy of some kind, or power", "energy")


def power_unit(quantity: Quantity) -> str:
    """Return the unit of a quantity's power."""
    return quantity.unit.removesuffix("h")


def _windows(
    lake: Lake, meter_id: str, quantity: Quantity, periods: Sequence[Period], minutes: int
) -> Iterator[_Windows]:
    """Yield the whole windows of each period."""
    seconds = minutes * 60
    runs = [(int(one.start.timestamp()), seconds, int(one.end.timestamp())) for one in periods]
    given = {
        "quantity": quantity.name,
        "longest_seconds": seconds,
        "first_meter_id": meter_id,
        "last_meter_id": meter_id,
    }
    parts = [
        lake.ask("period_totals", runs=text.text, start=text.start, end=text.end, **given) for text in run_texts(runs)
    ]
    if not parts:
        return
    rows = pa.concat_tables(part.cast(parts[0].schema) for part in parts)
    starts, present, value = (rows[name].to_numpy() for name in ("starts_second", "seconds_present", "value_sum"))
    is_whole = present == seconds
    power = (rows["value_seconds"].to_numpy() / seconds) if quantity.name == "power" else value * (60 / minutes)
    for first, _, behind in runs:
        # The last window of a period may reach beyond it, where a clock is set by less than a window.
        within = slice(*np.searchsorted(starts, (first, behind - seconds + 1)))
        whole = is_whole[within]
        yield _Windows(starts[within][whole], np.round(power[within][whole], _DECIMALS))


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
