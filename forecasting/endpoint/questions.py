"""What an endpoint is asked: requests in the JSON of SageMaker's own DeepAR, read and checked.

Enters: a request's bytes. Leaves: a Question. "NaN" and null in a target are missing values. Formats: "DeepAR Inference
Formats" in the SageMaker developer guide.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from meterlake.forecasting.panels.categories import Categories
from meterlake.lake.errors import BadInput
from meterlake.lake.plug_ins.expected_words import expected_of

MOST_INSTANCES = 5000
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
        raise BadRequest(f"{place}: expected {expected_of(first)}; found {str(first['input'])[:100]!r}.") from error


def start_of(instance: Instance, interval_minutes: int, place: str) -> dt.datetime:
    """Return an instance's start in UTC, taken back to the interval in which it lies, as SageMaker takes it.

    Raises:
        BadRequest: If it is no time of these centuries; the text names the place.
    """
    try:
        start = dt.datetime.fromisoformat(instance.start.strip())
        start = start.replace(tzinfo=dt.UTC) if start.tzinfo is None else start.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:  # an offset may lead out of the years that there are
        raise BadRequest(
            f"{place}.start: {instance.start[:100]!r} is no time; send one such as '2013-01-02 00:00:00'."
        ) from error
    if not _FIRST_YEAR <= start.year < _LAST_YEAR:
        raise BadRequest(f"{place}.start: {instance.start[:100]!r} lies outside the years 1900 to 2200.")
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return start - (start - midnight) % dt.timedelta(minutes=interval_minutes)


def numbers_of(values: list[Any]) -> NDArray[np.float32]:
    """Return a target or a feature as numbers, NaN where it is missing."""
    numbers = np.array([math.nan if value in (None, "NaN") else value for value in values], dtype=np.float32)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def groups_of(instances: list[Instance], categories: Categories) -> dict[str, tuple[str, ...]]:
    """Return for each category the texts that the instances' numbers stand for; an instance without has none."""
    return {
        name: tuple(texts[one.categories[at]] if at < len(one.categories) else "" for one in instances)
        for at, (name, texts) in enumerate(categories.items())
    }
