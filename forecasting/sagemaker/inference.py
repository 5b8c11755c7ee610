"""The inference shell: what SageMaker's PyTorch container calls, in its four steps.

`model_fn` reads /opt/ml/model once; each request then passes `input_fn`, `predict_fn` and `output_fn`. `meterlake
endpoint` calls the same four on a laptop.
"""

from __future__ import annotations

import json
from pathlib import Path

from forecasting.deepar_json import BadRequest, Question, ServedModel, answer_question, parse_question
from forecasting.registry import forecaster_named

CONTENT_TYPE = "application/json"
CARD = "model_card.json"


def model_fn(model_dir: str) -> ServedModel:
    """Read a model that the training shell, or `write_card` beside a model of the lake, left."""
    folder = Path(model_dir)
    card = json.loads((folder / CARD).read_text())
    return ServedModel(
        forecaster_named(card["forecaster"]).load(folder),
        card["interval_minutes"],
        card["horizon_intervals"],
        card["categories"],
        card["dynamic_features"],
        card["time_zone"],
        card["country"],
    )


def input_fn(request_body: bytes | str, content_type: str = CONTENT_TYPE) -> Question:
    """Read a request.

    Raises:
        BadRequest: If it is not JSON, or not as DeepAR's requests are.
    """
    if content_type.split(";")[0].strip().lower() != CONTENT_TYPE:
        raise BadRequest(f"The content type is {content_type[:100]!r}; send {CONTENT_TYPE}.")
    return parse_question(request_body.encode() if isinstance(request_body, str) else request_body)


def predict_fn(question: Question, served: ServedModel) -> bytes:
    """Forecast."""
    return answer_question(served, question)


def output_fn(prediction: bytes, accept: str = CONTENT_TYPE) -> tuple[bytes, str]:
    """Return the answer and its content type, which is always JSON."""
    return prediction, CONTENT_TYPE


def write_card(folder: Path, forecaster: str, served: ServedModel) -> None:
    """Write beside a saved model what `model_fn` needs to serve it."""
    card = {
        "forecaster": forecaster,
        "interval_minutes": served.interval_minutes,
        "horizon_intervals": served.horizon_intervals,
        "categories": served.categories,
        "dynamic_features": served.dynamic_features,
        "time_zone": served.time_zone,
        "country": served.country,
    }
    (folder / CARD).write_text(json.dumps(card, indent=1))
