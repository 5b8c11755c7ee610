"""Fleets whose meters send in different ways, with every customer's true interruptions, for the benchmark of outages.

Enters: a seed, a size, and whether meters report. Leaves: a fleet, what its meters sent and reported, and the truth. Half of the transformers
feed two homes, half twenty; meters have intervals of 15, 30 or 60 minutes; a quarter sends zeros for the time without power. Cuts strike
a stretch of small transformers or a large one, from ten minutes to twelve hours, a third of them twice within two hours. Reports are
said again, and readings of a fifth of the reported cuts come back hours after the power. Meters are exchanged, and have gaps.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from meterlake.outage.evidence.absences import Events, Silences
from meterlake.outage.evidence.event_reading import make_events
from meterlake.outage.evidence.meter_exchanges import exchanged
from meterlake.outage.evidence.silence_joining import Runs, whole_silences, with_zero_runs
from meterlake.outage.fleet import NEVER_S, Flags, Fleet, Floats, Ints
from meterlake.outage.settings import OutageSettings

SLOT_S = 900
_DAY_S = 86_400
_METRES_PER_DEGREE = 111_320.0
_SMALL, _LARGE = 2, 20
_LEAST_METERS = 5
_CUTS, _EXCHANGES, _GAPS_A_METER = 24, 6, 0.2
_GASP_SHARE, _SAID_AGAIN_SHARE, _LATE_SHARE, _TWICE_SHARE, _ZEROS_SHARE = 0.96, 0.3, 0.2, 0.33, 0.25


@dataclass(frozen=True)
class TrueInterruption:
    """One customer without power over [start_s, end_s).

    Attributes:
        meter: Place of the meter in the fleet.
        start_s: When power failed; so end_s, when it came back.
        is_seen: Whether readings can show it: it cost an interval of this meter, or all of one if the meter sends zeros, and so of
            five of the same cut.
    """

    meter: int
    start_s: int
    end_s: int
    is_seen: bool


@dataclass
class SendingFleet:
    """A fleet with its truth; energy is that of 15 minutes, `(n_meters, n_slots)`, kWh, and 0 in the dark."""

    fleet: Fleet
    energy_kwh: Floats
    is_sent: Flags
    silences: Silences
    events: Events
    interruptions: list[TrueInterruption]

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return single intervals, as an EnergyReader does."""
        found = np.full(meters.shape, np.nan)
        lengths = self.fleet.interval_s[meters] // SLOT_S
        for length in np.unique(lengths).tolist():
            first = start_s // SLOT_S
            fits = (lengths == length) & (first >= 0) & (first + length <= self.energy_kwh.shape[1])
            who, slot = meters[fits], first[fits]
            total = sum(self.energy_kwh[who, slot + number] for number in range(length))
            found[fits] = np.where(self.is_sent[who, slot], total, np.nan)
        return found


