"""Stock Prophet, a meter at a time, with the published parameters: the reference that fleet_band is held against.

Enters: daily energy. Leaves: Prophet's own limits, sampling included, as a band whose centre and noise reproduce
them. It needs the extra `prophet`; some tenth of a second a meter, so fits run in spawned processes (a fork hangs
after a fit).
"""

from __future__ import annotations

import datetime as dt
import logging
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np

from meterlake.anomaly.days.band import Band, Floats, half_width_sigmas
from meterlake.anomaly.days.band_detector import BandDetector
from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.lake.errors import MissingLibrary

_METERS_WORTH_A_PROCESS = 8
_PUBLISHED_WIDTH = 0.98


class ProphetBand(BandDetector):
    """Finds days outside Prophet's band; the defaults are the published ones."""

    name = "prophet_band"
    says = "a day above or below the band of a stock Prophet model; slow, the published reference"

    interval_width: float = _PUBLISHED_WIDTH
    mode: Literal["multiplicative", "additive"] = "multiplicative"
    changepoint_range: float = 0.8
    country: str = "UK"
    processes: int = 0
    least_trained_completeness: float = 0.0001

    def fit_band(self, days: MeterDays) -> Band:
        """Fit each meter with Prophet; see meterlake.anomaly.days.band_detector.

        Raises:
            MissingLibrary: If the extra `prophet` is not installed.
        """
        if find_spec("prophet") is None:
            raise MissingLibrary("prophet", "prophet", "prophet_band")
        # Stock: sums of whatever was measured, as the published job took them.
        energy = np.where(days.may_train[None, :], days.energy_kwh, np.nan)
        jobs = [(row, days.dates, self) for row in energy]
        workers = min(self.processes or os.cpu_count() or 1, len(jobs) // _METERS_WORTH_A_PROCESS)
        if workers < 2:
            fitted = [_fit_one(job) for job in jobs]
        else:
            with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
                fitted = list(pool.map(_fit_one, jobs, chunksize=4))
        return Band(np.array([centre for centre, _ in fitted]), np.array([noise for _, noise in fitted]))


def _fit_one(job: tuple[Floats, Sequence[dt.date], ProphetBand]) -> tuple[Floats, float]:
    """Return one meter's expected values and the noise that its sampled limits show."""
    energy, dates, detector = job
    if np.isfinite(energy).sum() < detector.least_history_days:
        return np.full(energy.size, np.nan), float("nan")
    forecast = _forecast(energy, dates, detector)
    width = (forecast["yhat_upper"] - forecast["yhat_lower"]).to_numpy()
    # Within the history the limits differ from day to day by sampling alone.
    noise = float(np.median(width)) / 2 / half_width_sigmas(_PUBLISHED_WIDTH)
    return forecast["yhat"].to_numpy(), noise


def _forecast(energy: Floats, dates: Sequence[dt.date], detector: ProphetBand) -> Any:
    import pandas as pd
    from prophet import Prophet

    # Importing sets the levels anew, so they are set after it.
    for noisy in ("cmdstanpy", "prophet", "prophet.plot", "prophet.forecaster", "prophet.models"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)

    history = pd.DataFrame({"ds": pd.to_datetime(list(dates)), "y": energy})
    history["weekend"] = (history["ds"].dt.weekday >= 5).astype(float)
    model = Prophet(
        seasonality_mode=detector.mode,
        yearly_seasonality=True,
        weekly_seasonality=True,
        daily_seasonality=False,
        interval_width=_PUBLISHED_WIDTH,
        changepoint_range=detector.changepoint_range,
    )
    model.add_country_holidays(detector.country)
    model.add_regressor("weekend")
    np.random.seed(0)
    model.fit(history, seed=1)
    return model.predict(history)


DETECTOR = ProphetBand()
