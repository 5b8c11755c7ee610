"""Readings to DeepAR's JSON Lines on S3: the Glue stages before a training and before a fleet's forecast.

Enters: a plan's address; the lake. Leaves: the channels of a training with the test days' questions, or the questions of
each batch; and notes of what each line is, which no container reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meterlake.forecasting.endpoint.series_lines import series_lines
from meterlake.forecasting.evaluation.origins import backtest_origins
from meterlake.forecasting.forecaster import history_flags
from meterlake.forecasting.models.trained_on import TrainedOn
from meterlake.forecasting.panels.categories import Categories
from meterlake.forecasting.panels.known_weather import daily_temperatures, known_temperatures
from meterlake.forecasting.panels.panel import Floats, Panel
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader
from meterlake.forecasting.sagemaker.channels import CHANNEL_FACTS, ChannelFacts, write_lines
from meterlake.forecasting.sagemaker.forecast_documents import BatchList, BatchNotes, ForecastRunPlan
from meterlake.forecasting.sagemaker.package_record import ServiceModel
from meterlake.forecasting.sagemaker.run_files import RunFiles
from meterlake.forecasting.sagemaker.training_documents import ReadingsChoice, TrainingNotes, TrainingRunPlan
from meterlake.lake.engine_choice import open_lake
from meterlake.lake.errors import BadParameter
from meterlake.lake.port import Lake
from meterlake.lake.tables import READINGS

Temperatures = Callable[[Panel, int, dt.datetime], Floats | None]


@dataclass(frozen=True)
class _Asked:
    """What a model takes: how far it forecasts, which categories it counts, which weather it is told."""

    horizon_intervals: int
    categories: Categories
    temperatures: Temperatures


def prepare_training(plan_location: str) -> dict[str, Any]:
    """Write the channels train and test, and what is asked of a candidate: each meter, from each moment of the test days.

    Raises:
        BadParameter: If there is too little history, or no reading in the range.
    """
    files, lake = RunFiles(), open_lake()
    plan = files.read_document(plan_location, TrainingRunPlan)
    loader = _loader(lake, plan.readings)
    panel, temperatures = _load(loader, plan.readings, plan.readings.start or loader.first_start())
    if not np.isfinite(panel.energy_kwh).any():
        raise BadParameter(
            "Data_start", str(plan.readings.start), "a range in which the meters have readings", "2013-01-01"
        )
    judged = plan.backtest
    horizon = judged.forecast_days * panel.intervals_a_day
    train_end, origins = backtest_origins(panel, horizon, judged.test_days, judged.origins)
    seen = panel.between(0, train_end)
    learned = TrainedOn.of(
        panel,
        test_days=judged.test_days,
        readings_version=lake.version_of(READINGS.name),
        dynamic_features=int(temperatures(seen, 0, seen.end) is not None),
    )
    for prefix, channel in ((plan.train, seen), (plan.test, panel)):
        known = temperatures(channel, 0, channel.end)
        write_lines(files.write, prefix, series_lines(channel, learned.categories, known), ".json")
    if not plan.package.is_built_in:
        facts = ChannelFacts(categories=learned.categories, time_zone=panel.time_zone, country=panel.country)
        files.write_document(plan.train + CHANNEL_FACTS, facts)
    _write_questions(files, plan, panel, origins, _Asked(horizon, learned.categories, temperatures))
    notes = TrainingNotes(
        meter_ids=panel.meter_ids,
        horizon_intervals=horizon,
        train_end=train_end,
        origins=tuple(origins),
        learned=learned,
    )
    files.write_document(plan.notes, notes)
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
    plan = files.read_document(plan_location, ForecastRunPlan)
    panel, temperatures = _load(_loader(lake, plan.readings), plan.readings, plan.readings.start)
    asked = _asked_of(plan.service, temperatures)
    batches = []
    for number, some in enumerate(panel.in_batches(plan.batch_size), start=1):
        batch = plan.batch(number)
        write_lines(files.write, batch.requests, _questions(some, asked, plan.readings.history_days), ".jsonl")
        flags = history_flags(some.energy_kwh, some.intervals_a_day)
        notes = BatchNotes(meter_ids=some.meter_ids, flags=flags, issued_at=some.end)
        files.write_document(plan.notes_of(batch), notes)
        batches.append(batch)
    files.write_document(plan.batches_location, BatchList(batches=tuple(batches)))
    return {"meters": len(panel.meter_ids), "batches": len(batches), "issued_at": panel.end.isoformat()}


def _loader(lake: Lake, readings: ReadingsChoice) -> PanelLoader:
    return PanelLoader(lake, MeterChoice(readings.first_place, readings.last_place), country=readings.country)


def _load(loader: PanelLoader, readings: ReadingsChoice, start: dt.datetime | None) -> tuple[Panel, Temperatures]:
    """Return the chosen meters, and what says their weather; without a start, as far back as models look."""
    end = readings.end or loader.newest_end(readings.interval_minutes)
    first = start or end - dt.timedelta(days=readings.history_days)
    panel = loader.load(first, end, readings.interval_minutes)
    daily = daily_temperatures(loader.lake, panel.start, panel.end) if readings.with_weather else {}

    def temperatures(some: Panel, beyond: int, issued_at: dt.datetime) -> Floats | None:
        return known_temperatures(daily, some.start, some.intervals + beyond, some.interval_minutes, issued_at)

    return panel, temperatures


def _asked_of(service: ServiceModel, temperatures: Temperatures) -> _Asked:
    known = temperatures if service.dynamic_features else _no_temperatures
    return _Asked(service.horizon_intervals, service.categories, known)


def _write_questions(
    files: RunFiles, plan: TrainingRunPlan, panel: Panel, origins: Sequence[int], candidate: _Asked
) -> None:
    """Write what the candidate, and the model in service where there is one, is asked from each moment."""
    asked = [(plan.requests, candidate)]
    if plan.service:
        asked.append((plan.service.requests, _asked_of(plan.service, candidate.temperatures)))
    for prefix, one in asked:
        histories = (panel.between(0, origin) for origin in origins)
        lines = (line for history in histories for line in _questions(history, one, plan.readings.history_days))
        write_lines(files.write, prefix, lines, ".jsonl")


def _questions(history: Panel, asked: _Asked, history_days: int) -> Iterator[bytes]:
    """Yield a line a meter that asks for what follows a history, which is cut to what models look at."""
    seen = history.last(history_days * history.intervals_a_day)
    return series_lines(seen, asked.categories, asked.temperatures(seen, asked.horizon_intervals, seen.end))


def _no_temperatures(some: Panel, beyond: int, issued_at: dt.datetime) -> None:
    return None
