"""Readings to DeepAR's JSON Lines on S3: the Glue stages before a training and before a fleet's forecast.

Enters: a plan's address; the lake. Leaves: the channels of a training with the test days' questions, or the questions of
each batch; and notes of what each line is, which no container reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from meterlake.forecasting.code_version import code_hash
from meterlake.forecasting.endpoint.series_lines import series_lines
from meterlake.forecasting.evaluation.origins import backtest_origins
from meterlake.forecasting.forecaster import history_flags
from meterlake.forecasting.panels.categories import Categories, categories_of
from meterlake.forecasting.panels.known_weather import daily_temperatures, known_temperatures
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader
from meterlake.forecasting.sagemaker.channels import CHANNEL_FACTS, write_lines
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.errors import BadParameter
from meterlake.lake.port import Lake
from meterlake.lake.tables import READINGS

Temperatures = Callable[[Panel, int, dt.datetime], Floats | None]


def prepare_training(plan_location: str) -> dict[str, Any]:
    """Write the channels train and test, and what is asked of a candidate: each meter, from each moment of the test days.

    Raises:
        BadParameter: If there is too little history, or no reading in the range.
    """
    files, lake = RunFiles(), open_lake()
    plan = files.read_json(plan_location)
    loader = _loader(lake, plan)
    panel, temperatures = _load(loader, plan, _moment(plan["start"]) or loader.first_start())
    if not np.isfinite(panel.energy_kwh).any():
        raise BadParameter("Data_start", plan["start"], "a range in which the meters have readings", "2013-01-01")
    horizon = plan["forecast_days"] * panel.intervals_a_day
    train_end, origins = backtest_origins(panel, horizon, plan["test_days"], plan["origins"])
    categories = categories_of(panel)
    learned = panel.between(0, train_end)
    write_lines(files.write, plan["train"], _training_lines(learned, categories, temperatures), ".json")
    write_lines(files.write, plan["test"], _training_lines(panel, categories, temperatures), ".json")
    if not plan["is_built_in"]:
        facts = {"categories": categories, "time_zone": panel.time_zone, "country": panel.country}
        files.write_json(plan["train"] + CHANNEL_FACTS, facts)
    asked = [(plan["requests"], horizon, categories, temperatures)]
    if plan["has_service"]:
        service = plan["service"]
        with_weather = temperatures if service["dynamic_features"] else _no_temperatures
        asked.append((service["requests"], service["horizon_intervals"], service["categories"], with_weather))
    for prefix, ahead, known, weather in asked:
        histories = (panel.between(0, origin) for origin in origins)
        lines = (line for history in histories for line in _questions(history, plan, ahead, known, weather))
        write_lines(files.write, prefix, lines, ".jsonl")
    notes = _notes(panel, plan, horizon, categories, lake) | {"train_end": train_end, "origins": list(origins)}
    notes["dynamic_features"] = int(temperatures(learned, 0, learned.end) is not None)
    files.write_json(plan["notes"], notes)
    return {
        "meters": len(panel.meter_ids),
        "intervals": panel.intervals,
        "questions": len(origins) * len(panel.meter_ids),
    }


def prepare_forecast(plan_location: str) -> dict[str, Any]:
    """Write what is asked of the model in service, a folder a batch, and the list of batches that have meters.

    Raises:
        BadParameter: If no meter is at the chosen places, or none has a reading.
    """
    files, lake = RunFiles(), open_lake()
    plan = files.read_json(plan_location)
    loader = _loader(lake, plan)
    panel, temperatures = _load(loader, plan, _moment(plan["start"]))
    weather = temperatures if plan["dynamic_features"] else _no_temperatures
    batches = []
    for number, first in enumerate(range(0, len(panel.meter_ids), plan["batch_size"]), start=1):
        places = np.arange(first, min(first + plan["batch_size"], len(panel.meter_ids)))
        some = panel.of_meters(places)
        folder, name = plan["files"], f"batch-{number:05d}"
        batch = {
            "job": f"{plan['job_name']}-{number:05d}",
            "requests": f"{folder}/requests/{name}/",
            "forecasts": f"{folder}/forecasts/{name}",
        }
        lines = _questions(some, plan, plan["horizon_intervals"], plan["categories"], weather)
        write_lines(files.write, batch["requests"], lines, ".jsonl")
        flags = history_flags(some.energy_kwh, some.intervals_a_day)
        notes = {"meter_ids": some.meter_ids, "flags": flags, "issued_at": some.end.isoformat()}
        files.write_json(f"{folder}/notes/{name}.json", notes)
        batches.append(batch)
    files.write_json(plan["batches_location"], batches)
    return {"meters": len(panel.meter_ids), "batches": len(batches), "issued_at": panel.end.isoformat()}


def _loader(lake: Lake, plan: dict[str, Any]) -> PanelLoader:
    return PanelLoader(lake, MeterChoice(plan["first_place"], plan["last_place"]), country=plan["country"])


def _load(loader: PanelLoader, plan: dict[str, Any], start: dt.datetime | None) -> tuple[Panel, Temperatures]:
    """Return the plan's meters, and what says their weather; without a start, as far back as models look."""
    end = _moment(plan["end"]) or loader.newest_end(plan["interval_minutes"])
    first = start or end - dt.timedelta(days=plan["history_days"])
    panel = loader.load(first, end, plan["interval_minutes"])
    daily = daily_temperatures(loader.lake, panel.start, panel.end) if plan["with_weather"] else {}

    def temperatures(some: Panel, beyond: int, issued_at: dt.datetime) -> Floats | None:
        return known_temperatures(daily, some.start, some.intervals + beyond, some.interval_minutes, issued_at)

    return panel, temperatures


def _training_lines(panel: Panel, categories: Categories, temperatures: Temperatures) -> Iterator[bytes]:
    return series_lines(panel, categories, temperatures(panel, 0, panel.end))


def _questions(
    history: Panel, plan: dict[str, Any], horizon: int, categories: Categories, temperatures: Temperatures
) -> Iterator[bytes]:
    """Yield a line a meter that asks for what follows a history, which is cut to what models look at."""
    first = max(history.intervals - plan["history_days"] * history.intervals_a_day, 0)
    seen = history.between(first, history.intervals)
    return series_lines(seen, categories, temperatures(seen, horizon, seen.end))


def _notes(panel: Panel, plan: dict[str, Any], horizon: int, categories: Categories, lake: Lake) -> dict[str, Any]:
    return {
        "meter_ids": panel.meter_ids,
        "start": panel.start.isoformat(),
        "end": panel.end.isoformat(),
        "horizon_intervals": horizon,
        "categories": categories,
        "time_zone": panel.time_zone,
        "country": panel.country,
        "readings_version": lake.version_of(READINGS.name),
        "code_hash": code_hash(),
    }


def _no_temperatures(some: Panel, beyond: int, issued_at: dt.datetime) -> None:
    return None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
