"""One meter's readings, events and truth.

Enters: the plan and a meter's number. Leaves: kWh a half-hour, which of them are reported, what the meter said of
itself, and what was done to it. Every draw comes from the meter's own streams.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.event_codes import EventCode, MeterEvent
from meterlake.sample_data.faults import change_energy_kwh
from meterlake.sample_data.household import draw_household
from meterlake.sample_data.load_curve import draw_load_kwh
from meterlake.sample_data.losses import draw_gaps, find_runs
from meterlake.sample_data.power_cuts import LAST_GASP_SHARE, LONGEST_RETURN_S, SLOT_S, PowerCut, darken
from meterlake.sample_data.random_streams import Purpose, open_stream
from meterlake.sample_data.sample_plan import SamplePlan
from meterlake.sample_data.truth import Kind, TruthRow

CLOCK_SETS_PER_YEAR = 0.5
COVER_OPEN_SHARE = 0.5


@dataclass(frozen=True)
class MeterSeries:
    """What one meter sends, and the truth of it.

    Attributes:
        meter_id: its id.
        transformer_id: what feeds it.
        energy_wh: `(n_slots,)`, whole watt-hours a half-hour, as the files round them.
        is_reported: `(n_slots,)`.
        events: in time order.
        truth: what was injected.
    """

    meter_id: str
    transformer_id: str
    energy_wh: NDArray[np.int64]
    is_reported: NDArray[np.bool_]
    events: list[MeterEvent] = field(default_factory=list)
    truth: list[TruthRow] = field(default_factory=list)


def make_series(plan: SamplePlan, number: int) -> MeterSeries:
    """Makes one meter's readings.

    Args:
        plan: what all meters share.
        number: the meter's place among all meters, from 0.

    Returns:
        Its readings, events and truth.
    """
    seed = plan.options.seed
    meter_id = plan.meter_ids[number]
    home = draw_household(open_stream(seed, Purpose.HOUSEHOLD, number))
    load_stream = open_stream(seed, Purpose.LOAD, number)
    energy_kwh = draw_load_kwh(home, plan.calendar, plan.temperature_c, load_stream)
    writer = _SeriesWriter(plan, number, meter_id, energy_kwh)
    # A cut comes before the faults: a stuck meter repeats its value whatever the home draws.
    writer.apply_life_span()
    writer.apply_power_cuts()
    writer.apply_faults()
    writer.apply_losses()
    writer.add_clock_sets()
    writer.events.sort(key=lambda event: event.at)
    return MeterSeries(
        meter_id,
        writer.transformer_id,
        np.rint(energy_kwh * 1000).astype(np.int64),
        writer.is_reported,
        writer.events,
        writer.truth,
    )


class _SeriesWriter:
    """Carries one meter's arrays through what happens to it."""

    def __init__(self, plan: SamplePlan, number: int, meter_id: str, energy_kwh: NDArray[np.float64]) -> None:
        self.plan, self.number, self.meter_id, self.energy_kwh = plan, number, meter_id, energy_kwh
        self.transformer_id = plan.town[meter_id].transformer_id
        self.faults = plan.faults.get(number, ()) if number < plan.options.meters else ()
        self.is_reported = np.ones(len(energy_kwh), dtype=bool)
        self.events: list[MeterEvent] = []
        self.truth: list[TruthRow] = []
        self.stream = open_stream(plan.options.seed, Purpose.EVENTS, number)

    def at(self, seconds: int) -> np.datetime64:
        """Gives the instant so many seconds into the sample."""
        return self.plan.calendar.instant_at(seconds)

    def add_truth(self, kind: Kind, start_s: int, end_s: int, detail: str = "") -> None:
        """Notes what was injected over `[start_s, end_s)`."""
        self.truth.append(TruthRow(kind, self.meter_id, self.transformer_id, self.at(start_s), self.at(end_s), detail))

    def apply_life_span(self) -> None:
        """Silences a meter before it is commissioned and after it stops."""
        for fault in self.faults:
            if fault.kind in (Kind.METER_STOPPED, Kind.LATE_COMMISSIONING):
                self.is_reported[fault.first_slot : fault.end_slot] = False

    def apply_power_cuts(self) -> None:
        """Darkens the meter through its transformer's cuts; a meter that is not in service notes none."""
        for cut in self.plan.power_cuts.get(self.transformer_id, ()):
            if self.is_reported[cut.start_s // SLOT_S] and self.is_reported[(cut.end_s - 1) // SLOT_S]:
                darken(self.energy_kwh, self.is_reported, cut)
                self._report_cut(cut)

    def _report_cut(self, cut: PowerCut) -> None:
        gasped = self.stream.random() < LAST_GASP_SHARE
        if gasped:
            self.events.append(MeterEvent(self.meter_id, self.at(cut.start_s), EventCode.POWER_LOST))
        back_s = cut.end_s + int(self.stream.integers(1, LONGEST_RETURN_S))
        self.events.append(MeterEvent(self.meter_id, self.at(back_s), EventCode.POWER_RESTORED))
        detail = "last_gasp=arrived" if gasped else "last_gasp=lost"
        self.add_truth(Kind.POWER_CUT_METER, cut.start_s, cut.end_s, detail)

    def apply_faults(self) -> None:
        """Changes the readings as planned and notes it."""
        for fault in self.faults:
            detail = change_energy_kwh(self.energy_kwh, fault)
            self.add_truth(fault.kind, fault.first_slot * SLOT_S, fault.end_slot * SLOT_S, detail)
            if fault.kind is Kind.THEFT and self.stream.random() < COVER_OPEN_SHARE:
                at = self.at(fault.first_slot * SLOT_S + int(self.stream.integers(0, SLOT_S)))
                self.events.append(MeterEvent(self.meter_id, at, EventCode.COVER_OPENED))

    def apply_losses(self) -> None:
        """Loses gaps and head-end slots, but never the half-hours of a short fault, which truth promises."""
        stream = open_stream(self.plan.options.seed, Purpose.GAPS, self.number)
        is_lost = draw_gaps(len(self.is_reported), stream)
        for fault in self.faults:
            if fault.kind in (Kind.SPIKE, Kind.DROP, Kind.STUCK):
                is_lost[fault.first_slot : fault.end_slot] = False
        for first, end in find_runs(is_lost & self.is_reported):
            self.is_reported[first:end] = False
            self.add_truth(Kind.GAP, first * SLOT_S, end * SLOT_S)
        for loss in self.plan.head_end_losses:
            # Each meter draws for every loss, so that one loss more does not move the next.
            if stream.random() < loss.lost_share and self.is_reported[loss.slot]:
                self.is_reported[loss.slot] = False
                self.add_truth(Kind.HEAD_END_LOSS, loss.slot * SLOT_S, (loss.slot + 1) * SLOT_S)

    def add_clock_sets(self) -> None:
        """Adds the harmless events of a meter in service."""
        slots = len(self.is_reported)
        for _ in range(self.stream.poisson(CLOCK_SETS_PER_YEAR * slots / (48 * 365))):
            second = int(self.stream.integers(0, slots * SLOT_S))
            if self.is_reported[second // SLOT_S]:
                self.events.append(MeterEvent(self.meter_id, self.at(second), EventCode.CLOCK_SET))
