"""One detector on one meter at any moment, past ones too; nothing is written.

Enters: a detector, a meter, a moment. Leaves: what the detector would have said then, from what the lake holds of
the time before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from meterlake.anomaly.band import half_width_sigmas, judge
from meterlake.anomaly.day_loading import DayLoader
from meterlake.anomaly.detector import BandDetector, BandParameters, RuleDetector
from meterlake.anomaly.registry import detector_named, parameters_of
from meterlake.anomaly.rule_runs import judge_safely
from meterlake.anomaly.window_loading import WindowLoader
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import UnknownMeter
from meterlake.lake.settings import LakeSettings
from meterlake.lake.verdicts import Verdict

_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class RunAnswer:
    """What a detector said of a meter at a moment.

    Attributes:
        detector: Its name.
        meter_id: The meter.
        moment: When; the last whole local day before it is the one that a band judges.
        local_date: The day judged.
        anomaly: -1, 0 or 1.
        severity: How clearly.
        verdict: Whether it could be judged.
        detail: The figures in words.
    """

    detector: str
    meter_id: str
    moment: dt.datetime
    local_date: dt.date
    anomaly: int
    severity: float
    verdict: str
    detail: str

    @property
    def is_error(self) -> bool:
        """Whether the detector broke, which is never the same as a clear day."""
        return self.verdict == Verdict.ERROR.value


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
    detector = detector_named(name)
    chosen = parameters_of(detector, parameters or {})
    store = open_store(settings)
    snapshot, connection = store.current(), store.connect()
    windows = WindowLoader(connection, snapshot)
    quantities = detector.quantities if isinstance(detector, RuleDetector) else ("energy",)
    meters = [meter for meter in windows.meters_with((*quantities, "energy")) if meter["meter_id"] == meter_id]
    if not meters:
        raise UnknownMeter(meter_id)
    zone = ZoneInfo(meters[0]["time_zone"])
    loader = DayLoader(connection, snapshot, "energy")
    if moment is None:
        newest = loader.newest_day() or dt.datetime.now(dt.UTC).date()
        moment = dt.datetime.combine(newest + _ONE_DAY, dt.time(), zone).astimezone(dt.UTC)
    date = (moment.astimezone(zone) - _ONE_DAY).date()
    if isinstance(detector, RuleDetector):
        back = detector.history_needed(chosen)
        window = next(windows.windows(meters, quantities, [moment], back))
        finding = judge_safely(detector, window, chosen)
        flag = (finding.direction or 1) if finding.is_flagged else 0
        return RunAnswer(name, meter_id, moment, date, flag, finding.severity, finding.verdict.value, finding.detail)
    assert isinstance(detector, BandDetector) and isinstance(chosen, BandParameters)
    days = loader.load([meter_id], date - dt.timedelta(days=chosen.history_days - 1), date + _ONE_DAY)
    judged = judge(days, detector.fit_band(days, chosen), np.array([half_width_sigmas(chosen.interval_width)]))
    detail = (
        f"{days.energy_kwh[0, -1]:.3f} kWh, expected {judged.expected_kwh[0, -1]:.3f}, "
        f"band {judged.lower_kwh[0, -1]:.3f} to {judged.upper_kwh[0, -1]:.3f}"
    )
    if judged.verdict[0, -1] != Verdict.JUDGED.value:
        detail = "the band says nothing of this day"
    return RunAnswer(
        name,
        meter_id,
        moment,
        date,
        int(judged.anomaly[0, -1]),
        float(judged.severity[0, -1]),
        str(judged.verdict[0, -1]),
        detail,
    )
