"""What flows in windows that follow one another: of any quantity that has power, of one meter or of several on one clock.

Enters: some meters, periods, the length of a window. Leaves: a row a meter and window that was measured whole, with its mean power.
Windows follow one another from each period's beginning. What a quantity is made of is put together by window, and each value is
multiplied by what held on its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from meterlake.lake.codes.quantities import Aggregation, Quantity
from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.calendars import BillingCalendar, Period
from meterlake.lake.metering.dated_factors import DatedFactors
from meterlake.lake.metering.derived_quantities import DERIVED
from meterlake.lake.metering.runs import run_texts
from meterlake.lake.port import Lake

_MOST_MINUTES = 1440
_DECIMALS = 9
# More seconds than lie between any two windows: a meter's place and a window's start are one number.
_A_METER = 1 << 36
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class WindowsQuestion:
    """Which windows are asked for.

    Attributes:
        quantity: One that has power; see powered.
        calendar: The kind of the periods.
        periods: Periods in order.
        minutes: How long a window is.
        zone: The zone of the meters' days.
        first_meter_id: The first of the meters, in the order of their ids.
        last_meter_id: The last of them.
    """

    quantity: Quantity
    calendar: BillingCalendar
    periods: Sequence[Period]
    minutes: int
    zone: ZoneInfo
    first_meter_id: str
    last_meter_id: str


@dataclass(frozen=True)
class Windows:
    """Whole windows, by meter and time.

    Attributes:
        meters: The ids of meters that have any, in order.
        meter: Of each window the place of its meter among them.
        starts: When each begins, in seconds since 1970.
        power: Its mean power.
    """

    meters: list[str]
    meter: Places
    starts: Places
    power: Numbers


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


def window_length(given: int | None) -> int | None:
    """Return the minutes of a window as they are asked for; None where nothing is.

    Raises:
        BadParameter: If they part no day.
    """
    if given is not None and not (1 <= given <= _MOST_MINUTES and _MOST_MINUTES % given == 0):
        raise BadParameter("window", given, "minutes that part a day into equal windows", "30")
    return given


def whole_windows(lake: Lake, asked: WindowsQuestion) -> Windows:
    """Return the windows of which every minute was measured."""
    derived = DERIVED.get(asked.quantity.name)
    if derived is None:
        return _whole(asked, [_sums(lake, asked, asked.quantity, None)], [1.0])
    meters = (asked.first_meter_id, asked.last_meter_id)
    factors = None if derived.factors is None else derived.factors(lake, *meters)
    sums = [_sums(lake, asked, part, factors) for part in derived.parts]
    return _whole(asked, sums, derived.weights)


@dataclass(frozen=True)
class _Sums:
    """What was measured in windows, by meter and time: how much flowed, and in how many seconds of it."""

    meters: list[str]
    meter: Places
    starts: Places
    value: Numbers
    seconds: Numbers


def _sums(lake: Lake, asked: WindowsQuestion, quantity: Quantity, factors: DatedFactors | None) -> _Sums:
    """Return what was measured of one quantity; windows that lie over a change of factors are asked for in two parts."""
    length = asked.minutes * 60
    cuts = [] if factors is None else [int(one.timestamp()) for one in factors.moments(asked.calendar, asked.zone)]
    spans = [(int(one.start.timestamp()), int(one.end.timestamp())) for one in asked.periods]
    given = {"quantity": quantity.name, "longest_seconds": length}
    given |= {"first_meter_id": asked.first_meter_id, "last_meter_id": asked.last_meter_id}
    runs = [run for span in spans for run in _runs(*span, length, cuts)]
    parts = [
        lake.ask("period_totals", runs=text.text, start=text.start, end=text.end, **given) for text in run_texts(runs)
    ]
    if not parts:
        nothing = np.zeros(0)
        return _Sums([], nothing.astype(np.int64), nothing.astype(np.int64), nothing, nothing)
    rows = pa.concat_tables(part.cast(parts[0].schema) for part in parts)
    rows = rows.sort_by([("meter_id", "ascending"), ("starts_second", "ascending")])
    ids = rows["meter_id"].combine_chunks().dictionary_encode()
    meters, meter = ids.dictionary.to_pylist(), ids.indices.to_numpy().astype(np.int64)
    starts, seconds = rows["starts_second"].to_numpy(), rows["seconds_present"].to_numpy()
    name = "value_seconds" if quantity.name == "power" else "value_sum"
    value = rows[name].to_numpy() / (3600.0 if quantity.name == "power" else 1.0)
    if factors is not None:
        value = value * _factors(factors, meters, meter, starts, asked)
    # A window of two parts is one.
    begins = np.array([start for start, _ in spans], np.int64)
    own = begins[np.searchsorted(begins, starts, "right") - 1]
    starts = own + (starts - own) // length * length
    first = np.flatnonzero((np.diff(meter, prepend=-1) != 0) | (np.diff(starts, prepend=-1) != 0))
    if not first.size:
        return _Sums(meters, meter, starts, value, seconds)
    return _Sums(meters, meter[first], starts[first], np.add.reduceat(value, first), np.add.reduceat(seconds, first))


def _runs(start: int, end: int, length: int, cuts: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the windows of a period as runs of equal ones; one in which a factor changes is cut there.

    >>> _runs(0, 100, 20, [40, 50])
    [(0, 20, 40), (40, 10, 50), (50, 10, 60), (60, 20, 100)]
    """
    edges = {start, end}
    for cut in cuts:
        begun = cut - (cut - start) % length
        edges |= {edge for edge in (begun, cut, begun + length * (begun < cut)) if start < edge < end}
    return [(first, min(length, behind - first), behind) for first, behind in pairwise(sorted(edges))]


