"""What an endpoint answers, in the JSON of SageMaker's own DeepAR, so that either can stand behind a route.

Enters: a model and a Question. Leaves: the answer's bytes. Instances may start at different times and be of different
lengths; those that end at the same moment are asked together, as one panel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from meterlake.forecasting.endpoint.questions import (
    BadRequest,
    Configuration,
    Instance,
    Question,
    groups_of,
    numbers_of,
    start_of,
)
from meterlake.forecasting.endpoint.served_model import ServedModel
from meterlake.forecasting.forecaster import QuantileForecast
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.patience import require_patience

# From these the samples are drawn: dense enough that a sample's distribution is the forecast's.
_SAMPLING_LEVELS = tuple(round(0.02 + 0.04 * place, 2) for place in range(25))
MOST_TARGET_DAYS = 3 * 366
# A number takes some ten bytes of JSON, and ten times that while it is written.
MOST_NUMBERS = 2_000_000
# Values of a panel: instances are padded to the longest of them.
MOST_CELLS = 1_000_000


def answer_question(served: ServedModel, question: Question) -> bytes:
    """Forecast every instance and write the answer.

    Raises:
        BadRequest: If an instance does not fit the model.
    """
    starts = [
        start_of(instance, served.interval_minutes, f"instances.{place}")
        for place, instance in enumerate(question.instances)
    ]
    for place, instance in enumerate(question.instances):
        _check_instance(served, instance, place)
    _check_answer(served, question)
    asked = question.configuration
    levels = sorted({float(text) for text in asked.quantiles} | {0.5})
    if "samples" in asked.output_types:
        levels = sorted({*levels, *_SAMPLING_LEVELS})
    predictions: list[dict[str, Any]] = [{} for _ in question.instances]
    for places in _ending_together(served, question.instances, starts):
        panel = _panel_of(served, [question.instances[place] for place in places], [starts[place] for place in places])
        require_patience()
        forecast = served.model.predict(panel, served.horizon_intervals, tuple(levels))
        for row, place in enumerate(places):
            predictions[place] = _prediction(forecast, row, asked, seed=place)
    return orjson.dumps({"predictions": predictions})


def _check_instance(served: ServedModel, instance: Instance, place: int) -> None:
    most = MOST_TARGET_DAYS * 1440 // served.interval_minutes
    if len(instance.target) > most:
        raise BadRequest(f"instances.{place}.target: {len(instance.target)} values; send at most the last {most}.")
    given = instance.categories
    if given and len(given) != len(served.categories):
        names = ", ".join(served.categories) or "none"
        raise BadRequest(
            f"instances.{place}.cat: {len(given)} categories; the model knows {len(served.categories)} ({names})."
        )
    for number, (name, texts) in zip(given, served.categories.items(), strict=False):
        if not 0 <= number < len(texts):
            raise BadRequest(f"instances.{place}.cat: {number} is no {name}; known are 0 to {len(texts) - 1}.")
    features = instance.dynamic_feat
    if features and len(features) != served.dynamic_features:
        raise BadRequest(
            f"instances.{place}.dynamic_feat: {len(features)} features; the model takes {served.dynamic_features}."
        )
    wanted = len(instance.target) + served.horizon_intervals
    for feature in features:
        if len(feature) != wanted:
            raise BadRequest(
                f"instances.{place}.dynamic_feat: {len(feature)} values; send {wanted}: the target's"
                f" {len(instance.target)} and the {served.horizon_intervals} that are forecast."
            )


def _check_answer(served: ServedModel, question: Question) -> None:
    asked, instances = question.configuration, len(question.instances)
    each = {"mean": 1, "quantiles": len(set(asked.quantiles)), "samples": asked.num_samples}
    numbers = instances * served.horizon_intervals * sum(each[kind] for kind in set(asked.output_types))
    if numbers > MOST_NUMBERS:
        raise BadRequest(
            f"instances: {instances} of them with {', '.join(asked.output_types)} make {numbers} numbers; ask for at most"
            f" {MOST_NUMBERS} at once: fewer instances, samples or quantiles."
        )


def _ending_together(served: ServedModel, instances: list[Instance], starts: list[dt.datetime]) -> list[list[int]]:
    """Return the places of instances that can be asked as one panel: same end, same weather, not too many."""
    step = dt.timedelta(minutes=served.interval_minutes)
    together: dict[tuple[Any, ...], list[int]] = {}
    for place, (instance, start) in enumerate(zip(instances, starts, strict=True)):
        weather = tuple(map(tuple, instance.dynamic_feat))
        key = (start + len(instance.target) * step, weather, len(instance.target) if weather else 0)
        together.setdefault(key, []).append(place)
    return [part for places in together.values() for part in _parts(instances, places)]


def _parts(instances: list[Instance], places: list[int]) -> Iterator[list[int]]:
    """Give places in parts whose panels have at most MOST_CELLS values."""
    part: list[int] = []
    longest = 0
    for place in places:
        longest = max(longest, len(instances[place].target))
        if part and longest * (len(part) + 1) > MOST_CELLS:
            yield part
            part, longest = [], len(instances[place].target)
        part.append(place)
    yield part


def _panel_of(served: ServedModel, instances: list[Instance], starts: list[dt.datetime]) -> Panel:
    intervals = max(1, *(len(instance.target) for instance in instances))
    energy = np.full((len(instances), intervals), np.nan, dtype=np.float32)
    for row, instance in enumerate(instances):
        if instance.target:
            energy[row, intervals - len(instance.target) :] = numbers_of(instance.target)
    step = dt.timedelta(minutes=served.interval_minutes)
    end = starts[0] + len(instances[0].target) * step
    groups = groups_of(instances, served.categories)
    temperature = None
    if instances[0].dynamic_feat:
        known = numbers_of(instances[0].dynamic_feat[0])
        temperature = np.r_[np.full(intervals + served.horizon_intervals - len(known), np.nan), known].astype(
            np.float32
        )
    return Panel(
        tuple(str(row) for row in range(len(instances))),
        end - intervals * step,
        served.interval_minutes,
        energy,
        served.time_zone,
        served.country,
        groups,
        temperature,
    )


def _prediction(forecast: QuantileForecast, row: int, asked: Configuration, seed: int) -> dict[str, Any]:
    levels = list(forecast.quantiles)
    prediction: dict[str, Any] = {}
    if "mean" in asked.output_types:
        prediction["mean"] = _plain(forecast.mean_kwh[row])
    if "quantiles" in asked.output_types:
        prediction["quantiles"] = {
            text: _plain(forecast.energy_kwh[row, levels.index(float(text))]) for text in asked.quantiles
        }
    if "samples" in asked.output_types:
        prediction["samples"] = _samples(forecast.energy_kwh[row], levels, asked.num_samples, seed)
    return prediction


def _samples(paths_kwh: NDArray[np.float32], levels: list[float], count: int, seed: int) -> list[list[float]]:
    """Draw paths whose every interval follows the forecast's quantiles; the same request gives the same samples."""
    draws = np.random.default_rng(seed).uniform(size=(count, paths_kwh.shape[1]))
    columns = [np.interp(draws[:, step], levels, paths_kwh[:, step]) for step in range(paths_kwh.shape[1])]
    return [_plain(path) for path in np.stack(columns, axis=1)]


def _plain(values: NDArray[Any]) -> list[float]:
    plain: list[float] = np.round(values.astype(np.float64), 6).tolist()
    return plain
