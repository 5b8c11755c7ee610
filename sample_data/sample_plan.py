"""Everything that is settled before the first reading is drawn.

Enters: the options. Leaves: a plan that every process is given: the calendar, the weather felt, the town, the
faults, the cuts. Whatever spans several meters is drawn here; the rest comes from each meter's own streams.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.faults import Fault, plan_faults
from meterlake.sample_data.losses import HeadEndLoss, plan_head_end_losses
from meterlake.sample_data.options import SampleOptions
from meterlake.sample_data.power_cuts import PowerCut, plan_power_cuts
from meterlake.sample_data.random_streams import Purpose, open_stream
from meterlake.sample_data.slot_calendar import SlotCalendar, build_calendar
from meterlake.sample_data.town import Place, build_town
from meterlake.sample_data.weather import Weather, make_weather


@dataclass(frozen=True)
class SamplePlan:
    """What all meters of a sample share.

    Attributes:
        options: what was asked for.
        calendar: the half-hours.
        temperature_c: outdoors, `(n_slots,)`, degrees C.
        town: the place of each meter, by id: first the London meters, then those of the default format.
        faults: faults by London meter number, from 0.
        power_cuts: cuts by transformer.
        head_end_losses: slots that a share of all meters loses.
    """

    options: SampleOptions
    calendar: SlotCalendar
    temperature_c: NDArray[np.float64]
    town: dict[str, Place]
    faults: dict[int, tuple[Fault, ...]]
    power_cuts: dict[str, tuple[PowerCut, ...]]
    head_end_losses: tuple[HeadEndLoss, ...]

    @property
    def meter_ids(self) -> list[str]:
        """All meters; a meter's number is its place in this list."""
        return list(self.town)


def make_plan(options: SampleOptions) -> tuple[SamplePlan, Weather]:
    """Settles a sample.

    Args:
        options: what was asked for.

    Returns:
        The plan, and the weather that its file shows.
    """
    calendar = build_calendar(options.start, options.days)
    weather = make_weather(options.start, options.days, open_stream(options.seed, Purpose.WEATHER))
    london_ids = [f"MAC{number + 1:06d}" for number in range(options.meters)]
    default_ids = [f"E{number + 1:07d}" for number in range(options.extra_meters)]
    town = build_town(london_ids + default_ids, open_stream(options.seed, Purpose.TOWN))
    stream = open_stream(options.seed, Purpose.FAULTS)
    transformer_ids = sorted({place.transformer_id for place in town.values()})
    plan = SamplePlan(
        options=options,
        calendar=calendar,
        temperature_c=weather.temperature_by_slot_c(calendar.slots),
        town=town,
        faults=plan_faults(options, stream),
        power_cuts=plan_power_cuts(
            transformer_ids,
            # Behind this one stands a meter of the default format, so that its file shows a cut too.
            town[default_ids[0]].transformer_id,
            weather.wind_by_slot_mps(calendar.slots),
            stream,
        ),
        head_end_losses=plan_head_end_losses(calendar.slots, stream),
    )
    return plan, weather
