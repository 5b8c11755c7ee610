"""One detector on one meter at any moment, past ones too; nothing is written.

Enters: a detector, a meter, a moment. Leaves: what the detector would have said then, from what the lake holds of
the time before.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from meterlake.anomaly.registry import DETECTORS
from meterlake.anomaly.scores import RunAnswer
from meterlake.anomaly.scoring_lake import scoring_lake
from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.errors import UnknownMeter
from meterlake.lake.settings import LakeSettings

_ONE_DAY = dt.timedelta(days=1)


def run_detector(
    name: str,
    meter_id: str,
    *,
    moment: dt.datetime | None = None,
    parameters: dict[str, Any] | None = None,
    settings: LakeSettings | None = None,
) -> RunAnswer:
    """Run one detector on one meter.

    Args:
        name: The detector.
        meter_id: The meter.
        moment: An aware time; by default the end of the meter's newest day.
        parameters: In place of the defaults.
        settings: Which lake.

    Raises:
        BadParameter: If the detector or a parameter is not known.
        UnknownMeter: If the lake does not hold the meter.
    """
    detector = DETECTORS.named(name).with_parameters(parameters or {})
    with scoring_lake(settings) as lake:
        known = {meter.meter_id: meter for meter in lake.meters_with_readings((*detector.quantities, ENERGY.name))}
        if meter_id not in known:
            raise UnknownMeter(meter_id)
        meter = known[meter_id]
        if moment is None:
            newest = lake.newest_day(ENERGY.name) or dt.datetime.now(dt.UTC).date()
            moment = meter.midnight(newest + _ONE_DAY)
        return detector.answer(lake, meter, moment)
