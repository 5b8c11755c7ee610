"""The JSON that SageMaker's own DeepAR takes and gives, so that either can stand behind a route.

Enters: a request's bytes. Leaves: panels to ask a model for, and the answer's bytes. "NaN" and null in a target are
missing values. Instances may start at different times and be of different lengths; those that end at the same moment
are asked together. Formats: "DeepAR Inference Formats" in the SageMaker developer guide.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from meterlake.forecasting.forecaster import FittedModel, QuantileForecast
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import BadInput, BadParameter

# From these the samples are drawn: dense enough that a sample's distribution is the forecast's.
_SAMPLING_LEVELS = tuple(round(0.02 + 0.04 * place, 2) for place in range(25))
MOST_INSTANCES = 5000
MOST_TARGET_DAYS = 3 * 366
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class BadRequest(BadInput):
    """A request that the endpoint cannot answer; the text says where and why."""


class Instance(BaseModel):
    """One series: when it starts, what was measured, and what else is known of it."""

    model_config = ConfigDict(extra="forbid")

    start: str
    target: list[float | Literal["NaN"] | None]
    cat: list[int] | int = Field(default_factory=list)
    dynamic_feat: list[list[float | Literal["NaN"] | None]] = Field(default_factory=list)

    @property
    def categories(self) -> list[int]:
        """The categories, whether one or several were given."""
        return [self.cat] if isinstance(self.cat, int) else self.cat


class Configuration(BaseModel):
    """What the answer holds."""

    model_config = ConfigDict(extra="forbid")

    num_samples: int = Field(default=100, ge=1, le=1000)
    output_types: list[Literal["mean", "quantiles", "samples"]] = Field(default=["mean", "quantiles"], min_length=1)
    quantiles: list[str] = Field(default=["0.1", "0.5", "0.9"], min_length=1, max_length=99)

    @field_validator("quantiles")
    @classmethod
    def _levels(cls, texts: list[str]) -> list[str]:
        for text in texts:
            try:
                level = float(text)
            except ValueError:
                level = math.nan
            if not 0 < level < 1:
                raise ValueError(f"{text!r} is not a number between 0 and 1, such as '0.5'")
        return texts


class Question(BaseModel):
    """A request."""

    model_config = ConfigDict(extra="forbid")

    instances: list[Instance] = Field(min_length=1, max_length=MOST_INSTANCES)
    configuration: Configuration = Configuration()


@dataclass(frozen=True)
class ServedModel:
    """A model behind the endpoint, with what its instances must look like.

    Attributes:
        model: The fitted model.
        interval_minutes: Length of an interval.
        horizon_intervals: How many it forecasts.
        categories: For each `cat`, in order, its name and the texts that its numbers stand for.
        dynamic_features: How many dynamic features an instance gives; the first is a temperature.
        time_zone: Of the meters' days.
        country: Whose holidays count.
    """

    model: FittedModel
    interval_minutes: int
    horizon_intervals: int
    categories: dict[str, list[str]] = field(default_factory=dict)
    dynamic_features: int = 0
    time_zone: str = "UTC"
    country: str = ""


def parse_question(body: bytes) -> Question:
    """Read a request.

    Raises:
        BadRequest: If it is no JSON, or a member is missing, unknown or malformed.
    """
    try:
        return _question_of(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}. Send an object with 'instances'.") from error


def parse_lines(body: bytes, configuration: bytes) -> Question:
    """Read a batch transform's request: an instance a line.

    Args:
        body: The lines.
        configuration: What the answers hold, as JSON.

    Raises:
        BadRequest: If a line or the configuration is no JSON, or a member is missing, unknown or malformed.
    """
    instances = []
    for number, line in enumerate(body.splitlines(), start=1):
        try:
            instances += [orjson.loads(line)] if line.strip() else []
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"Line {number} is not JSON: {error}. Send an instance a line.") from error
    try:
        return _question_of({"instances": instances, "configuration": orjson.loads(configuration)})
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"DEEPAR_INFERENCE_CONFIG is not JSON: {error}.") from error


def _question_of(read: Any) -> Question:
    try:
        return Question.model_validate(read, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        raise BadRequest(f"{place}: {first['msg']}; found {str(first['input'])[:100]!r}.") from error


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
    asked = question.configuration
    levels = sorted({float(text) for text in asked.quantiles} | {0.5})
    if "samples" in asked.output_types:
        levels = sorted({*levels, *_SAMPLING_LEVELS})
    predictions: list[dict[str, Any]] = [{} for _ in question.instances]
    for places in _ending_together(served, question.instances, starts):
        panel = _panel_of(served, [question.instances[place] for place in places], [starts[place] for place in places])
        forecast = served.model.predict(panel, served.horizon_intervals, tuple(levels))
        for row, place in enumerate(places):
            predictions[place] = _prediction(forecast, row, asked, seed=place)
    return orjson.dumps({"predictions": predictions})


def start_of(instance: Instance, interval_minutes: int, place: str) -> dt.datetime:
    """Return an instance's start in UTC, taken back to the interval in which it lies, as SageMaker takes it.

    Raises:
        BadRequest: If it is no time of these centuries; the text names the place.
    """
    try:
        start = dt.datetime.fromisoformat(instance.start.strip())
    except ValueError as error:
        raise BadRequest(
            f"{place}.start: {instance.start[:100]!r} is no time; send one such as '2013-01-02 00:00:00'."
        ) from error
    start = start.replace(tzinfo=dt.UTC) if start.tzinfo is None else start.astimezone(dt.UTC)
    if not _FIRST_YEAR <= start.year < _LAST_YEAR:
        raise BadRequest(f"{place}.start: {instance.start[:100]!r} lies outside the years 1900 to 2200.")
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return start - (start - midnight) % dt.timedelta(minutes=interval_minutes)


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


def _ending_together(served: ServedModel, instances: list[Instance], starts: list[dt.datetime]) -> list[list[int]]:
    """Return the places of instances that can be asked as one panel: same end, and the same weather."""
    step = dt.timedelta(minutes=served.interval_minutes)
    together: dict[tuple[Any, ...], list[int]] = {}
    for place, (instance, start) in enumerate(zip(instances, starts, strict=True)):
        weather = tuple(map(tuple, instance.dynamic_feat))
        key = (start + len(instance.target) * step, weather, len(instance.target) if weather else 0)
        together.setdefault(key, []).append(place)
    return list(together.values())


def _panel_of(served: ServedModel, instances: list[Instance], starts: list[dt.datetime]) -> Panel:
    intervals = max(1, *(len(instance.target) for instance in instances))
    energy = np.full((len(instances), intervals), np.nan, dtype=np.float32)
    for row, instance in enumerate(instances):
        if instance.target:
            energy[row, intervals - len(instance.target) :] = numbers_of(instance.target)
    step = dt.timedelta(minutes=served.interval_minutes)
    end = starts[0] + len(instances[0].target) * step
    groups = {
        name: tuple(texts[instance.categories[number]] if instance.categories else "" for instance in instances)
        for number, (name, texts) in enumerate(served.categories.items())
    }
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


def numbers_of(values: list[Any]) -> NDArray[np.float32]:
    """Return a target or a feature as numbers, NaN where it is missing."""
    numbers = np.array([math.nan if value in (None, "NaN") else value for value in values], dtype=np.float32)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


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


def served_from(trained_on: dict[str, Any], model: FittedModel, interval_minutes: int, horizon: int) -> ServedModel:
    """Return a model of the lake as the endpoint serves it.

    Raises:
        BadParameter: If the model was registered without what the endpoint needs.
    """
    if "categories" not in trained_on:
        raise BadParameter("model", "no categories", "a model that 'meterlake train' registered", "household")
    return ServedModel(
        model,
        interval_minutes,
        horizon,
        trained_on["categories"],
        int(trained_on.get("dynamic_features", 0)),
        trained_on.get("time_zone", "UTC"),
        trained_on.get("country", ""),
    )
