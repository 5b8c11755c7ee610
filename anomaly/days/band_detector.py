"""Detectors of days: they expect something of every meter and day, and report what falls outside a band round it.

Enters: meters and a span of days. Leaves: rows for the days that have no score of the same figures yet. Widths may differ
by meter and change without a refit: `fit_band` does not see them.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from meterlake.anomaly.days.band import Band, Floats, Judgement, half_width_sigmas, judge
from meterlake.anomaly.days.band_rows import band_rows, why_not_judged
from meterlake.anomaly.days.band_width import rewidened_rows
from meterlake.anomaly.days.day_loading import DayLoader, ScoringSpan
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.anomaly.detector import Detector
from meterlake.anomaly.detector_lists import Threshold
from meterlake.anomaly.scores import FleetScores, RunAnswer, ScoringTask
from meterlake.anomaly.scoring_lake import KnownMeter, ScoringLake
from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.codes.verdicts import Verdict
from meterlake.lake.sql.table_sql import sql_text

_ONE_DAY = dt.timedelta(days=1)
# New days up to this many are predicted by a fit that has not seen them, where a full history lies before them.
_MOST_HELD_OUT_DAYS = 31


class BandDetector(Detector):
    """A detector of days; see the module."""

    looks_at = "days"

    interval_width: float = Field(default=0.995, gt=0, lt=1, description="Probability that an ordinary day is inside.")
    history_days: int = Field(default=365, ge=28, description="How far back a fit looks.")
    least_history_days: int = Field(default=28, ge=14, description="Days below which nothing is said.")
    least_trained_completeness: float = Field(
        default=0.9, gt=0, le=1, description="The fraction of a day that must be measured for a fit to see it."
    )

    @property
    def needs_temperature(self) -> bool:
        """Whether a fit looks at the days' temperatures, where the lake has them."""
        return False

    @abstractmethod
    def fit_band(self, days: MeterDays) -> Band:
        """Return what is expected of each meter and day."""

    def first_day_seen(self, date: dt.date) -> dt.date:
        """Return the first day of the history by which a day is judged."""
        return date - (self.history_days - 1) * _ONE_DAY

    def training_kwh(self, days: MeterDays) -> Floats:
        """Return the energy that a fit may see, as of whole days, NaN elsewhere, `(n_meters, n_days)`."""
        return np.where(days.may_train[None, :], days.whole_day_kwh(self.least_trained_completeness), np.nan)

    def score(self, days: MeterDays, width_sigmas: Floats | None = None) -> Judgement:
        """Score all days.

        Args:
            days: What was measured.
            width_sigmas: Half the band's width a meter, `(n_meters,)`; by default from interval_width.
        """
        if width_sigmas is None:
            width_sigmas = np.full(len(days.meter_ids), half_width_sigmas(self.interval_width))
        return judge(days, self.fit_band(days), width_sigmas)

    def meters(self, lake: ScoringLake, quantity: str) -> list[KnownMeter]:
        """Return the meters that have sums of a quantity; see meterlake.anomaly.detector."""
        return lake.meters_with_days(quantity)

    def gone_days(self, lake: ScoringLake, start: dt.date | None) -> pa.Table:
        """Return the days that have lost their values; see meterlake.anomaly.detector."""
        daily, scores = (lake.snapshot[name].sql() for name in ("consumption_daily", "anomaly_scores"))
        since = f" AND local_date >= DATE '{start}'" if start else ""
        return lake.connection.sql(
            f"""SELECT meter_id, local_date
                FROM (SELECT meter_id, local_date FROM {scores} AS scores WHERE detector = {sql_text(self.name)}{since})
                ANTI JOIN (SELECT meter_id, local_date FROM {daily} AS daily WHERE energy_kwh IS NOT NULL)
                USING (meter_id, local_date)"""
        ).to_arrow_table()

    def score_meters(self, lake: ScoringLake, meters: Sequence[KnownMeter], task: ScoringTask) -> FleetScores:
        """Score the days that are new or changed; see meterlake.anomaly.detector."""
        loader, by = DayLoader(lake, task.quantity), self.scored_by(task.run_id)
        earliest = task.end - self.history_days * _ONE_DAY
        start = task.start or earliest
        span = ScoringSpan(min(start, earliest), start, task.end)
        days = loader.load(
            [meter.meter_id for meter in meters], span.history_start - _MOST_HELD_OUT_DAYS * _ONE_DAY, span.end
        )
        width = np.array([self.width_sigmas(meter, task.thresholds) for meter in meters])
        wanted, known = days.measured_within(span.start, span.end), FleetScores(start=start)
        if not task.rescore:
            wanted &= ~loader.scored_alike(days, span, by)
            known = replace(known, rewidened=rewidened_rows(loader, span, by, days.meter_ids, width))
        unchanged = np.isfinite(days.energy_kwh[:, _MOST_HELD_OUT_DAYS:]).sum() - wanted.sum()
        known = replace(known, unchanged=int(unchanged))
        touched = np.flatnonzero(wanted.any(axis=1))
        if touched.size == 0:
            return known
        days, wanted = self._held_out(days.of_meters(touched), wanted[touched])
        judgement = self.score(self.with_temperature(loader, days), width[touched])
        fit_before = np.full(len(days.dates), days.held_out_from or days.dates[-1] + _ONE_DAY, "datetime64[D]")
        return replace(known, rows=band_rows(days, judgement, wanted, by, fit_before))

    def answer(self, lake: ScoringLake, meter: KnownMeter, moment: dt.datetime) -> RunAnswer:
        """Judge the last whole day; see meterlake.anomaly.detector."""
        loader, date = DayLoader(lake, ENERGY.name), meter.day_before(moment)
        days = loader.load([meter.meter_id], self.first_day_seen(date), date + _ONE_DAY)
        judged = self.score(self.with_temperature(loader, replace(days, judged_from=date)))
        verdict = Verdict(judged.verdict[0, -1])
        detail = (
            f"{days.energy_kwh[0, -1]:.3f} kWh, expected {judged.expected_kwh[0, -1]:.3f}, "
            f"band {judged.lower_kwh[0, -1]:.3f} to {judged.upper_kwh[0, -1]:.3f}"
            if verdict is Verdict.JUDGED
            else why_not_judged(judged, 0, -1) or "the band says nothing of this day"
        )
        anomaly, severity = int(judged.anomaly[0, -1]), float(judged.severity[0, -1])
        return RunAnswer(self.name, meter.meter_id, moment, date, anomaly, severity, verdict.value, detail)

    def width_sigmas(self, meter: KnownMeter, thresholds: Sequence[Threshold]) -> float:
        """Return half of a meter's band width in noises; the last threshold that names the meter counts."""
        chosen = [one.interval_width for one in thresholds if one.chooses(meter)]
        return half_width_sigmas(chosen[-1] if chosen else self.interval_width)

    def _held_out(self, days: MeterDays, wanted: NDArray[np.bool_]) -> tuple[MeterDays, NDArray[np.bool_]]:
        """Keep new days out of the fit where few days are new and a full history lies before them; else fit on all.

        The days were read with some more before the history, which only the first case needs.
        """
        first = int(np.flatnonzero(wanted.any(axis=0))[0])
        has_history = np.isfinite(days.energy_kwh[:, :first]).any(axis=0).sum() >= self.history_days - 1
        if has_history and len(days.dates) - first <= _MOST_HELD_OUT_DAYS:
            return replace(days, held_out_from=days.dates[first]), wanted
        return days.without_first(_MOST_HELD_OUT_DAYS), wanted[:, _MOST_HELD_OUT_DAYS:]

    def with_temperature(self, loader: DayLoader, days: MeterDays) -> MeterDays:
        """Return days with their temperatures, where a fit looks at them."""
        if not self.needs_temperature:
            return days
        return replace(days, temperature_c=loader.mean_temperatures(days.dates[0], days.dates[-1] + _ONE_DAY))
