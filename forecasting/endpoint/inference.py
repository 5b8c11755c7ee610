"""The inference shell: what SageMaker's PyTorch container calls, in its four steps.

`model_fn` reads /opt/ml/model once; each request then passes `input_fn`, `predict_fn` and `output_fn`. `meterlake
endpoint` calls the same four on a laptop. An endpoint is sent JSON; a batch transform sends JSON Lines, an instance a line
and many lines a request, and says what the answers hold in DEEPAR_INFERENCE_CONFIG, as with SageMaker's own DeepAR.
"""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from meterlake.forecasting.endpoint.answers import answer_question
from meterlake.forecasting.endpoint.questions import BadRequest, Question, parse_lines, parse_question
from meterlake.forecasting.endpoint.served_model import ServedModel, read_served

CONTENT_TYPE = "application/json"
LINES = ("application/jsonlines", "application/jsonl")


def model_fn(model_dir: str) -> ServedModel:
    """Read a model that the training shell left."""
    return read_served(Path(model_dir))


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


def _kind(media_type: str) -> str:
    return media_type.split(";")[0].strip().lower()
