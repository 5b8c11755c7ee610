"""A town in rows and columns for tests of outages: what each meter sends is a visible matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.outage_fleets import read_slots
from meterlake.outage.evidence.absences import Events, Silences
from meterlake.outage.evidence.event_reading import make_events
from meterlake.outage.evidence.silence_joining import Runs, whole_silences, with_zero_runs
from meterlake.outage.fleet import Fleet, Floats, Ints
from meterlake.outage.judged_outages import Outage
from meterlake.outage.judging.outage_judging import judge_outages
from meterlake.outage.settings import OutageSettings

SLOT_S = 1800
METRES_PER_DEGREE = 111_320.0


class Town:
    """Transformers of ten meters each, 300 m apart on a line; every meter sends 1 kWh in each of 400 half-hours."""

    def __init__(
        self, transformers: int = 6, slots: int = 400, *, places: bool = True, coordinates: bool = True
    ) -> None:
        self.meters = 10 * transformers
        number = np.arange(self.meters)
        self.sent: NDArray[np.float64] = np.ones((self.meters, slots))
        self.reports: list[tuple[int, int, str]] = []
        east_m = 300.0 * (number // 10) + 5.0 * (number % 10)
        nothing = np.full(self.meters, "", dtype=object)
        unknown = np.full(self.meters, np.nan)
        names = np.array([f"T{one // 10}" for one in number], dtype=object)
        self.fleet = Fleet(
            tuple(f"M{one:03d}" for one in number),
            nothing,
            nothing,
            names if places else nothing,
            np.zeros(self.meters) if coordinates else unknown,
            east_m / METRES_PER_DEGREE if coordinates else unknown,
            np.zeros(self.meters, dtype=np.int64),
            np.full(self.meters, SLOT_S, dtype=np.int64),
            slots * SLOT_S,
        )

    def silence(self, meters: slice | list[int], first: int, end: int | None) -> Town:
        """Lose the half-hours [first, end) of some meters; None is to the end."""
        self.sent[meters, first:end] = np.nan
        return self

    def report(self, meter: int, at_s: int, code: str) -> Town:
        """Let a meter report something."""
        self.reports.append((meter, at_s, code))
        return self

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return single intervals, as an EnergyReader does."""
        return read_slots(self.sent, meters, start_s)

    def silences(self) -> Silences:
        """Return the runs of half-hours that were not sent."""
        edges = np.diff(np.pad(np.isnan(self.sent), ((0, 0), (1, 1))).astype(np.int8), axis=1)
        meter, first = np.nonzero(edges == 1)
        _, end = np.nonzero(edges == -1)
        silences = whole_silences(self.fleet, meter, first * SLOT_S, end * SLOT_S, end == self.sent.shape[1])
        which, slot = np.nonzero(self.sent == 0)
        covered_s = np.isfinite(self.sent).sum(axis=1) * SLOT_S
        return with_zero_runs(self.fleet, silences, Runs(which, slot * SLOT_S, (slot + 1) * SLOT_S), covered_s)

    def events(self) -> Events:
        """Return what was reported."""
        rows = sorted(self.reports)
        meter, at = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(2))
        return make_events(meter, at, np.array([row[2] for row in rows], dtype=object), OutageSettings())

    def judge(self, **settings: float | str) -> list[Outage]:
        """Return the outages."""
        return judge_outages(self.fleet, self.silences(), self.events(), self, OutageSettings(**settings))
