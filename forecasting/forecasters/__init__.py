"""Every forecaster, one module each, found by its name; a module ends with `FORECASTER = ...`."""

from __future__ import annotations

from meterlake.forecasting.forecaster import Forecaster
from meterlake.lake.plug_ins.registry import ModuleRegistry

FORECASTERS = ModuleRegistry[Forecaster](__name__, "FORECASTER", parameter="forecaster", example="seasonal_naive")
