"""The training shell: JSON Lines of series in, a model that the inference shell serves out.

    python -m meterlake.forecasting.sagemaker.training

SageMaker lays out /opt/ml: input/data/train holds files of one series a line, as its own DeepAR takes them
({"start", "target", "cat"?, "dynamic_feat"?}), input/config/hyperparameters.json holds texts. DeepAR's own names of
hyperparameters are understood. SM_CHANNEL_TRAIN and SM_MODEL_DIR say other places, as in SageMaker's toolkit. Beside the
series may lie panel.json: the meters' time zone and country, and the texts that categories stand for. The model is left
with the code that serves it, where SageMaker's inference toolkit looks for it.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import meterlake
from meterlake.forecasting.endpoint.questions import Instance, numbers_of, start_of
from meterlake.forecasting.endpoint.served_model import ServedModel, write_card
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.registry import forecaster_named, parameters_of
from meterlake.forecasting.sagemaker.channels import CHANNEL_FACTS
from meterlake.lake.errors import BadParameter, UnreadableFile

_MINUTES = {"30min": 30, "30T": 30, "H": 60, "1H": 60, "h": 60, "1h": 60, "60min": 60}
CODE_FOLDER = "code"
# DeepAR's published names of hyperparameters, and the forecaster's.
_NAMES = {
    "early_stopping_patience": "early_stopping_epochs",
    "mini_batch_size": "batch_size",
    "num_cells": "hidden_size",
    "num_layers": "layers",
    "dropout_rate": "dropout",
}


def main() -> None:
    """Train as SageMaker asks."""
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    channel = Path(os.environ.get("SM_CHANNEL_TRAIN", base / "input" / "data" / "train"))
    model_dir = Path(os.environ.get("SM_MODEL_DIR", base / "model"))
    config = base / "input" / "config" / "hyperparameters.json"
    given = json.loads(config.read_text()) if config.exists() else {}
    given |= _arguments(sys.argv[1:])
    train(channel, model_dir, {str(name): str(value) for name, value in given.items()})
    leave_code(model_dir / CODE_FOLDER)


def train(channel: Path, model_dir: Path, hyperparameters: dict[str, str]) -> None:
    """Fit a forecaster on a channel's series and save it for the inference shell.

    Args:
        channel: A folder of .json, .jsonl or .json.gz files.
        model_dir: Where the model goes.
        hyperparameters: Texts; time_freq, prediction_length, forecaster, preset, time_zone, country, and the
            forecaster's own parameters, under its names or DeepAR's.

    Raises:
        BadParameter: If one of them cannot be used.
        UnreadableFile: If a series cannot be read.
    """
    known = {name: _plain(text) for name, text in hyperparameters.items() if not name.startswith("sagemaker_")}
    frequency = str(known.pop("time_freq", "H"))
    if frequency not in _MINUTES:
        raise BadParameter("time_freq", frequency, f"one of {', '.join(_MINUTES)}", "H")
    horizon = int(known.pop("prediction_length", 7 * 1440 // _MINUTES[frequency]))
    forecaster = forecaster_named(str(known.pop("forecaster", "deepar")))
    facts_file = channel / CHANNEL_FACTS
    facts = json.loads(facts_file.read_text()) if facts_file.exists() else {}
    preset, zone, country = (str(known.pop(name, facts.get(name, default))) for name, default in _TEXTS)
    own = {_NAMES.get(name, name): value for name, value in known.items()}
    if "context_length" in own:  # which counts intervals
        own["context_hours"] = int(own.pop("context_length")) * _MINUTES[frequency] // 60
    parameters = parameters_of(
        forecaster, {name: own[name] for name in own if name in forecaster.parameters_type.model_fields}, preset
    )
    for name in sorted(set(own) - set(forecaster.parameters_type.model_fields)):
        sys.stderr.write(f"hyperparameter {name} is not one of {forecaster.name}'s and is left out\n")
    panel, categories, features = read_channel(channel, _MINUTES[frequency], zone, country, facts.get("categories"))
    model = forecaster.fit(panel, horizon, parameters, _say)
    model_dir.mkdir(parents=True, exist_ok=True)
    model.save(model_dir)
    served = ServedModel(model, panel.interval_minutes, horizon, categories, features, zone, country)
    write_card(model_dir, forecaster.name, served)


_TEXTS = (("preset", ""), ("time_zone", "UTC"), ("country", ""))


def leave_code(folder: Path) -> None:
    """Copy the code that runs here, and the libraries it names, to where a model's own code lies; then its entry point."""
    package = Path(meterlake.__file__).parent
    for room in ("forecasting", "lake"):
        left_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package / room, folder / package.name / room, ignore=left_out, dirs_exist_ok=True)
    shutil.copy(package / "__init__.py", folder / package.name)
    requirements = package.parent / "requirements.txt"
    if requirements.exists():
        shutil.copy(requirements, folder)
    (folder / "inference.py").write_text(_ENTRY_POINT)