def make_sending_fleet(seed: int, *, meters: int = 600, days: int = 28, reports: bool = True) -> SendingFleet:
    """Return a fleet of which every meter reports, or none."""
    stream = np.random.default_rng(seed)
    transformer, fleet = _town(stream, meters, days)
    count = len(fleet.meter_ids)
    slots = days * _DAY_S // SLOT_S
    loads = stream.gamma(2.0, 0.03, (count, slots)) + 0.01
    lit = np.ones((count, slots))
    said: list[tuple[int, int, str]] = []
    is_late = np.zeros((count, slots), dtype=bool)
    struck: list[tuple[int, int, int]] = []
    for number in range(_CUTS):
        # A stretch of the month each, so that no cut meets another's comparison of neighbouring days too often.
        begin = int((number + stream.uniform(0.2, 0.6)) * days * _DAY_S / _CUTS)
        spans = [(begin, begin + int(np.exp(stream.uniform(np.log(600), np.log(43_200)))))]
        if stream.random() < _TWICE_SHARE:
            again = spans[0][1] + int(stream.uniform(600, 7200))
            spans.append((again, again + int(stream.uniform(600, 7200))))
        who = _struck(stream, transformer)
        for start, end in spans:
            _darken(lit, who, start, end)
            struck += [(meter, start, end) for meter in who.tolist()]
            if reports:
                said += _messages(stream, who, start, end)
        if reports and stream.random() < _LATE_SHARE:
            first = spans[-1][1] // SLOT_S + 1
            is_late[who, first : first + int(stream.integers(2, 16))] = True
    energy = loads * lit
    sends_zeros = stream.random(count) < _ZEROS_SHARE
    is_sent = _sent(stream, lit, is_late, sends_zeros)
    fleet, until_s = _exchange(stream, fleet, is_sent)
    said = sorted(row for row in said if fleet.first_s[row[0]] <= row[1] < until_s[row[0]])
    meter, at_s = (np.array([row[place] for row in said], dtype=np.int64) for place in range(2))
    events = make_events(meter, at_s, np.array([row[2] for row in said], dtype=object), OutageSettings())
    served = [one for one in struck if fleet.first_s[one[0]] < one[1] and one[2] < until_s[one[0]]]
    costs = [_costs_interval(int(fleet.interval_s[one[0]]), *one[1:], bool(sends_zeros[one[0]])) for one in served]
    seen = Counter((start, end) for (_, start, end), does in zip(served, costs, strict=True) if does)
    truth = [
        TrueInterruption(*one, does and seen[one[1:]] >= _LEAST_METERS) for one, does in zip(served, costs, strict=True)
    ]
    return SendingFleet(fleet, energy, is_sent, _silences(fleet, energy, is_sent, until_s), events, truth)


