"""Fleets with known outages, for the benchmark of outages.

Enters: a seed and a size. Leaves: a fleet, what its meters sent and reported, and the truth. Cuts strike one transformer to a
district for ten minutes to two days, half of them with reports; head-end losses fall on cuts and elsewhere; meters stop
and have gaps. Loads are weeks of real London homes where those are to be had, made up otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meterlake.outage.evidence.absences import Events, Silences
from meterlake.outage.evidence.event_reading import make_events
from meterlake.outage.evidence.silence_joining import whole_silences
from meterlake.outage.fleet import Fleet, Floats, Ints
from meterlake.outage.settings import OutageSettings

SLOT_S = 1800
_DAY_SLOTS = 48
_METRES_PER_DEGREE = 111_320.0
_LATITUDE, _LONGITUDE = 51.5, -0.1
_TRANSFORMER_SPACING_M, _SERVICE_REACH_M = 300.0, 45.0
_GAPS_PER_YEAR, _STOPPED_SHARE = 2.2, 0.01
_LAST_GASP_SHARE, _LONGEST_RETURN_S = 0.92, 120
_SHORTEST_S, _LONGEST_S = 600, 2 * 86_400
PLACES = ("transformers", "neighbours", "mixed")


@dataclass(frozen=True)
class TrueCut:
    """One injected cut over [start_s, end_s), whole minutes."""

    meters: Ints
    start_s: int
    end_s: int
    is_reported: bool

    @property
    def lost_intervals(self) -> int:
        """Intervals that began in the dark."""
        return -(-self.end_s // SLOT_S) - -(-self.start_s // SLOT_S)


@dataclass
class MadeFleet:
    """A fleet with its truth; energy is NaN where nothing was sent, `(n_meters, n_slots)`, kWh."""

    fleet: Fleet
    energy_kwh: NDArray[np.float32]
    events: Events
    cuts: list[TrueCut]
    head_end_slots: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)

    def silences(self) -> Silences:
        """Return the runs of intervals that were not sent."""
        return silences_of(self.fleet, np.isfinite(self.energy_kwh))

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return single intervals, as an EnergyReader does."""
        return read_slots(self.energy_kwh, meters, start_s)


def read_slots(energy_kwh: Floats, meters: Ints, start_s: Ints) -> Floats:
    """Return single intervals of meters, NaN where there is none."""
    slots = start_s // SLOT_S
    inside = (slots >= 0) & (slots < energy_kwh.shape[1])
    found = np.full(meters.shape, np.nan)
    found[inside] = energy_kwh[meters[inside], slots[inside]]
    return found


