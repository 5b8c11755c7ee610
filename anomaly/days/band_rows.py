"""Judged days as rows of anomaly_scores."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from meterlake.anomaly.days.band import Judgement, by_day
from meterlake.anomaly.days.meter_days import Floats, MeterDays
from meterlake.anomaly.scores import SCORE_SCHEMA, ScoredBy
from meterlake.lake.codes.verdicts import Verdict


def band_rows(
    days: MeterDays,
    judgement: Judgement,
    wanted: NDArray[np.bool_],
    by: ScoredBy,
    fit_before: NDArray[np.datetime64],
) -> pa.Table:
    """Return a row for each wanted day; a figure that does not exist is null, anomaly and importance are always finite.

    Args:
        days: What was measured.
        judgement: What the band says of it.
        wanted: The days that a row is made of, `(n_meters, n_days)`.
        by: Who says it.
        fit_before: The day before which lie all days that each day's fit has seen, `(n_days,)`.
    """
    meters, places = np.nonzero(wanted)
    at = (meters, places)
    band = judgement.band
    shape = days.energy_kwh.shape
    noise = np.broadcast_to(by_day(band.noise), shape)
    offset = np.broadcast_to(by_day(band.offset_kwh) if band.offset_kwh is not None else np.array(np.nan), shape)
    columns = {
        "meter_id": pa.array(days.meter_ids, pa.string()).take(pa.array(meters)),
        "detector": _same(by.detector, meters.size),
        "local_date": pa.array(np.array(days.dates, dtype="datetime64[D]")[places]),
        "consumption_kwh": _numbers(days.energy_kwh[at]),
        "expected_kwh": _numbers(judgement.expected_kwh[at]),
        "lower_kwh": _numbers(judgement.lower_kwh[at]),
        "upper_kwh": _numbers(judgement.upper_kwh[at]),
        "anomaly": pa.array(judgement.anomaly[at].astype(np.int64)),
        "importance": pa.array(judgement.importance[at]),
        "severity": pa.array(judgement.severity[at]),
        "verdict": _verdicts(judgement.verdict[at]),
        "detail": pa.array(_details(judgement, meters, places), pa.string()),
        "intervals_present": pa.array(days.intervals_present[at]),
        "noise": _numbers(noise[at]),
        "offset_kwh": _numbers(offset[at]),
        "width_sigmas": pa.array(judgement.width_sigmas[meters]),
        "model_version": _same(by.model_version, meters.size),
        "run_id": _same(by.run_id, meters.size),
        "fit_before": pa.array(fit_before[places]),
    }
    return pa.table(columns, schema=SCORE_SCHEMA)


def why_not_judged(judgement: Judgement, meter: int, day: int) -> str | None:
    """Return how long it takes until such a day can be judged, or None where that is not what is missing."""
    missing = judgement.band.days_missing
    if missing is None or judgement.verdict[meter, day] != Verdict.SHORT_HISTORY:
        return None
    more = int(missing[meter, day])
    return f"at least {more} whole {'day' if more == 1 else 'days'} more before this one are needed"


def _details(judgement: Judgement, meters: NDArray[np.int64], places: NDArray[np.int64]) -> list[str | None]:
    details: list[str | None] = [None] * meters.size
    for row in np.flatnonzero(judgement.verdict[meters, places] == Verdict.SHORT_HISTORY.value).tolist():
        details[row] = why_not_judged(judgement, int(meters[row]), int(places[row]))
    return details


def _numbers(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _verdicts(verdicts: NDArray[np.str_]) -> pa.Array:
    known = [verdict.value for verdict in Verdict]
    codes = np.zeros(verdicts.shape, dtype=np.int64)
    for code, verdict in enumerate(known):
        codes[verdicts == verdict] = code
    return pa.array(known).take(pa.array(codes))
