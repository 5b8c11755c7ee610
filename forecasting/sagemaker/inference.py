"""The inference shell: what SageMaker's PyTorch container calls, in its four steps.

`model_fn` reads /opt/ml/model once; each request then passes `input_fn`, `predict_fn` and `output_fn`. `meterlake
endpoint` calls the same four on a laptop. An endpoint is sent JSON; a batch transform sends JSON Lines, an instance a line
and many lines a request, and says what the answers hold in DEEPAR_INFERENCE_CONFIG, as with SageMaker's own DeepAR.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import orjson

from meterlake.forecasting.registry import forecaster_named
from meterlake.forecasting.serving.deepar_json import (
    BadRequest,
    Question,
    ServedModel,
    answer_question,
    parse_lines,
    parse_question,
)

CONTENT_TYPE = "application/json"
LINES = ("application/jsonlines", "application/jsonl")
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
    body = request_body.encode() if isinstance(request_body, str) else request_body
    if _kind(content_type) in LINES:
        return parse_lines(body, os.environ.get("DEEPAR_INFERENCE_CONFIG", "{}").encode())
    if _kind(content_type) != CONTENT_TYPE:
        raise BadRequest(f"The content type is {content_type[:100]!r}; send {CONTENT_TYPE} or {LINES[0]}.")
    return parse_question(body)


def predict_fn(question: Question, served: ServedModel) -> bytes:
    """Forecast."""
    return answer_question(served, question)


def output_fn(prediction: bytes, accept: str = CONTENT_TYPE) -> tuple[bytes, str]:
    """Return the answer and its content type: a prediction a line where lines are wanted, else one JSON document."""
    if _kind(accept) in LINES:
        predictions = orjson.loads(prediction)["predictions"]
        return b"".join(orjson.dumps(one) + b"\n" for one in predictions), LINES[0]
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


def _kind(media_type: str) -> str:
    return media_type.split(";")[0].strip().lower()