def silences_of(fleet: Fleet, is_sent: NDArray[np.bool_]) -> Silences:
    """Return the silences of meters whose first slot is 0, `(n_meters, n_slots)`."""
    slots = is_sent.shape[1]
    edges = np.diff(np.pad(~is_sent, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    meter, begin = np.nonzero(edges == 1)
    _, end = np.nonzero(edges == -1)
    owed = begin > 0  # before its first reading a meter owes nothing
    return whole_silences(fleet, meter[owed], begin[owed] * SLOT_S, end[owed] * SLOT_S, end[owed] == slots)


def make_fleet(seed: int, meters: int, days: int, real: NDArray[np.float32] | None, cuts: int = 24) -> MadeFleet:
    """Return a fleet with so many cuts and everything that can be mistaken for one."""
    stream = np.random.default_rng(seed)
    slots = days * _DAY_SLOTS
    transformer, fleet = _town(stream, meters, slots, PLACES[seed % len(PLACES)])
    energy = _loads(stream, meters, slots, real)
    made = MadeFleet(fleet, energy, _no_events(), [])
    reported: list[tuple[int, int, str]] = []
    centres = np.array([_centre(fleet, transformer == one) for one in range(int(transformer.max()) + 1)])
    for number in range(cuts):
        cut = _draw_cut(stream, transformer, centres, slots, number, made.cuts)
        if cut is not None:
            _darken(stream, made, cut, reported)
            made.cuts.append(cut)
    _lose_at_head_end(stream, made)
    _lose_single_meters(stream, made)
    reported.sort()
    meter, at = (np.array([row[place] for row in reported], dtype=np.int64) for place in range(2))
    codes = np.array([row[2] for row in reported], dtype=object)
    made.events = make_events(meter, at, codes, OutageSettings())
    return made


def _no_events() -> Events:
    nothing = np.zeros(0, dtype=np.int64)
    return make_events(nothing, nothing, np.zeros(0, dtype=object), OutageSettings())


def _town(stream: np.random.Generator, meters: int, slots: int, places: str) -> tuple[Ints, Fleet]:
    """Lay transformers out on an uneven grid, with buildings and meters round each."""
    transformers = max(4, round(meters / 38))
    weights = stream.uniform(0.6, 1.4, transformers)
    transformer = np.sort(stream.choice(transformers, meters, p=weights / weights.sum()))
    side = int(np.ceil(np.sqrt(transformers)))
    grid = np.stack(np.divmod(transformer, side), axis=1) * _TRANSFORMER_SPACING_M
    building = transformer * 1000 + stream.integers(0, 14, meters)
    spots = {one: stream.normal(0, _SERVICE_REACH_M, 2) for one in np.unique(building).tolist()}
    at_m = grid + np.array([spots[one] for one in building.tolist()])
    latitude = _LATITUDE + at_m[:, 0] / _METRES_PER_DEGREE
    longitude = _LONGITUDE + at_m[:, 1] / (_METRES_PER_DEGREE * np.cos(np.radians(_LATITUDE)))
    is_named = {"transformers": np.ones, "neighbours": np.zeros}.get(places, np.ones)(meters, dtype=bool)
    if places == "mixed":
        is_named = transformer % 2 == 0
    unplaced = stream.random(meters) < 0.01
    names = [np.where(is_named, np.char.add(letter, of.astype(str)), "").astype(object) for letter, of in
             (("S", transformer // 2), ("B", building), ("T", transformer))]  # fmt: skip
    return transformer, Fleet(
        tuple(f"M{one:06d}" for one in range(meters)),
        *names,
        np.where(unplaced, np.nan, latitude),
        np.where(unplaced, np.nan, longitude),
        np.zeros(meters, dtype=np.int64),
        np.full(meters, SLOT_S, dtype=np.int64),
        slots * SLOT_S,
    )


def _centre(fleet: Fleet, inside: NDArray[np.bool_]) -> tuple[float, float]:
    if not inside.any():
        return (0.0, 0.0)
    return float(np.nanmean(fleet.latitude[inside])), float(np.nanmean(fleet.longitude[inside]))


def _loads(
    stream: np.random.Generator, meters: int, slots: int, real: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    if real is not None:
        weeks = real.shape[1] // 336 - slots // 336 - 1
        begin = stream.integers(0, max(1, weeks), meters) * 336
        who = stream.integers(0, real.shape[0], meters)
        scale = stream.lognormal(0, 0.2, meters).astype(np.float32)
        return np.stack([real[one, at : at + slots] for one, at in zip(who, begin, strict=True)]) * scale[:, None]
    hour = (np.arange(slots) % _DAY_SLOTS) / 2
    shape = 0.1 + 0.1 * np.exp(-(((hour - 8) / 1.5) ** 2)) + 0.3 * np.exp(-(((hour - 19) / 2.5) ** 2))
    noise = stream.gamma(1.5, 1 / 1.5, (meters, slots))
    return (stream.lognormal(0, 0.5, (meters, 1)) * shape * noise).astype(np.float32)


def _draw_cut(
    stream: np.random.Generator, transformer: Ints, centres: Floats, slots: int, number: int, before: list[TrueCut]
) -> TrueCut | None:
    """Draw a cut that touches no earlier one of the same meters within six hours."""
    size = int(stream.choice([1, 2, 3, 4, 6, 10], p=[0.55, 0.12, 0.08, 0.08, 0.1, 0.07]))
    size = min(size, len(centres) // 3)
    middle = centres[int(stream.integers(0, len(centres)))]
    struck = np.argsort(((centres - middle) ** 2).sum(axis=1))[: max(size, 1)]
    meters = np.flatnonzero(np.isin(transformer, struck))
    lasts = 60 * round(float(np.exp(stream.uniform(np.log(_SHORTEST_S), np.log(_LONGEST_S)))) / 60)
    start = 60 * int(stream.integers(8 * 1440, slots * 30 - 4 * 1440))
    close = 6 * 3600
    for other in before:
        is_near = start - close < other.end_s and other.start_s < start + lasts + close
        if is_near and np.intersect1d(meters, other.meters).size:
            return None
    return TrueCut(meters, start, start + lasts, number % 2 == 0) if meters.size else None


def _darken(stream: np.random.Generator, made: MadeFleet, cut: TrueCut, reported: list[tuple[int, int, str]]) -> None:
    first_dark, first_lit = -(-cut.start_s // SLOT_S), -(-cut.end_s // SLOT_S)
    powered = (cut.start_s % SLOT_S) / SLOT_S
    if powered:
        made.energy_kwh[cut.meters, first_dark - 1] *= powered
    made.energy_kwh[cut.meters, first_dark:first_lit] = np.nan
    if not cut.is_reported:
        return
    for meter in cut.meters.tolist():
        if stream.random() < _LAST_GASP_SHARE:
            reported.append((meter, cut.start_s + int(stream.integers(0, 20)), "PWR_LOSS"))
        reported.append((meter, cut.end_s + int(stream.integers(1, _LONGEST_RETURN_S)), "PWR_RESTORED"))


def _lose_at_head_end(stream: np.random.Generator, made: MadeFleet) -> None:
    """Lose slots of a part of all meters: some on the edges and in the middle of cuts, some alone."""
    meters, slots = made.energy_kwh.shape
    at = stream.integers(48, slots - 48, 8).tolist()
    for cut in made.cuts[::3]:
        first_dark, first_lit = -(-cut.start_s // SLOT_S), -(-cut.end_s // SLOT_S)
        at.append(int(stream.choice([first_dark - 1, first_dark, first_lit - 1, first_lit])))
    for slot in at:
        lost = stream.random(meters) < stream.uniform(0.05, 0.4)
        made.energy_kwh[lost, slot : slot + int(stream.integers(1, 4))] = np.nan
        made.head_end_slots.append(slot)


def _lose_single_meters(stream: np.random.Generator, made: MadeFleet) -> None:
    meters, slots = made.energy_kwh.shape
    for meter in range(meters):
        for _ in range(stream.poisson(_GAPS_PER_YEAR * slots / 17_520)):
            first = int(stream.integers(1, slots))
            length = int(stream.integers(24, 300)) if stream.random() < 0.12 else int(stream.geometric(0.45))
            made.energy_kwh[meter, first : first + length] = np.nan
    stopped = stream.choice(meters, max(1, round(_STOPPED_SHARE * meters)), replace=False)
    for number, meter in enumerate(stopped.tolist()):
        at = int(stream.integers(slots // 4, slots - 200))
        struck = [cut for cut in made.cuts if meter in cut.meters]
        if struck and number % 2 == 0:  # some meters die of the cut itself
            at = -(-struck[0].start_s // SLOT_S)
        made.energy_kwh[meter, at:] = np.nan
        made.stopped.append(meter)


def real_loads(path: Path) -> NDArray[np.float32] | None:
    """Return real homes, `(n_meters, n_slots)`, gaps filled with the home's mean; None where the file is missing."""
    if not path.exists():
        return None
    from benchmarks.parts.anomaly_readings import read_half_hours

    _, _, readings = read_half_hours(path)
    flat = readings.reshape(readings.shape[0], -1).astype(np.float32)
    return np.where(np.isfinite(flat), flat, np.nanmean(flat, axis=1, keepdims=True))
