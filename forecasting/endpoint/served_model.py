"""A model as it stands behind an endpoint: with what a request to it must look like.

Enters: a fitted model with what is known of it, or a folder that one was saved in. Leaves: a ServedModel, or the card
beside the saved model that says the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path

from meterlake.forecasting.forecaster import FittedModel
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.lake.errors import BadParameter

_CARD = "model_card.json"


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


def served_from(record: ModelRecord, model: FittedModel) -> ServedModel:
    """Return a model of the lake as the endpoint serves it.

    Raises:
        BadParameter: If the model was registered without what the endpoint needs.
    """
    trained_on = record.trained_on
    if "categories" not in trained_on:
        raise BadParameter("model", "no categories", "a model that 'meterlake train' registered", "household")
    return ServedModel(
        model,
        record.interval_minutes,
        record.horizon_intervals,
        trained_on["categories"],
        int(trained_on.get("dynamic_features", 0)),
        trained_on.get("time_zone", "UTC"),
        trained_on.get("country", ""),
    )


def write_card(folder: Path, forecaster: str, served: ServedModel) -> None:
    """Write beside a saved model what `read_served` needs to serve it."""
    facts = {one.name: getattr(served, one.name) for one in fields(served) if one.name != "model"}
    (folder / _CARD).write_text(json.dumps({"forecaster": forecaster, **facts}, indent=1))


def read_served(folder: Path) -> ServedModel:
    """Read a saved model with its card."""
    card = json.loads((folder / _CARD).read_text())
    return ServedModel(FORECASTERS.named(card.pop("forecaster")).load(folder), **card)
