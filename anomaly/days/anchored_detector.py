"""Detectors of days that judge every day by fits anchored at calendar dates: one before each month.

Enters: meters and a span of days. Leaves: rows for the days that have no score of the same figures yet, whichever they are
and however many, and for those after a day that has changed, come late or gone, as far as a fit sees back: what is said of a
day depends on its month and on what lies before the day, not on what else is asked nor on when.
A year of days is held at a time, so that a meter whose clock runs years ahead costs no memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.anomaly.days.band import Floats, judge
from meterlake.anomaly.days.band_detector import BandDetector
from meterlake.anomaly.days.band_rows import band_rows
from meterlake.anomaly.days.band_width import rewidened_rows
from meterlake.anomaly.days.day_loading import DayLoader, DayStates, ScoringSpan
from meterlake.anomaly.scores import FleetScores, ScoredBy, ScoringTask
from meterlake.anomaly.scoring_lake import KnownMeter, ScoringLake

_ONE_DAY = dt.timedelta(days=1)
# Together with two years of history about 200 MB an array.
_METERS_AT_ONCE = 20_000
# More days than lie between any two: a meter's place and a date are one number.
_A_METER = 1 << 32


def months_of(dates: Sequence[dt.date], start: dt.date | None = None) -> list[tuple[int, int]]:
    """Return the first place and the place after the last of every month of some days that ends on `start` or later."""
    firsts = [place for place, date in enumerate(dates) if place == 0 or date.day == 1]
    ends = [*firsts[1:], len(dates)]
    return [(first, end) for first, end in zip(firsts, ends, strict=True) if start is None or dates[end - 1] >= start]


class AnchoredBandDetector(BandDetector):
    """A detector whose fits are anchored at the firsts of months; see the module."""

    def first_day_seen(self, date: dt.date) -> dt.date:
        """Return the first day that the fit of a day's month sees; see meterlake.anomaly.days.band_detector."""
        return date.replace(day=1) - self.history_days * _ONE_DAY

    def score_meters(self, lake: ScoringLake, meters: Sequence[KnownMeter], task: ScoringTask) -> FleetScores:
        """Score the days that are new or changed, of the whole history; see meterlake.anomaly.detector."""
        loader, by = DayLoader(lake, task.quantity), self.scored_by(task.run_id)
        start = task.start or loader.oldest_day() or task.end
        span = ScoringSpan(start, start, task.end)
        ids = [meter.meter_id for meter in meters]
        width = np.array([self.width_sigmas(meter, task.thresholds) for meter in meters])
        scores = FleetScores(start=start)
        if not task.rescore:
            scores = replace(scores, rewidened=rewidened_rows(loader, span, by, ids, width))
        stored = replace(by, model_version="") if task.rescore else by
        states = loader.day_states(ids, start, task.end, stored, task.gone)
        is_wanted = self._to_judge(states)
        places, dates = states.places[is_wanted], states.dates[is_wanted]
        years = dates.astype("datetime64[Y]").astype(int) + 1970
        rows = [
            self._rows_of_year(loader, ids, width, (places[within], dates[within]), by)
            for year in np.unique(years)
            for part in range(0, len(ids), _METERS_AT_ONCE)
            if (within := (years == year) & (places >= part) & (places < part + _METERS_AT_ONCE)).any()
        ]
        unchanged = states.measured_days - np.count_nonzero(is_wanted & (states.dates < np.datetime64(task.end)))
        return replace(scores, rows=pa.concat_tables([scores.rows, *rows]), unchanged=int(unchanged))

    def _to_judge(self, states: DayStates) -> NDArray[np.bool_]:
        """Return which days are to be judged: what has changed, and what stands after that within a fit's reach."""
        # In a lake that is scored for the first time nothing stands after a change, and there is most to sort.
        if not states.is_alike.any():
            return states.is_measured
        order = np.lexsort((states.dates, states.places))
        # One number a meter's day, in order: the newest changed day before each, if any is of its meter and within its fit.
        meters, days = states.places[order] * _A_METER, states.dates[order].astype(np.int64)
        has_changed = ~states.is_alike[order]
        newest = np.maximum.accumulate(np.where(has_changed, meters + days, np.iinfo(np.int64).min))
        firsts = states.dates[order].astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        stands_after = np.zeros(order.size, dtype=np.bool_)
        stands_after[order] = newest >= meters + firsts - self.history_days
        return states.is_measured & (~states.is_alike | stands_after)

    def _rows_of_year(
        self,
        loader: DayLoader,
        ids: Sequence[str],
        width_sigmas: Floats,
        wanted: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.datetime64]]],
        by: ScoredBy,
    ) -> pa.Table:
        """Return the rows of some days of a year, given as places of meters and dates."""
        places, dates = wanted
        touched, rows = np.unique(places, return_inverse=True)
        first, last = dates.min().astype(object), dates.max().astype(object)
        days = loader.load([ids[place] for place in touched.tolist()], self.first_day_seen(first), last + _ONE_DAY)
        is_wanted = np.zeros(days.energy_kwh.shape, dtype=bool)
        is_wanted[rows, (dates - np.datetime64(days.dates[0])).astype(int)] = True
        band = self.fit_band(self.with_temperature(loader, replace(days, judged_from=first)))
        history = (first - days.dates[0]).days
        days, is_wanted = days.without_first(history), is_wanted[:, history:]
        judged = judge(days, band.without_first(history), width_sigmas[touched])
        months = np.array(days.dates, dtype="datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
        return band_rows(days, judged, is_wanted, by, months)
