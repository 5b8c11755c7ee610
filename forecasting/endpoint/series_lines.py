"""Series as DeepAR's JSON Lines, and DeepAR's lines as forecasts: the one place where a panel becomes text.

Enters: a panel. Leaves: lines of {"start", "target", "cat"?, "dynamic_feat"?}, one a meter; and the way back, answers of
{"mean", "quantiles"}, one a line, in the same order. A number is written with as many digits as bring it back exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import orjson

from meterlake.forecasting.endpoint.questions import numbers_of
from meterlake.forecasting.forecaster import QUANTILES, QuantileForecast, in_order
from meterlake.forecasting.panels.categories import Categories, category_numbers
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.lake.errors import BadInput


class BadAnswer(BadInput):
    """What a model answered is not as DeepAR answers; the text says where and why."""


def series_lines(panel: Panel, categories: Categories, temperature_c: Floats | None = None) -> Iterator[bytes]:
    """Yield each meter of a panel as one line, without its end of line.

    Args:
        panel: The series.
        categories: For each `cat`, in order, a group's name and its texts; a text that is not among them is number 0.
        temperature_c: One for all meters; as long as the panel to train, longer by the horizon to forecast.
    """
    start = panel.start.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    weather = None if temperature_c is None else _array(temperature_c)
    for place in range(len(panel.meter_ids)):
        line: dict[str, Any] = {"start": start, "target": _array(panel.energy_kwh[place])}
        if categories:
            line["cat"] = category_numbers(panel, place, categories)
        if weather is not None:
            line["dynamic_feat"] = [weather]
        yield orjson.dumps(line, option=orjson.OPT_SERIALIZE_NUMPY)


def energy_of(lines: Iterable[bytes]) -> Floats:
    """Return the targets of lines of equal length, `(n_lines, n_intervals)`."""
    return np.stack([numbers_of(orjson.loads(line)["target"]) for line in lines])


def forecast_of(
    answers: Iterable[bytes],
    horizon_intervals: int,
    flags: tuple[str, ...],
    quantiles: tuple[float, ...] = QUANTILES,
) -> QuantileForecast:
    """Return what answers say, a line a meter, over the first intervals of their horizon.

    Args:
        answers: A line a meter.
        horizon_intervals: How many intervals are wanted.
        flags: How much of each meter was known, `(n_meters,)`.
        quantiles: The levels that were asked for.

    Raises:
        BadAnswer: If a line is no forecast, is too short, or lines are missing.
    """
    read = [_read_answer(line, number, horizon_intervals, quantiles) for number, line in enumerate(answers, 1)]
    if len(read) != len(flags):
        raise BadAnswer(f"{len(read)} answers to {len(flags)} questions.")
    paths = np.stack([one[:-1] for one in read]).astype(np.float32)
    means = np.stack([one[-1] for one in read]).astype(np.float32)
    return QuantileForecast(quantiles, in_order(paths), means, flags)


def _read_answer(line: bytes, number: int, horizon: int, quantiles: tuple[float, ...]) -> np.ndarray[Any, Any]:
    """Return an answer's quantiles and, last, its mean, `(n_quantiles + 1, horizon)`."""
    try:
        answer = orjson.loads(line)
        rows = [answer["quantiles"][str(level)] for level in quantiles] + [answer["mean"]]
        numbers = np.array([row[:horizon] for row in rows], dtype=np.float64)
    except (ValueError, KeyError, TypeError) as error:
        raise BadAnswer(f"line {number} is no forecast ({error!r}): {line[:200]!r}.") from error
    if numbers.shape != (len(rows), horizon) or not np.isfinite(numbers).all():
        raise BadAnswer(f"line {number} has no {horizon} finite numbers for each of {len(rows)} rows: {line[:200]!r}.")
    return numbers


def _array(values: Floats) -> np.ndarray[Any, Any]:
    """Return an array that orjson writes by itself: NaN as null, other numbers in their shortest exact form."""
    return np.ascontiguousarray(values, dtype=np.float32)
