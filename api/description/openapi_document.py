"""The OpenAPI description, as it is served and as docs/reference/openapi.json holds it.

Run `python -m meterlake.api.description.openapi_document > docs/reference/openapi.json` after a route has changed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from meterlake.api.description.documents import ProblemBody

API_VERSION = "1"
_FORMATS = {"number": "double", "integer": "int64"}
_LICENCE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
_CONTACT = {"name": "The authors of Meterlake"}
_TAGS = {
    "published": "The routes of the platform that this API follows, as they were published.",
    "meters": "Who the meters are, and what they measure.",
    "readings": "What was measured, interval by interval.",
    "consumption": "What was used by day, month, or any period that is billed, of a meter or of a group.",
    "anomalies": "Days on which a meter behaved oddly.",
    "forecasts": "What a meter will use.",
    "outages": "Where the power was out, and how reliable it is.",
    "quality": "How complete the data are, and what was set aside.",
    "ingests": "Which files were taken in, with their accounts.",
    "health": "Whether the lake can be asked.",
}
_DESCRIPTION = (
    "Readings, consumption and data quality of smart meters. Times are RFC 3339 with offset, ranges are half-open, "
    "missing is null and never zero, errors are application/problem+json."
)


def describe(application: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of an application; it is made once."""
    if application.openapi_schema is None:
        document = get_openapi(
            title="Meterlake",
            version=API_VERSION,
            summary="An open analytics lake for smart meters.",
            description=_DESCRIPTION,
            routes=application.routes,
        )
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["ProblemBody"] = ProblemBody.model_json_schema()
        components["securitySchemes"] = {
            "ApiKey": {
                "type": "apiKey",
                "in": "header",
                "name": "x-api-key",
                "description": "Needed on every address but loopback.",
            }
        }
        document["info"] |= {"license": _LICENCE, "contact": _CONTACT}
        document["servers"] = [{"url": "/", "description": "Where this description was read."}]
        document["tags"] = [{"name": name, "description": meaning} for name, meaning in _TAGS.items()]
        document["security"] = [{}, {"ApiKey": []}]
        _name_formats(document)
        application.openapi_schema = document
    return application.openapi_schema


def _name_formats(node: Any) -> None:
    """Say of every number how wide it is: a generated client would take float32 and int32, and lose digits."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str) and node["type"] in _FORMATS:
            node.setdefault("format", _FORMATS[node["type"]])
        for name, inner in node.items():
            if name not in ("example", "examples"):
                _name_formats(inner)
    elif isinstance(node, list):
        for inner in node:
            _name_formats(inner)


def document_text(application: FastAPI) -> str:
    """Return the description as the committed file holds it."""
    return json.dumps(describe(application), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    from meterlake.api.application import create_application

    sys.stdout.write(document_text(create_application()))
