"""Energy out of the lake, as the panel that forecasters take.

Enters: a lake, meters, a range of time. Leaves: a Panel. A month is asked for at a time, so that a fleet's year
passes through without ever being held as rows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from meterlake.forecasting.panels.fleet_end import fleet_end
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import require_meter
from meterlake.lake.port import Lake

# The lengths of intervals that readings are added up to.
INTERVAL_MINUTES = (30, 60)
_CHUNK = dt.timedelta(days=31)
# The highest text there is in practice, as the end of a range of ids.
LAST_ID = "\U0010ffff"


@dataclass(frozen=True)
class MeterChoice:
    """Which meters: those from one place to another in order of their ids (from 1, both inclusive), or some by their ids."""

    first_place: int = 1
    last_place: int | None = None
    meter_id: str | None = None
    meter_ids: frozenset[str] | None = None


EVERY_METER = MeterChoice()


class PanelLoader:
    """Reads panels of some meters of one lake."""

    def __init__(self, lake: Lake, choice: MeterChoice = EVERY_METER, *, country: str = "GB") -> None:
        """Find the meters.

        Raises:
            UnknownMeter: If one meter is chosen that is not known.
            BadParameter: If it has no energy, or no meter is at the chosen places.
        """
        self.lake = lake
        self.country = country
        one = choice.meter_id
        rows = lake.ask("meters_with_energy", first_meter_id=one or "", last_meter_id=one or LAST_ID).to_pylist()
        if one and not rows:
            refuse_without_energy(lake, one)
        if choice.meter_ids is not None:
            rows = [row for row in rows if row["meter_id"] in choice.meter_ids]
        self.meters: list[dict[str, Any]] = rows[choice.first_place - 1 : choice.last_place]
        if not self.meters:
            places = f"{choice.first_place} to {choice.last_place or 'the last'}"
            raise BadParameter("meters", places, f"places among the {len(rows)} meters that have energy", "1 to 100")

    def in_batches(self, meters: int) -> Iterator[PanelLoader]:
        """Yield loaders of so many meters each."""
        for first in range(0, len(self.meters), meters):
            some = copy(self)
            some.meters = self.meters[first : first + meters]
            yield some

    @property
    def meter_ids(self) -> tuple[str, ...]:
        """The meters, in order of their ids."""
        return tuple(meter["meter_id"] for meter in self.meters)

    @property
    def time_zone(self) -> str:
        """The zone of most of the meters."""
        return Counter(self.time_zones).most_common(1)[0][0]

    @property
    def time_zones(self) -> tuple[str, ...]:
        """Each meter's own zone."""
        return tuple(meter["time_zone"] or "UTC" for meter in self.meters)

    def first_start(self) -> dt.datetime:
        """Return the midnight at or before the first reading."""
        first = min(meter["first_date"] for meter in self.meters)
        return dt.datetime.combine(first, dt.time(), dt.UTC) - dt.timedelta(days=1)

    def newest_end(self, interval_minutes: int) -> dt.datetime:
        """Return the end of the last whole interval that enough of the meters have (fleet_end.py).

        Raises:
            BadParameter: If none of them has a reading.
        """
        first = self.first_start()
        newest = fleet_end((meter["last_date"] for meter in self.meters), first, self._newest_ends)
        if newest is None:
            raise BadParameter("meters", ", ".join(self.meter_ids[:3]), "meters that have readings", "MAC000005")
        return newest - (newest - first) % dt.timedelta(minutes=interval_minutes)

    def _newest_ends(self, start: dt.datetime, end: dt.datetime) -> list[tuple[str, dt.datetime, int]]:
        ids, chosen = self.meter_ids, set(self.meter_ids)
        rows = self.lake.ask("newest_energy", first_meter_id=ids[0], last_meter_id=ids[-1], start=start, end=end)
        return [
            (row["meter_id"], row["newest_energy_end"].astimezone(dt.UTC), row["readings"])
            for row in rows.to_pylist()
            if row["meter_id"] in chosen
        ]

    def load(self, start: dt.datetime, end: dt.datetime, interval_minutes: int) -> Panel:
        """Return the energy of all chosen meters in [start, end).

        Raises:
            BadParameter: If the interval is none of those that readings are added up to, or the range holds none.
        """
        if interval_minutes not in INTERVAL_MINUTES:
            raise BadParameter("interval", interval_minutes, "30 or 60 minutes", "60")
        step = dt.timedelta(minutes=interval_minutes)
        intervals = (end - start) // step
        if intervals < 1:
            raise BadParameter("end", end.isoformat(), "at least one interval after the start", start.isoformat())
        energy = np.full((len(self.meters), intervals), np.nan, dtype=np.float32)
        ids, chunk = pa.array(self.meter_ids), _CHUNK // step
        for first in range(0, intervals, chunk):
            part = energy[:, first : first + chunk]
            rows = self.lake.ask(
                "energy_readings",
                first_meter_id=self.meter_ids[0],
                last_meter_id=self.meter_ids[-1],
                start=start + first * step,
                end=start + (first + part.shape[1]) * step,
                longest_seconds=interval_minutes * 60,
            )
            _fill(part, rows, ids, start + first * step, step)
        groups = {name: tuple(meter[name] or "" for meter in self.meters) for name in ("tariff", "segment")}
        zones = self.time_zones if len(set(self.time_zones)) > 1 else None
        return Panel(
            self.meter_ids, start, interval_minutes, energy, self.time_zone, self.country, groups, time_zones=zones
        )