_ENTRY_POINT = '''"""What SageMaker's inference toolkit calls."""

from meterlake.forecasting.endpoint.inference import input_fn, model_fn, output_fn, predict_fn

__all__ = ["input_fn", "model_fn", "output_fn", "predict_fn"]
'''


def read_channel(
    channel: Path,
    interval_minutes: int,
    time_zone: str,
    country: str,
    known_categories: dict[str, list[str]] | None = None,
) -> tuple[Panel, dict[str, list[str]], int]:
    """Read a channel's series onto one grid.

    Args:
        channel: A folder of files.
        interval_minutes: Length of an interval.
        time_zone: Of the meters' days.
        country: Whose holidays count.
        known_categories: For each `cat`, in order, its name and the texts that its numbers stand for; without, the
            numbers are their own texts.

    Returns:
        The panel, the categories' names and texts, and how many dynamic features a series has.
    """
    series = list(_series(channel))
    if not series:
        raise UnreadableFile(channel, "no series in it", "Put files of one JSON object a line there.")
    step = dt.timedelta(minutes=interval_minutes)
    starts = [start_of(one, interval_minutes, f"series {number}") for number, one in enumerate(series, 1)]
    first = min(starts)
    ends = [(start - first) // step + len(one.target) for start, one in zip(starts, series, strict=True)]
    energy = np.full((len(series), max(ends)), np.nan, dtype=np.float32)
    for row, (start, one) in enumerate(zip(starts, series, strict=True)):
        at = (start - first) // step
        energy[row, at : at + len(one.target)] = numbers_of(one.target)
    groups, categories = _groups_of(series, known_categories)
    # The features of the longest series: weather is one for all meters of a channel.
    longest = max(series, key=lambda one: len(one.dynamic_feat[0]) if one.dynamic_feat else 0)
    temperature = None
    if longest.dynamic_feat:
        at = (starts[series.index(longest)] - first) // step
        known = numbers_of(longest.dynamic_feat[0])
        temperature = np.full(max(max(ends), at + len(known)), np.nan, dtype=np.float32)
        temperature[at : at + len(known)] = known
    ids = tuple(str(row) for row in range(len(series)))
    panel = Panel(ids, first, interval_minutes, energy, time_zone, country, groups, temperature)
    return panel, categories, len(longest.dynamic_feat)


def _groups_of(
    series: list[Instance], known: dict[str, list[str]] | None
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[str]]]:
    """Return for each category the series' texts, and the texts that its numbers stand for."""
    if known is None:
        count = max(len(one.categories) for one in series)
        largest = [max(one.categories[at] for one in series if at < len(one.categories)) for at in range(count)]
        known = {f"cat{at}": [str(value) for value in range(most + 1)] for at, most in enumerate(largest)}
    groups = {
        name: tuple(texts[one.categories[at]] if at < len(one.categories) else "" for one in series)
        for at, (name, texts) in enumerate(known.items())
    }
    return groups, known


def _series(channel: Path) -> Iterator[Instance]:
    for path in sorted(channel.rglob("*")):
        if not path.is_file() or path.name == CHANNEL_FACTS:
            continue
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    yield Instance.model_validate_json(line)
                except ValueError as error:
                    raise UnreadableFile(
                        path, f"line {number} is no series: {str(error)[:200]}", 'Write {"start": …, "target": […]}.'
                    ) from error


def _plain(text: str) -> Any:
    """Return a hyperparameter as the value that its text writes; SageMaker hands over texts, some of them quoted."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _arguments(words: list[str]) -> dict[str, str]:
    """Return `--name value` pairs, as SageMaker's toolkit gives hyperparameters."""
    return {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=False)}


def _say(stage: str, done: float) -> None:
    sys.stderr.write(f"{stage}: {done:.0%}\n")


if __name__ == "__main__":
    main()
