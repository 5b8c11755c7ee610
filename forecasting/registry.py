"""Every forecaster by name: the modules of forecasting/forecasters are looked through."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import ValidationError

from meterlake.forecasting import forecasters
from meterlake.forecasting.forecaster import Forecaster, ForecasterParameters
from meterlake.lake.errors import BadParameter


@cache
def _module_names() -> tuple[str, ...]:
    return tuple(sorted(found.name for found in iter_modules(forecasters.__path__)))


def all_forecasters() -> dict[str, Forecaster]:
    """Return every forecaster by name, in the order of their names."""
    return {name: forecaster_named(name) for name in _module_names()}


def forecaster_named(name: str) -> Forecaster:
    """Return the forecaster of this name, which is its module's; the others are not imported.

    Raises:
        BadParameter: If there is none.
    """
    if name not in _module_names():
        raise BadParameter("forecaster", name, f"one of {', '.join(_module_names())}", "seasonal_naive")
    forecaster: Forecaster = import_module(f"meterlake.forecasting.forecasters.{name}").FORECASTER
    return forecaster


def parameters_of(forecaster: Forecaster, given: dict[str, Any], preset: str = "") -> ForecasterParameters:
    """Return a forecaster's parameters: the defaults, then a preset's, then those given.

    Raises:
        BadParameter: If the preset, a name or a value is not one of the forecaster's.
    """
    if preset and preset not in forecaster.presets:
        raise BadParameter("preset", preset, f"one of {', '.join(forecaster.presets) or 'none'}", "no preset")
    try:
        return forecaster.parameters_type(**{**forecaster.presets.get(preset, {}), **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(forecaster.parameters_type.model_fields)
        raise BadParameter(
            name, given.get(name), f"a parameter of {forecaster.name} ({known}): {first['msg']}", "its default"
        ) from error