def _town(stream: np.random.Generator, meters: int, days: int) -> tuple[Ints, Fleet]:
    """Lay small transformers along one road, 90 m apart, and large ones along another, 300 m apart."""
    small = meters // 2 // _SMALL
    transformer = np.concatenate(
        [np.repeat(np.arange(small), _SMALL), small + np.repeat(np.arange(meters // 2 // _LARGE), _LARGE)]
    )
    is_small = transformer < small
    along_m = np.where(is_small, 90.0 * transformer, 300.0 * (transformer - small)) + stream.normal(
        0, 10, transformer.size
    )
    nothing = np.full(transformer.size, "", dtype=object)
    minutes = stream.choice([15, 30, 60], transformer.size, p=[0.2, 0.6, 0.2])
    return transformer, Fleet(
        tuple(f"M{one:05d}" for one in range(transformer.size)),
        nothing,
        nothing,
        np.char.add("T", transformer.astype(str)).astype(object),
        np.where(is_small, 51.5, 51.6) + stream.normal(0, 1e-5, transformer.size),
        along_m / _METRES_PER_DEGREE / np.cos(np.radians(51.5)),
        np.zeros(transformer.size, dtype=np.int64),
        minutes.astype(np.int64) * 60,
        days * _DAY_S,
    )


def _struck(stream: np.random.Generator, transformer: Ints) -> Ints:
    """Return the meters of a large transformer, or of a stretch of eight to twenty small ones."""
    small = int(transformer.max()) + 1 - np.sum(np.bincount(transformer) == _LARGE)
    if stream.random() < 0.5:
        return np.flatnonzero(transformer == stream.integers(small, transformer.max() + 1))
    first, length = int(stream.integers(0, small - 20)), int(stream.integers(8, 20))
    return np.flatnonzero((transformer >= first) & (transformer < first + length))


def _darken(lit: Floats, who: Ints, start: int, end: int) -> None:
    slots = np.arange(lit.shape[1])
    overlap = np.clip(np.minimum(end, (slots + 1) * SLOT_S) - np.maximum(start, slots * SLOT_S), 0, SLOT_S)
    lit[who] *= 1 - overlap / SLOT_S


def _messages(stream: np.random.Generator, who: Ints, start: int, end: int) -> list[tuple[int, int, str]]:
    said = []
    for meter in who.tolist():
        if stream.random() < _GASP_SHARE:
            gasp = start + int(stream.integers(0, 20))
            said.append((meter, gasp, "LAST_GASP"))
            if stream.random() < _SAID_AGAIN_SHARE:
                again = range(gasp + 240, min(gasp + 1440, end), 240)
                said += [(meter, gasp, "POWER_DOWN"), *((meter, at, "LAST_GASP") for at in again)]
        said.append((meter, end + int(stream.integers(0, 30)), "POWER_RESTORED"))
    return said


def _costs_interval(step_s: int, start: int, end: int, sends_zeros: bool) -> bool:
    """Say whether an interval begins in the dark, or, of a meter that sends zeros, lies in it whole."""
    first = -(-start // step_s) * step_s
    return first + step_s <= end if sends_zeros else first < end


def _sent(stream: np.random.Generator, lit: Floats, is_late: Flags, sends_zeros: Flags) -> Flags:
    """Say for each slot whether the interval that begins with it was sent."""
    count, slots = lit.shape
    # The first second of a slot is dark where the cut began before it: the slot before is not wholly lit, nor is it itself.
    before = np.concatenate([np.ones((count, 1)), lit[:, :-1]], axis=1)
    is_sent = ((lit == 1) | ((before == 1) & (lit > 0)) | sends_zeros[:, None]) & ~is_late
    for meter in np.flatnonzero(stream.random(count) < _GAPS_A_METER).tolist():
        first = int(stream.integers(96, slots - 96))
        is_sent[meter, first : first + int(stream.integers(4, 40))] = False
    return is_sent


def _exchange(stream: np.random.Generator, fleet: Fleet, is_sent: Flags) -> tuple[Fleet, Ints]:
    """Let meters end where others begin, at the same place; return the fleet and until when each meter served."""
    count, slots = is_sent.shape
    first_s, last_s = fleet.first_s.copy(), np.full(count, fleet.newest_s)
    latitude, longitude, transformers = fleet.latitude.copy(), fleet.longitude.copy(), fleet.transformer_ids.copy()
    for old, new in stream.choice(count, (_EXCHANGES, 2), replace=False).tolist():
        day = int(stream.integers(slots // 4, 3 * slots // 4)) // 96 * 96
        is_sent[old, day:], is_sent[new, :day] = False, False
        first_s[new], last_s[old] = day * SLOT_S, day * SLOT_S
        latitude[new], longitude[new], transformers[new] = latitude[old], longitude[old], transformers[old]
    moved = replace(fleet, first_s=first_s, latitude=latitude, longitude=longitude, transformer_ids=transformers)
    return exchanged(moved, last_s)


def _silences(fleet: Fleet, energy: Floats, is_sent: Flags, until_s: Ints) -> Silences:
    rows: dict[bool, list[tuple[int, int, int]]] = {True: [], False: []}
    for meter in range(len(fleet.meter_ids)):
        step = int(fleet.interval_s[meter]) // SLOT_S
        first = int(fleet.first_s[meter]) // SLOT_S
        end = int(min(until_s[meter], fleet.newest_s)) // SLOT_S
        sent = is_sent[meter, first:end:step]
        nothing = sent & (energy[meter, first:end].reshape(-1, step).sum(axis=1) == 0)
        for is_zero, flags in ((False, ~sent), (True, nothing)):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
            rows[is_zero] += [
                (meter, (first + begin * step) * SLOT_S, (first + last * step) * SLOT_S)
                for begin, last in edges.reshape(-1, 2).tolist()
            ]
    lost, zeros = (np.array(rows[is_zero], dtype=np.int64).reshape(-1, 3) for is_zero in (False, True))
    is_open = (lost[:, 2] == fleet.newest_s) & (until_s[lost[:, 0]] == NEVER_S)
    silences = whole_silences(fleet, lost[:, 0], lost[:, 1], lost[:, 2], is_open)
    covered_s = is_sent.sum(axis=1).astype(np.int64) * SLOT_S
    return with_zero_runs(fleet, silences, Runs(zeros[:, 0], zeros[:, 1], zeros[:, 2]), covered_s)
