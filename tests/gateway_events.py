"""What API Gateway hands to a Lambda function for one GET request, in both of its formats."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote

HOST = "abc123.execute-api.eu-west-2.amazonaws.com"
Event = dict[str, Any]


def rest_event(target: str, headers: dict[str, str] | None = None) -> Event:
    """Return the event of a REST API (payload format 1.0), deployed in the stage `prod`."""
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    every: dict[str, list[str]] = {}
    for name, value in pairs:
        every.setdefault(name, []).append(value)
    sent = {"Host": HOST, "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https", **(headers or {})}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": every or None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "requestContext": {
            "path": f"/prod{path}",
            "stage": "prod",
            "httpMethod": "GET",
            "protocol": "HTTP/1.1",
            "identity": {"sourceIp": "203.0.113.7"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def http_event(target: str, headers: dict[str, str] | None = None) -> Event:
    """Return the event of an HTTP API (payload format 2.0), deployed in the stage `$default`."""
    path, _, query = target.partition("?")
    sent = {"host": HOST, "x-forwarded-port": "443", "x-forwarded-proto": "https"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": quote(path),
        "rawQueryString": query,
        "headers": sent | {name.lower(): value for name, value in (headers or {}).items()},
        "queryStringParameters": dict(parse_qsl(query, keep_blank_values=True)),
        "requestContext": {
            "stage": "$default",
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
        },
        "isBase64Encoded": False,
    }
