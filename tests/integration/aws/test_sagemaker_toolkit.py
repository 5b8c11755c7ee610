"""Training as SageMaker starts it: its own toolkit, `train`, over the archive that deploy uploads; then serving what it left.

The toolkit is the one in AWS's PyTorch images. It unpacks the code, installs its requirements (which are met here), and runs
the training shell; a fresh process then loads the model's own code folder alone, as the inference toolkit does.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.parts.anomaly_readings import REAL_READINGS
from benchmarks.parts.forecast_readings import hourly, read_panel
from cloudformation.artefacts import source_archive
from meterlake.forecasting.endpoint.series_lines import series_lines
from meterlake.forecasting.panels.categories import categories_of
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.panels.panel_loading import PanelLoader
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.landing import take_in
from tests.sagemaker_fleet import write_fleet

TOOLKIT = Path(__file__).resolve().parents[3] / "build" / "sagemaker"
ASK = """
import sys
from inference import input_fn, model_fn, output_fn, predict_fn
served = model_fn(sys.argv[1])
for kind in ("application/json", "application/jsonlines"):
    body = open(sys.argv[2] + "/" + kind.rsplit("/", 1)[1], "rb").read()
    answer, media_type = output_fn(predict_fn(input_fn(body, kind), served), kind)
    sys.stdout.buffer.write(answer.strip() + b"\\n")
import meterlake.forecasting
assert meterlake.forecasting.__file__.startswith(sys.argv[1]), meterlake.forecasting.__file__
"""

pytestmark = pytest.mark.skipif(
    not TOOLKIT.exists() and "CI" not in os.environ, reason="SageMaker's toolkit is missing: make toolkit"
)


def run_toolkit(base: Path, panel: Panel, **hyperparameters: str) -> subprocess.CompletedProcess[str]:
    """Lay out a container's folders and run the toolkit's `train`."""
    for folder in ("input/data/train", "input/config", "model", "code", "output"):
        (base / folder).mkdir(parents=True)
    lines = series_lines(panel, categories_of(panel))
    (base / "input/data/train/part-00001.json").write_bytes(b"\n".join(lines) + b"\n")
    archive = base / "source.tar.gz"
    archive.write_bytes(source_archive())
    told = {
        "sagemaker_program": "meterlake/forecasting/sagemaker/training.py",
        "sagemaker_submit_directory": str(archive),
    }
    resources = {"current_host": "localhost", "hosts": ["localhost"], "network_interface_name": "lo"}
    resources |= {"current_instance_type": "local", "current_group_name": "one", "instance_groups": []}
    channel = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"}
    for name, content in (
        ("hyperparameters", {**hyperparameters, **told}),
        ("resourceconfig", resources),
        ("inputdataconfig", {"train": channel}),
    ):
        (base / f"input/config/{name}.json").write_text(json.dumps(content))
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(base), "PYTHONPATH": str(TOOLKIT)}
    command = [sys.executable, "-m", "sagemaker_training.cli.train"]
    return subprocess.run(command, env=environment, cwd=base, capture_output=True, text=True, check=False)


def ask_model(base: Path, panel: Panel) -> list[dict[str, Any]]:
    """Serve the model from its own code folder in a fresh process; return the answers to JSON and to JSON Lines."""
    instances = list(series_lines(panel, categories_of(panel)))
    wanted = {"output_types": ["quantiles"], "quantiles": ["0.1", "0.5", "0.9"]}
    questions = base / "questions"
    questions.mkdir()
    (questions / "json").write_bytes(
        b'{"instances":[' + b",".join(instances) + b'],"configuration":' + json.dumps(wanted).encode() + b"}"
    )
    (questions / "jsonlines").write_bytes(b"\n".join(instances))
    environment = {**os.environ, "PYTHONPATH": "", "DEEPAR_INFERENCE_CONFIG": json.dumps(wanted)}
    command = [sys.executable, "-P", "-c", "import sys; sys.path.insert(0, sys.argv[1] + '/code')\n" + ASK]
    command += [str(base / "model"), str(questions)]
    done = subprocess.run(command, env=environment, cwd=base, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(base: Path, panel: Panel) -> None:
    done = run_toolkit(
        base, panel, time_freq="H", prediction_length="24", epochs="1", batches_an_epoch="4", samples="20"
    )
    assert done.returncode == 0 and "Reporting training SUCCESS" in done.stderr, done.stderr[-3000:]

    document, *lines = ask_model(base, panel)

    assert lines == document["predictions"]
    assert len(lines) == len(panel.meter_ids)
    for one in lines:
        low, middle, high = (one["quantiles"][level] for level in ("0.1", "0.5", "0.9"))
        assert len(middle) == 24
        assert all(0 <= a <= b <= c for a, b, c in zip(low, middle, high, strict=True))


def test_the_toolkit_trains_on_a_lakes_readings_and_the_model_serves_itself(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", *write_fleet(tmp_path))
    loader = PanelLoader(DuckDBLake(LakeSettings(lake=str(tmp_path / "lake"), threads=1)))

    check(tmp_path / "ml", loader.load(loader.first_start(), loader.newest_end(60), 60))


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.skipif(not REAL_READINGS.exists(), reason="../shared/data is missing")
def test_the_toolkit_trains_on_homes_of_london(tmp_path: Path) -> None:
    panel = hourly(read_panel(REAL_READINGS, 20, "Europe/London", "GB"))

    check(tmp_path / "ml", panel.between(panel.intervals - 60 * 24, panel.intervals))


def test_a_hyperparameter_out_of_range_fails_the_training_with_its_reason(tmp_path: Path) -> None:
    energy = np.ones((2, 60 * 24), np.float32)
    panel = Panel(("M1", "M2"), dt.datetime(2013, 1, 1, tzinfo=dt.UTC), 60, energy)

    done = run_toolkit(tmp_path / "ml", panel, time_freq="H", prediction_length="24", epochs="0")

    assert done.returncode != 0
    # What SageMaker shows as the job's FailureReason.
    assert "ExecuteUserScriptError" in (tmp_path / "ml/output/failure").read_text()
    assert "epochs: expected a parameter of deepar" in done.stderr
