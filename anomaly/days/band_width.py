"""Other limits for days that are scored already: what a model expected stays, the band's width changes.

Enters: rows of anomaly_scores and the width that each meter is to have. Leaves: the rows whose width differs,
judged anew. No fit is run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from meterlake.anomaly.days.band import Band, judge
from meterlake.anomaly.days.day_loading import DayLoader, ScoringSpan
from meterlake.anomaly.days.meter_days import Floats, MeterDays
from meterlake.anomaly.scores import SCORE_SCHEMA, ScoredBy
from meterlake.lake.sql.relations import named_rows

_EXPECTED = "intervals_expected"


def rewidened_rows(
    loader: DayLoader, span: ScoringSpan, by: ScoredBy, meter_ids: Sequence[str], width_sigmas: Floats
) -> pa.Table:
    """Return the rows of a detector and model whose width is not the wanted one, with new limits.

    Args:
        loader: Reads the lake.
        span: The days.
        by: The detector and the model that made the rows.
        meter_ids: The meters, `(n_meters,)`.
        width_sigmas: For each of them half of the band's width, in noises, `(n_meters,)`.
    """
    widths = pa.table({"meter_id": pa.array(meter_ids, pa.string()), "wanted_sigmas": width_sigmas})
    with named_rows(loader.lake.connection, widths) as wanted:
        of_model = {"detector": by.detector, "model_version": by.model_version, "start": span.start, "end": span.end}
        others = f"""FROM {loader.source("anomaly_scores", span.start, span.end)} AS scores JOIN {wanted} USING (meter_id)
                WHERE detector = $detector AND model_version = $model_version
                  AND scores.local_date >= $start AND scores.local_date < $end
                  AND noise IS NOT NULL AND expected_kwh IS NOT NULL AND abs(width_sigmas - wanted_sigmas) > 1e-9"""
        # There are hardly ever any, and to look reads few columns.
        if not loader.lake.connection.sql(f"SELECT 1 {others} LIMIT 1", params=of_model).fetchall():
            return SCORE_SCHEMA.empty_table()
        stored = loader.lake.connection.sql(
            f"""WITH others AS (SELECT scores.*, wanted_sigmas {others})
                SELECT others.*, daily.{_EXPECTED}
                FROM others JOIN {loader.source("consumption_daily", span.start, span.end)} AS daily
                  ON daily.meter_id = others.meter_id AND daily.local_date = others.local_date
                 AND daily.quantity = $quantity""",
            params={**of_model, "quantity": loader.quantity},
        ).to_arrow_table()
    rows = stored.select(SCORE_SCHEMA.names).cast(SCORE_SCHEMA)
    return _judged_anew(rows, _column(stored, _EXPECTED), _column(stored, "wanted_sigmas"))


def _column(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False))


def _judged_anew(rows: pa.Table, intervals_expected: Floats, width_sigmas: Floats) -> pa.Table:
    # Each row is taken as a meter with one day, so that the arithmetic is that of a fresh score.
    days = MeterDays(
        tuple(rows["meter_id"].to_pylist()),
        (dt.date(1970, 1, 1),),
        _column(rows, "consumption_kwh")[:, None],
        _column(rows, "intervals_present").astype(np.int64)[:, None],
        intervals_expected.astype(np.int64)[:, None],
    )
    offsets = _column(rows, "offset_kwh")
    band = Band(np.zeros((rows.num_rows, 1)), _column(rows, "noise"), None if np.isnan(offsets).any() else offsets)
    whole_day = _column(rows, "expected_kwh")[:, None] / np.maximum(days.completeness, 1e-9)
    band = Band(band.on_scale(whole_day), band.noise, band.offset_kwh)
    judgement = judge(days, band, width_sigmas)
    fresh = {
        "lower_kwh": pa.array(judgement.lower_kwh[:, 0]),
        "upper_kwh": pa.array(judgement.upper_kwh[:, 0]),
        "anomaly": pa.array(judgement.anomaly[:, 0].astype(np.int64)),
        "importance": pa.array(judgement.importance[:, 0]),
        "width_sigmas": pa.array(width_sigmas),
    }
    for name, values in fresh.items():
        rows = rows.set_column(rows.schema.get_field_index(name), SCORE_SCHEMA.field(name), values)
    return rows
