"""The training shell: JSON Lines of series in, a model that the inference shell serves out.

    python -m meterlake.forecasting.sagemaker.training

SageMaker lays out /opt/ml: input/data/train holds files of one series a line, as its own DeepAR takes them
({"start", "target", "cat"?, "dynamic_feat"?}), input/config/hyperparameters.json holds texts. DeepAR's own names of
hyperparameters are understood. SM_CHANNEL_TRAIN and SM_MODEL_DIR say other places, as in SageMaker's toolkit. Beside the
series may lie panel.json: the meters' time zone and country, and the texts that categories stand for. The model is left
with the code that serves it, where SageMaker's inference toolkit looks for it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import meterlake
from meterlake.forecasting.endpoint.served_model import ServedModel, write_card
from meterlake.forecasting.forecaster import Forecaster
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.sagemaker.channel_reading import read_channel, read_facts
from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.given_parameters import value_of

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
    # SageMaker hands over texts, some of them quoted.
    known = {name: value_of(text) for name, text in hyperparameters.items() if not name.startswith("sagemaker_")}
    minutes = _minutes_of(str(known.pop("time_freq", "H")))
    horizon = int(known.pop("prediction_length", 7 * 1440 // minutes))
    texts: dict[str, Any] = {name: str(known.pop(name)) for name in ("time_zone", "country") if name in known}
    facts = read_facts(channel).model_copy(update=texts)
    forecaster = _forecaster_of(known, minutes)
    panel, categories, features = read_channel(channel, minutes, facts)
    model = forecaster.fit(panel, horizon, _say)
    model_dir.mkdir(parents=True, exist_ok=True)
    model.save(model_dir)
    served = ServedModel(model, minutes, horizon, categories, features, facts.time_zone, facts.country)
    write_card(model_dir, forecaster.name, served)


def _minutes_of(frequency: str) -> int:
    if frequency not in _MINUTES:
        raise BadParameter("time_freq", frequency, f"one of {', '.join(_MINUTES)}", "H")
    return _MINUTES[frequency]


def _forecaster_of(known: dict[str, Any], interval_minutes: int) -> Forecaster:
    """Return the forecaster that is named, with those of the other hyperparameters that it knows."""
    forecaster = FORECASTERS.named(str(known.get("forecaster", "deepar")))
    own = {_NAMES.get(name, name): value for name, value in known.items() if name not in ("forecaster", "preset")}
    if "context_length" in own:  # which counts intervals
        own["context_hours"] = int(own.pop("context_length")) * interval_minutes // 60
    fields = forecaster.parameters_type.model_fields
    for name in sorted(set(own) - set(fields)):
        sys.stderr.write(f"hyperparameter {name} is not one of {forecaster.name}'s and is left out\n")
    return forecaster.with_parameters({name: own[name] for name in own if name in fields}, str(known.get("preset", "")))


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


def _arguments(words: list[str]) -> dict[str, str]:
    """Return `--name value` pairs, as SageMaker's toolkit gives hyperparameters."""
    return {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=False)}


def _say(stage: str, done: float) -> None:
    sys.stderr.write(f"{stage}: {done:.0%}\n")


if __name__ == "__main__":
    main()