def _factors(
    factors: DatedFactors, meters: Sequence[str], meter: Places, starts: Places, asked: WindowsQuestion
) -> Numbers:
    """Return what held for each meter when each window, or part of one, began."""
    bounds = [int(one.timestamp()) for one in factors.moments(asked.calendar, asked.zone)]
    step = np.searchsorted(np.array(bounds, np.int64), starts, "right")
    found = np.ones(len(starts))
    for place, meter_id in enumerate(meters):
        if factors.of_all is None and meter_id not in factors.of_meter:
            continue
        first, behind = np.searchsorted(meter, (place, place + 1))
        for one in np.unique(step[first:behind]):
            here = first + np.flatnonzero(step[first:behind] == one)
            found[here] = factors.at(meter_id, int(starts[here[0]]), asked.calendar, asked.zone)
    return found


def _whole(asked: WindowsQuestion, parts: Sequence[_Sums], weights: Sequence[float]) -> Windows:
    """Put parts together by meter and window; one counts that is whole in each part which its meter has at all."""
    length = asked.minutes * 60
    names = sorted({meter_id for part in parts for meter_id in part.meters})
    place_of = {meter_id: place for place, meter_id in enumerate(names)}
    own = [np.array([place_of[one] for one in part.meters], np.int64)[part.meter] for part in parts]
    keys = [meter * _A_METER + part.starts for meter, part in zip(own, parts, strict=True)]
    every = np.unique(np.concatenate(keys))
    every_meter = (every + _A_METER // 2) // _A_METER
    value, is_whole = np.zeros(len(every)), np.ones(len(every), np.bool_)
    for key, part, meter, weight in zip(keys, parts, own, weights, strict=True):
        at, there = np.searchsorted(every, key), np.zeros(len(every))
        value[at] += weight * part.value
        there[at] = part.seconds
        # A meter that never feeds in has no part in which that could be missing.
        is_whole &= (there == length) | ~np.isin(every_meter, meter)
    meter, starts = every_meter[is_whole], (every - every_meter * _A_METER)[is_whole]
    return Windows(names, meter, starts, np.round(value[is_whole] * (3600.0 / length), _DECIMALS))