def require_readings(panel: Panel) -> None:
    """Refuse a panel in which nothing was measured.

    Raises:
        BadParameter: If it holds no reading, as where meters send days and not hours.
    """
    if not np.isfinite(panel.energy_kwh).any():
        found = (
            f"no energy of {panel.interval_minutes} minutes or less from {panel.start:%Y-%m-%d} to {panel.end:%Y-%m-%d}"
        )
        raise BadParameter("readings", found, "half-hours, hours, or parts of them; days are not forecast", "PT30M")


def refuse_without_energy(lake: Lake, meter_id: str) -> NoReturn:
    """Say of a meter that has no energy why it has no forecast.

    Raises:
        UnknownMeter: If it is not known.
        BadParameter: If it is.
    """
    require_meter(lake, meter_id)
    raise BadParameter("meter_id", meter_id, "a meter that has readings of energy", "MAC000005")


def _fill(energy: np.ndarray[Any, Any], rows: pa.Table, ids: pa.Array, start: dt.datetime, step: dt.timedelta) -> None:
    """Write readings into the intervals from `start` on; shorter ones are added up where they make a whole interval."""
    places = pc.index_in(rows["meter_id"], value_set=ids)
    known = pc.is_valid(places)
    rows, places = rows.filter(known), places.filter(known).to_numpy().astype(np.int64)
    length = _microseconds(step)
    begins, ends = (_microseconds_after(start, rows[name]) for name in ("interval_start", "interval_end"))
    at = begins // length
    # A reading that lies across an interval's end belongs to no one interval.
    fits = ends <= (at + 1) * length
    cells, spans, values = (
        (places * energy.shape[1] + at)[fits],
        (ends - begins)[fits],
        rows["energy_kwh"].to_numpy()[fits],
    )
    whole = spans == length
    part = ~whole
    if part.any():
        covered, sums = (
            np.bincount(cells[part], of[part], energy.size).reshape(energy.shape) for of in (spans, values)
        )
        np.copyto(energy, sums, where=covered == length)
    meters, intervals = np.divmod(cells[whole], energy.shape[1])
    energy[meters, intervals] = values[whole]


def _microseconds_after(start: dt.datetime, moments: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    instants = pc.cast(moments, pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    return np.asarray(instants - _microseconds(start - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)))


def _microseconds(span: dt.timedelta) -> int:
    return span // dt.timedelta(microseconds=1)
